//! Is there exactly one signature, does it hold, and is what it covers what the portal asked for?
//!
//! Nothing is read from what came back but the signature and its certificate: the portal goes on with its own copy of the text.

use pki::{Certificate, DigestAlgorithm};
use signing::cms::{self, CmsReport, Problem};
use signing::xml;

use crate::Refusal;

/// A signature that holds over the right content. Whether its certificate is to be trusted is another question.
#[derive(Debug)]
pub(crate) struct Checked {
    /// From the signature itself, never from elsewhere in the request.
    pub(crate) certificate: Certificate,
    /// XML text, or CMS (DER).
    pub(crate) bytes: Vec<u8>,
}

/// An enveloped XMLDSig over the whole of `expected`.
///
/// # Errors
/// [`Refusal::UnreadableSignature`] (a DTD, damaged XML), [`Refusal::NoSignature`], [`Refusal::SeveralSignatures`],
/// [`Refusal::InvalidSignature`], [`Refusal::ContentDiffers`].
pub(crate) fn check_xml(signed: &str, expected: &str) -> Result<Checked, Refusal> {
    let reports = xml::verify(signed.as_bytes()).map_err(|_| Refusal::UnreadableSignature)?;
    let report = match reports.as_slice() {
        [] => return Err(Refusal::NoSignature),
        [report] => report,
        _ => return Err(Refusal::SeveralSignatures),
    };
    let weak = report.signature_method.ends_with("sha1");
    if !report.holds() || weak {
        return Err(Refusal::InvalidSignature);
    }
    let [reference] = report.references.as_slice() else {
        return Err(Refusal::ContentDiffers);
    };
    let expected = xml::Document::parse(expected).map_err(|_| Refusal::BadRequest)?;
    if !report.covers_whole_document() || reference.canonical != expected.canonical() {
        return Err(Refusal::ContentDiffers);
    }
    let certificate = report.certificate.clone().ok_or(Refusal::NoSignature)?;
    Ok(Checked {
        certificate,
        bytes: signed.as_bytes().to_vec(),
    })
}

/// A CMS with `expected` inside.
///
/// # Errors
/// As [`check_xml`].
pub(crate) fn check_attached_cms(signed: &str, expected: &[u8]) -> Result<Checked, Refusal> {
    let message = cms::from_text(signed.as_bytes()).map_err(|_| Refusal::UnreadableSignature)?;
    let report = cms::verify(&message, None).map_err(|_| Refusal::UnreadableSignature)?;
    let certificate = only_signer(&report)?;
    if report.content.as_deref() != Some(expected) {
        return Err(Refusal::ContentDiffers);
    }
    Ok(Checked {
        certificate,
        bytes: message.into_owned(),
    })
}

/// A CMS without content, over `expected`.
///
/// # Errors
/// As [`check_xml`].
pub(crate) fn check_detached_cms(signed: &str, expected: &[u8]) -> Result<Checked, Refusal> {
    let message = cms::from_text(signed.as_bytes()).map_err(|_| Refusal::UnreadableSignature)?;
    let report = cms::verify(&message, Some(expected)).map_err(|_| Refusal::UnreadableSignature)?;
    let certificate = only_signer(&report)?;
    if report.content.is_some() {
        return Err(Refusal::ContentDiffers);
    }
    Ok(Checked {
        certificate,
        bytes: message.into_owned(),
    })
}

fn only_signer(report: &CmsReport) -> Result<Certificate, Refusal> {
    let signer = match report.signers.as_slice() {
        [] => return Err(Refusal::NoSignature),
        [signer] => signer,
        _ => return Err(Refusal::SeveralSignatures),
    };
    if signer
        .problems
        .iter()
        .any(|problem| matches!(problem, Problem::DigestMismatch | Problem::OtherContent))
    {
        return Err(Refusal::ContentDiffers);
    }
    if !signer.holds() || signer.digest_algorithm == Some(DigestAlgorithm::Sha1) {
        return Err(Refusal::InvalidSignature);
    }
    signer.certificate.clone().ok_or(Refusal::NoSignature)
}
