//! What a reader learns about a CMS.

use crate::{Error, Warning};
use pki::{Algorithm, Certificate, DigestAlgorithm, ObjectIdentifier};

/// A CMS that was read: what it covers and who signed it. Whether each signature holds stands in `signers`.
#[derive(Clone, Debug, PartialEq)]
pub struct CmsReport {
    /// What kind of content was signed: id-data, or id-ct-TSTInfo in a time stamp.
    pub content_type: ObjectIdentifier,
    /// The signed bytes when they travel in the message (attached), None when it is detached.
    pub content: Option<Vec<u8>>,
    /// One report for each SignerInfo, in the order of the message.
    pub signers: Vec<SignerReport>,
    /// Every certificate that the message carries.
    pub certificates: Vec<Certificate>,
}

impl CmsReport {
    /// True when there is at least one signature and every one holds over the content.
    ///
    /// Says nothing about whether the certificates are valid, trusted or revoked.
    pub fn holds(&self) -> bool {
        !self.signers.is_empty() && self.signers.iter().all(SignerReport::holds)
    }
}

/// One signature in a CMS.
#[derive(Clone, Debug, PartialEq)]
pub struct SignerReport {
    /// The signer's certificate, from the message itself. None: the message lacks it, nothing could be verified.
    pub certificate: Option<Certificate>,
    /// signingTime, seconds since 1970 UTC: the signer's own word, not proven by anybody.
    pub signing_time: Option<i64>,
    /// The family of the key, as the SignerInfo names it.
    pub algorithm: Option<Algorithm>,
    /// The digest of content and attributes.
    pub digest_algorithm: Option<DigestAlgorithm>,
    /// The digest of the content, as the signature covers it.
    pub message_digest: Option<Vec<u8>>,
    /// signingCertificate(V2) is there and names this very certificate (a CAdES signature).
    pub names_certificate: bool,
    /// The signature's own bytes: what a time stamp is made over.
    pub signature: Vec<u8>,
    /// The time-stamp tokens in the unsigned attributes, as they are encoded; present, not verified here.
    pub time_stamps: Vec<Vec<u8>>,
    /// Why the signature does not hold; empty when it does.
    pub problems: Vec<Problem>,
    /// What a reader should know although the signature holds.
    pub warnings: Vec<Warning>,
}

impl SignerReport {
    /// True when the signature holds over the content and the signed attributes are sound.
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }

    /// Of a SignerInfo that cannot be read.
    pub(super) fn unreadable(error: &Error) -> Self {
        Self {
            certificate: None,
            signing_time: None,
            algorithm: None,
            digest_algorithm: None,
            message_digest: None,
            names_certificate: false,
            signature: Vec::new(),
            time_stamps: Vec::new(),
            problems: vec![Problem::Unreadable(match error {
                Error::Cms(reason) => reason,
                _ => "no SignerInfo",
            })],
            warnings: Vec::new(),
        }
    }
}

/// Why a signature of a CMS does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The SignerInfo breaks the rules of CMS; the other signatures are judged all the same.
    #[error("the signature cannot be read: {0}")]
    Unreadable(&'static str),
    /// The message does not carry the certificate that the SignerInfo names.
    #[error("the signer's certificate is not in the message")]
    NoCertificate,
    /// A digest that nobody in this PKI uses, or one with parameters.
    #[error("the digest algorithm {0} is not known here")]
    UnknownDigest(ObjectIdentifier),
    /// A signature algorithm that nobody in this PKI uses, or one with parameters.
    #[error("the signature algorithm {0} is not known here")]
    UnknownSignatureAlgorithm(ObjectIdentifier),
    /// The content is the encoding of another signature's signed attributes, and this one has none: somebody turned that
    /// signature into one over what nobody meant to sign.
    #[error("the content is the signed attributes of another signature")]
    DisguisedAttributes,
    /// Digest, signature algorithm and key do not belong together.
    #[error("digest, signature algorithm and key do not fit together")]
    AlgorithmMismatch,
    /// The signature is detached and neither content nor digest was given.
    #[error("the signed content is not in the message and was not given")]
    NoContent,
    /// Attached content and the content given besides differ.
    #[error("the content in the message is not the content given")]
    OtherContent,
    /// The content is not what was signed.
    #[error("the content was changed: its digest is not the signed one")]
    DigestMismatch,
    /// Signed attributes without messageDigest or contentType, or with one of them twice.
    #[error("the signed attribute {0} is missing, doubled or damaged")]
    BadAttribute(&'static str),
    /// contentType is not the content's type.
    #[error("the signed content type is not that of the content")]
    ContentTypeMismatch,
    /// signingCertificate(V2) names another certificate.
    #[error("the signature names another certificate than the message carries")]
    OtherCertificate,
    /// The signature is not this key's over these attributes.
    #[error("the signature does not hold")]
    BadSignature,
}
