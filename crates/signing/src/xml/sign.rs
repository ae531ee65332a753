//! Making an enveloped XMLDSig.

use super::algorithms::{C14N, C14N_WITH_COMMENTS, DSIG, ENVELOPED, written};
use super::c14n::{Canonicalization, canonicalize};
use super::document::{Document, tree};
use super::scan::scan;
use crate::base64_text::{encode, encode_in_lines};
use crate::{Error, signature};
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
    let digest = signer
        .certificate()
        .algorithm()
        .digest()
        .digest(document.canonical());
    let template = Template {
        signer,
        layout,
        digest: &digest,
    };
    // SignedInfo is canonicalised where it will stand: the root's namespaces and xml:* attributes are part of its form.
    let unsigned = document.with_last_child(&template.fill(&[]));
    let signed_info = signed_info_of_last_signature(&unsigned, document)?;
    let to_sign = signer
        .certificate()
        .algorithm()
        .digest()
        .digest(&signed_info);
    let value = signature::make(signer, &to_sign)?;
    Ok(document.with_last_child(&template.fill(&value)))
}

/// Reads the text as any verifier will, and makes sure that without the signature it is what was digested.
fn signed_info_of_last_signature(text: &str, document: &Document) -> Result<Vec<u8>, Error> {
    scan(text)?;
    let tree = tree(text)?;
    let is_ds = |node: &Node<'_, '_>, name| node.has_tag_name((DSIG, name));
    let signature = tree
        .root_element()
        .last_element_child()
        .filter(|node| is_ds(node, "Signature"));
    let signature = signature.ok_or(Error::Altered)?;
    let signed_info = signature
        .first_element_child()
        .filter(|node| is_ds(node, "SignedInfo"));
    let signed_info = signed_info.ok_or(Error::Altered)?;
    let covered = canonicalize(tree.root(), &Canonicalization::INCLUSIVE, &[signature.id()])?;
    if covered != document.canonical() {
        return Err(Error::Altered);
    }
    canonicalize(signed_info, &Canonicalization::INCLUSIVE, &[])
}

struct Template<'a> {
    signer: &'a dyn Signer,
    layout: Layout,
    digest: &'a [u8],
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
        let lines = [
            format!(r#"<ds:Signature xmlns:ds="{DSIG}">"#),
            "<ds:SignedInfo>".into(),
            format!(r#"<ds:CanonicalizationMethod Algorithm="{C14N}"/>"#),
            format!(r#"<ds:SignatureMethod Algorithm="{signature_method}"/>"#),
            r#"<ds:Reference URI="">"#.into(),
            "<ds:Transforms>".into(),
            format!(r#"<ds:Transform Algorithm="{ENVELOPED}"/>"#),
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
        lines.join(match self.layout {
            Layout::LineBreaks => "\n",
            Layout::Compact => "",
        })
    }
}
