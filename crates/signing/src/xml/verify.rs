//! Whether the signatures in a document hold, and what exactly they cover.

use super::algorithms::{C14N, DSIG, ENVELOPED, digest_method, signature_method};
use super::by_id;
use super::c14n::{Canonicalization, canonicalize, qualified_name};
use super::document::{Document, tree};
use super::report::{Covered, ReferenceReport, XmlProblem, XmlSignatureReport};
use super::signature_element::{Reference, SignatureElement};
use crate::{Error, Warning};
use roxmltree::{Node, NodeId};

/// Most signatures in one document.
const MAX_SIGNATURES: usize = 64;
/// Most bytes that are read and written for one document, over all references.
const MAX_WORK: usize = 1 << 30;

/// Verifies every `ds:Signature` of a document, the last one first.
///
/// A signature that was added later is set aside for an earlier one over the whole document, when it holds itself.
/// No signature in the document gives an empty list.
///
/// # Errors
/// [`Error::Xml`] and [`Error::Encoding`] when the bytes are not XML as [`Document::from_bytes`] reads it, [`Error::TooLarge`]
/// for more signatures or more work than any honest document needs.
///
/// Source: XMLDSig 1.1 section 3.2; multiple signatures as NCANode verifies them.
pub fn verify(bytes: &[u8]) -> Result<Vec<XmlSignatureReport>, Error> {
    let document = Document::from_bytes(bytes)?;
    let tree = tree(document.source())?;
    let signatures: Vec<Node<'_, '_>> = tree
        .descendants()
        .filter(|node| node.has_tag_name((DSIG, "Signature")))
        .take(MAX_SIGNATURES + 1)
        .collect();
    if signatures.len() > MAX_SIGNATURES {
        return Err(Error::TooLarge);
    }
    let mut verifier = Verifier {
        later: Vec::new(),
        work: 0,
    };
    let mut reports = Vec::with_capacity(signatures.len());
    for signature in signatures.into_iter().rev() {
        let report = verifier.signature(signature)?;
        if report.holds() && report.covers_whole_document() {
            verifier.later.push(signature.id());
        }
        reports.push(report);
    }
    Ok(reports)
}

struct Verifier {
    /// Signatures behind this one that hold over the whole document.
    later: Vec<NodeId>,
    work: usize,
}

impl Verifier {
    fn signature(&mut self, node: Node<'_, '_>) -> Result<XmlSignatureReport, Error> {
        let mut report = XmlSignatureReport {
            certificate: None,
            signature_method: String::new(),
            references: Vec::new(),
            parent: node.parent_element().map(path).unwrap_or_default(),
            problems: Vec::new(),
            warnings: Vec::new(),
        };
        let element = match SignatureElement::read(node) {
            Ok(element) => element,
            Err(problem) => {
                report.problems.push(problem);
                return Ok(report);
            }
        };
        report.signature_method = element.signature_method.to_owned();
        let digest_methods = element
            .references
            .iter()
            .filter_map(|it| digest_method(it.digest_method));
        report.warnings = signature_method(element.signature_method)
            .map(|(_, digest)| digest)
            .into_iter()
            .chain(digest_methods)
            .find_map(Warning::of_digest)
            .into_iter()
            .collect();
        for reference in &element.references {
            report.references.push(self.reference(node, reference)?);
        }
        let signed_info = self.canonicalize(element.signed_info, &element.canonicalization, &[])?;
        match signed_by(&element, &signed_info) {
            Ok(certificate) => report.certificate = Some(certificate),
            Err(problem) => {
                // Whose it claims to be is worth knowing, too.
                report.certificate = element.certificates.first().cloned();
                report.problems.push(problem);
            }
        }
        Ok(report)
    }

    fn reference(
        &mut self,
        signature: Node<'_, '_>,
        reference: &Reference<'_>,
    ) -> Result<ReferenceReport, Error> {
        let mut report = ReferenceReport {
            uri: reference.uri.map(str::to_owned),
            covers: None,
            canonical: Vec::new(),
            later_signatures_set_aside: 0,
            problem: None,
        };
        // Looking for an Id, and for the place of what has it, may pass by every node.
        self.spend(signature.document().input_text().len())?;
        let resolved = resolve(signature, reference);
        let (apex, plan) = match resolved {
            Ok(resolved) => resolved,
            Err(problem) => {
                report.problem = Some(problem);
                return Ok(report);
            }
        };
        let whole = apex.is_root() || apex.parent().is_some_and(|parent| parent.is_root());
        report.covers = Some(if whole {
            Covered::WholeDocument
        } else {
            Covered::Element { path: path(apex) }
        });
        let mut excluded: Vec<NodeId> =
            plan.enveloped.then(|| signature.id()).into_iter().collect();
        report.canonical = self.canonicalize(apex, &plan.form, &excluded)?;
        let mut holds = plan.digest.digest(&report.canonical) == reference.digest_value;
        if !holds && plan.enveloped && whole && !self.later.is_empty() {
            excluded.extend(&self.later);
            let without_later = self.canonicalize(apex, &plan.form, &excluded)?;
            if plan.digest.digest(&without_later) == reference.digest_value {
                holds = true;
                report.canonical = without_later;
                report.later_signatures_set_aside = self.later.len();
            }
        }
        report.problem = (!holds).then_some(XmlProblem::DigestMismatch);
        Ok(report)
    }

