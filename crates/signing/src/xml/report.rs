//! What a reader learns about a signature in a document.

use super::algorithms::signature_method;
use crate::Warning;
use pki::{Algorithm, Certificate, DigestAlgorithm};

/// One `ds:Signature`: by whom, over what, and whether it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct XmlSignatureReport {
    /// The certificate from KeyInfo. XMLDSig does not sign it: it counts because its key verifies the signature.
    pub certificate: Option<Certificate>,
    /// `SignatureMethod`'s algorithm, as written.
    pub signature_method: String,
    /// What the signature covers, Reference by Reference.
    pub references: Vec<ReferenceReport>,
    /// Where the signature stands: names of the elements from the root down to its parent, as `/root/header`.
    pub parent: String,
    /// Why it does not hold; empty when it does.
    pub problems: Vec<XmlProblem>,
    /// What a reader should know although it holds.
    pub warnings: Vec<Warning>,
}

impl XmlSignatureReport {
    /// True when SignatureValue and every Reference hold.
    ///
    /// Says nothing about whether the certificate is valid, trusted or revoked, nor, without
    /// [`covers_whole_document`](Self::covers_whole_document), about anything outside the referenced elements.
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
            && self
                .references
                .iter()
                .all(|reference| reference.problem.is_none())
    }

    /// Key and digest that `signature_method` means.
    pub(crate) fn method(&self) -> Option<(Algorithm, DigestAlgorithm)> {
        signature_method(&self.signature_method)
    }

    /// True when a Reference that holds covers the document's root with everything inside, but for the signature itself
    /// and signatures added later.
    pub fn covers_whole_document(&self) -> bool {
        self.references.iter().any(|reference| {
            reference.problem.is_none() && reference.covers == Some(Covered::WholeDocument)
        })
    }
}

/// One `ds:Reference`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceReport {
    /// `URI` as written, None when it is absent.
    pub uri: Option<String>,
    /// What it means in this document; None when it means nothing that is here.
    pub covers: Option<Covered>,
    /// The very bytes that the signature covers: whoever acts on the document acts on these, not on a second reading of it.
    pub canonical: Vec<u8>,
    /// How many later signatures were set aside to get these bytes (each of them holds by itself).
    pub later_signatures_set_aside: usize,
    /// Why the Reference does not hold.
    pub problem: Option<XmlProblem>,
}

/// What a Reference covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Covered {
    /// The root and everything inside.
    WholeDocument,
    /// One element and everything inside; the rest of the document is not covered.
    Element {
        /// Names of the elements from the root down to it, with positions among equals: `/root/doc[2]`.
        path: String,
    },
}

/// Why a signature in a document does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlProblem {
    /// The signature's elements are missing, doubled or in the wrong order.
    #[error("the signature's structure is wrong: {0}")]
    Structure(&'static str),
    /// No certificate in KeyInfo.
    #[error("the signature carries no certificate")]
    NoCertificate,
    /// A canonicalisation that is not known here.
    #[error("the canonicalisation {0} is not known here")]
    UnknownCanonicalization(String),
    /// A signature method that is not known here.
    #[error("the signature method {0} is not known here")]
    UnknownSignatureMethod(String),
    /// A digest method that is not known here.
    #[error("the digest method {0} is not known here")]
    UnknownDigestMethod(String),
    /// A transform other than enveloped-signature and canonicalisation.
    #[error("the transform {0} is not known here")]
    UnknownTransform(String),
    /// A Reference to something outside the document, or in a form that is not known here.
    #[error("the reference {0} is not one into this document")]
    ForeignReference(String),
    /// No element has the Id.
    #[error("no element has the Id that the signature refers to")]
    NoSuchId,
    /// Several elements have the Id: which one was signed cannot be said.
    #[error("several elements have the Id that the signature refers to")]
    DuplicateId,
    /// The covered content is not what was signed.
    #[error("the content was changed: its digest is not the signed one")]
    DigestMismatch,
    /// Key and signature method do not belong together.
    #[error("signature method and key do not fit together")]
    AlgorithmMismatch,
    /// The signature is not this key's over SignedInfo.
    #[error("the signature does not hold")]
    BadSignature,
}
