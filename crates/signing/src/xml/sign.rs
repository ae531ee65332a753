//! Making an XMLDSig inside the document that it signs.

use super::algorithms::{C14N, C14N_WITH_COMMENTS, DSIG, ENVELOPED, EXCLUSIVE, written};
use super::by_id;
use super::c14n::{Canonicalization, canonicalize};
use super::document::{Document, tree};
use super::element::SelectedElement;
use super::scan::scan;
use crate::base64_text::{encode, encode_in_lines};
use crate::{Error, signature};
use core::ops::Range;
use pki::Signer;
use roxmltree::Node;

/// How the text of a signature is laid out. Both verify; portals differ in what they survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A line for each element, base64 in lines of 76, LF: commonUtils of NCALayer, Santuario's habit.
    LineBreaks,
    /// No white space between tags, base64 in one line: basics of NCALayer 1.4. egov.kz drops white space between tags
    /// before it verifies, so only this survives there.
    Compact,
}

/// Signs the whole document: `ds:Signature` becomes the root's last child, one Reference with `URI=""`.
///
/// Gives the signed text. It begins with `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`; the declaration it came with is
/// dropped. Signatures that the document has already stay and are covered by the new one.
///
/// # Errors
/// [`Error::Signer`] when the key refuses, [`Error::WrongSignature`] when what it gave does not verify, [`Error::Altered`] when the
/// result would not read as [`Document::canonical`], which is what was digested.
///
/// Source: XMLDSig 1.1; NCALayer 1.4 makes the same shape.
pub fn sign_enveloped(
    signer: &dyn Signer,
    document: &Document,
    layout: Layout,
) -> Result<String, Error> {
    let subject = Subject {
        document,
        parent: document.root(),
        canonical: document.canonical(),
        id: None,
    };
    subject.sign(signer, layout)
}

/// Signs one element by reference to its `Id`: one Reference with `URI="#…"`, SignedInfo in Exclusive C14N.
///
/// The signature becomes the last child of the element that was chosen for it. Signatures that the document has already
/// stay, and hold as before unless they cover that place.
///
/// # Errors
/// As [`sign_enveloped`].
///
/// Source: XMLDSig 1.1; a document that Kalkan signed for tbsElementXPath and signatureParentElementXPath has this shape.
pub fn sign_element(
    signer: &dyn Signer,
    element: &SelectedElement,
    layout: Layout,
) -> Result<String, Error> {
    let subject = Subject {
        document: &element.document,
        parent: element.parent.clone(),
        canonical: element.canonical(),
        id: Some(&element.id),
    };
    subject.sign(signer, layout)
}

/// What is signed, and where the signature goes.
struct Subject<'a> {
    document: &'a Document,
    parent: Range<usize>,
    /// What is digested.
    canonical: &'a [u8],
    /// None: the whole document.
    id: Option<&'a str>,
}

impl Subject<'_> {
    fn sign(&self, signer: &dyn Signer, layout: Layout) -> Result<String, Error> {
        let algorithm = signer.certificate().algorithm().digest();
        let digest = algorithm.digest(self.canonical);
        let template = Template {
            signer,
            layout,
            digest: &digest,
            id: self.id,
        };
        // SignedInfo is canonicalised where it will stand: the namespaces and xml:* attributes around are part of its form.
        let (unsigned, place) = self
            .document
            .with_last_child(&self.parent, &template.fill(&[]));
        let value = signature::make(signer, &self.signed_info(&unsigned, place)?)?;
        let (signed, _) = self
            .document
            .with_last_child(&self.parent, &template.fill(&value));
        Ok(signed)
    }

    /// Reads the text as any verifier will, and makes sure that what the signature covers is what was digested.
    fn signed_info(&self, text: &str, place: usize) -> Result<Vec<u8>, Error> {
        scan(text)?;
        let tree = tree(text)?;
        let is_ds = |node: &Node<'_, '_>, name| node.has_tag_name((DSIG, name));
        let signature = tree
            .descendants()
            .rfind(|node| node.range().start == place && is_ds(node, "Signature"));
        let signature = signature.ok_or(Error::Altered)?;
        let signed_info = signature
            .first_element_child()
            .filter(|node| is_ds(node, "SignedInfo"));
        let signed_info = signed_info.ok_or(Error::Altered)?;
        let (apex, form) = match self.id {
            None => (tree.root(), &Canonicalization::INCLUSIVE),
            Some(id) => (by_id::find(&tree, id)?, &Canonicalization::EXCLUSIVE),
        };
        let covered = canonicalize(apex, &Canonicalization::INCLUSIVE, &[signature.id()])?;
        let inside = self.id.is_some() && signature.ancestors().any(|around| around == apex);
        if inside || covered != self.canonical {
            return Err(Error::Altered);
        }
        canonicalize(signed_info, form, &[])
    }
}

struct Template<'a> {
    signer: &'a dyn Signer,
    layout: Layout,
    digest: &'a [u8],
    /// The element that is signed; None: the whole document.
    id: Option<&'a str>,
}

impl Template<'_> {
    fn fill(&self, signature_value: &[u8]) -> String {
        let certificate = self.signer.certificate();
        let (signature_method, digest_method) = written(certificate.algorithm());
        // Kalkan sets line ends around these two values, none around DigestValue.
        let block = |bytes: &[u8]| match self.layout {
            Layout::LineBreaks => format!("\n{}\n", encode_in_lines(bytes, 76)),
            Layout::Compact => encode(bytes),
        };
        let digest_value = match self.layout {
            Layout::LineBreaks => encode_in_lines(self.digest, 76),
            Layout::Compact => encode(self.digest),
        };
        let (canonicalization, uri, enveloped) = match self.id {
            None => (C14N, String::new(), true),
            // Its letters are those of a name: nothing to escape.
            Some(id) => (EXCLUSIVE, format!("#{id}"), false),
        };
        let enveloped = enveloped.then(|| format!(r#"<ds:Transform Algorithm="{ENVELOPED}"/>"#));
        let before = [
            format!(r#"<ds:Signature xmlns:ds="{DSIG}">"#),
            "<ds:SignedInfo>".into(),
            format!(r#"<ds:CanonicalizationMethod Algorithm="{canonicalization}"/>"#),
            format!(r#"<ds:SignatureMethod Algorithm="{signature_method}"/>"#),
            format!(r#"<ds:Reference URI="{uri}">"#),
            "<ds:Transforms>".into(),
        ];
        let after = [
            format!(r#"<ds:Transform Algorithm="{C14N_WITH_COMMENTS}"/>"#),
            "</ds:Transforms>".into(),
            format!(r#"<ds:DigestMethod Algorithm="{digest_method}"/>"#),
            format!("<ds:DigestValue>{digest_value}</ds:DigestValue>"),
            "</ds:Reference>".into(),
            "</ds:SignedInfo>".into(),
            format!(
                "<ds:SignatureValue>{}</ds:SignatureValue>",
                block(signature_value)
            ),
            "<ds:KeyInfo>".into(),
            "<ds:X509Data>".into(),
            format!(
                "<ds:X509Certificate>{}</ds:X509Certificate>",
                block(certificate.der())
            ),
            "</ds:X509Data>".into(),
            "</ds:KeyInfo>".into(),
            "</ds:Signature>".into(),
        ];
        let lines: Vec<String> = before.into_iter().chain(enveloped).chain(after).collect();
        lines.join(match self.layout {
            Layout::LineBreaks => "\n",
            Layout::Compact => "",
        })
    }
}