    fn canonicalize(
        &mut self,
        apex: Node<'_, '_>,
        form: &Canonicalization,
        excluded: &[NodeId],
    ) -> Result<Vec<u8>, Error> {
        self.spend(apex.range().len())?;
        let canonical = canonicalize(apex, form, excluded)?;
        self.spend(canonical.len())?;
        Ok(canonical)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Error> {
        self.work += bytes;
        if self.work > MAX_WORK {
            return Err(Error::TooLarge);
        }
        Ok(())
    }
}

struct Plan {
    enveloped: bool,
    form: Canonicalization,
    digest: pki::DigestAlgorithm,
}

/// Which node a Reference means and what is done to it.
fn resolve<'a, 'input>(
    signature: Node<'a, 'input>,
    reference: &Reference<'_>,
) -> Result<(Node<'a, 'input>, Plan), XmlProblem> {
    let foreign = || {
        XmlProblem::ForeignReference(reference.uri.unwrap_or_default().chars().take(80).collect())
    };
    let apex = match reference.uri {
        Some("") => signature.document().root(),
        Some(uri) => {
            let id = uri
                .strip_prefix('#')
                .filter(|id| !id.contains(['(', ')']))
                .ok_or_else(foreign)?;
            by_id::find(signature.document(), id).map_err(|error| match error {
                Error::DuplicateId => XmlProblem::DuplicateId,
                _ => XmlProblem::NoSuchId,
            })?
        }
        None => return Err(foreign()),
    };
    let mut enveloped = false;
    let mut form = None;
    for transform in &reference.transforms {
        if form.is_some() {
            return Err(XmlProblem::Structure(
                "a transform behind the canonicalisation",
            ));
        }
        match &transform.canonicalization {
            // A same-document Reference has no comments to keep. Source: XMLDSig 1.1 section 4.4.3.2.
            Some(canonicalization) => {
                form = Some(Canonicalization {
                    with_comments: false,
                    ..canonicalization.clone()
                });
            }
            None if transform.algorithm == ENVELOPED => enveloped = true,
            None => {
                return Err(XmlProblem::UnknownTransform(
                    transform.algorithm.chars().take(120).collect(),
                ));
            }
        }
    }
    let digest = digest_method(reference.digest_method).ok_or_else(|| {
        XmlProblem::UnknownDigestMethod(reference.digest_method.chars().take(120).collect())
    })?;
    // Without a canonicalisation the plain one is meant. Source: XMLDSig 1.1 section 4.4.3.2.
    let form = form
        .or_else(|| Canonicalization::from_uri(C14N))
        .unwrap_or(Canonicalization::INCLUSIVE);
    Ok((
        apex,
        Plan {
            enveloped,
            form,
            digest,
        },
    ))
}

/// The certificate whose key made SignatureValue.
fn signed_by(
    element: &SignatureElement<'_, '_>,
    signed_info: &[u8],
) -> Result<pki::Certificate, XmlProblem> {
    let (key, digest) = signature_method(element.signature_method).ok_or_else(|| {
        XmlProblem::UnknownSignatureMethod(element.signature_method.chars().take(120).collect())
    })?;
    if element.certificates.is_empty() {
        return Err(XmlProblem::NoCertificate);
    }
    let fitting = element
        .certificates
        .iter()
        .filter(|certificate| certificate.algorithm() == key);
    let mut fitting = fitting.peekable();
    if fitting.peek().is_none() {
        return Err(XmlProblem::AlgorithmMismatch);
    }
    let signed = digest.digest(signed_info);
    fitting
        .find(|certificate| {
            certificate
                .public_key()
                .verify_digest_with(digest, &signed, &element.signature_value)
                .is_ok()
        })
        .cloned()
        .ok_or(XmlProblem::BadSignature)
}

/// `/root/doc[2]`: where an element stands.
fn path(element: Node<'_, '_>) -> String {
    let source = element.document().input_text();
    let mut steps: Vec<String> = element
        .ancestors()
        .filter(Node::is_element)
        .map(|step| {
            let same =
                |other: &Node<'_, '_>| other.is_element() && other.tag_name() == step.tag_name();
            let position = step.prev_siblings().skip(1).filter(same).count() + 1;
            let alone = position == 1 && !step.next_siblings().skip(1).any(|other| same(&other));
            let name = qualified_name(step, source);
            if alone {
                format!("/{name}")
            } else {
                format!("/{name}[{position}]")
            }
        })
        .collect();
    steps.reverse();
    steps.concat()
}
