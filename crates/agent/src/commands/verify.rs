use std::{fmt, path::Path};

use pki::Certificate;
use serde::Serialize;
use signing::xml::Covered;

use super::{moment, read};
use crate::{error::Error, hex};

/// What came of verifying a file. `Display` gives it as lines for people, serde as JSON.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// `cms`, `xml` or `raw`.
    pub format: &'static str,
    /// True when there is a signature and all hold. Says nothing about trust in the issuer or revocation.
    pub holds: bool,
    /// Each signature, in the file's order.
    pub signatures: Vec<SignatureReport>,
}

/// One signature.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SignatureReport {
    /// True when it holds.
    pub holds: bool,
    /// Who signed, by the certificate that came with the signature.
    pub signer: Option<Signer>,
    /// When, by the signer's own word (RFC 3339, UTC).
    pub signing_time: Option<String>,
    /// What it covers.
    pub covers: Vec<String>,
    /// Why it does not hold.
    pub problems: Vec<String>,
}

/// Whose certificate it is.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Signer {
    /// Full name, or the name of an information system.
    pub name: String,
    /// Twelve digits.
    pub iin: Option<String>,
    /// Twelve digits.
    pub bin: Option<String>,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// The issuer's common name.
    pub issuer: String,
    /// Hexadecimal.
    pub serial_number: String,
    /// RFC 3339, UTC.
    pub not_before: String,
    /// RFC 3339, UTC.
    pub not_after: String,
    /// The key's algorithm, as NCALayer calls it.
    pub algorithm: &'static str,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
}

/// Verifies a signed XML document, a CMS (DER, base64 or PEM), or with `certificate` a bare signature.
///
/// `content`: the document that a detached CMS or a bare signature was made over.
///
/// # Errors
///
/// When a file cannot be read or is nothing that can be verified. A signature that does not hold is not an error: the
/// report says so.
pub fn verify_file(
    signed: &Path,
    content: Option<&Path>,
    certificate: Option<&Path>,
) -> Result<Verification, Error> {
    let bytes = read(signed)?;
    let content = content.map(read).transpose()?;
    if let Some(path) = certificate {
        let certificate =
            Certificate::from_bytes(&read(path)?).map_err(|_| Error::NotACertificate {
                path: path.to_owned(),
            })?;
        return Ok(raw(&certificate, &content.unwrap_or_default(), &bytes));
    }
    if looks_like_xml(&bytes) {
        return Ok(xml(signing::xml::verify(&bytes)?));
    }
    let der = signing::cms::from_text(&bytes)?;
    Ok(cms(&signing::cms::verify(&der, content.as_deref())?))
}

fn looks_like_xml(bytes: &[u8]) -> bool {
    const UTF16: [&[u8]; 4] = [b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"];
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().first() == Some(&b'<')
        || UTF16.iter().any(|start| bytes.starts_with(start))
}

fn cms(report: &signing::cms::CmsReport) -> Verification {
    let covers = if report.content.is_some() {
        "the content inside"
    } else {
        "the content beside"
    };
    let signatures = report.signers.iter().map(|signer| SignatureReport {
        holds: signer.holds(),
        signer: signer.certificate.as_ref().map(Signer::of),
        signing_time: signer.signing_time.map(moment),
        covers: vec![covers.to_owned()],
        problems: signer.problems.iter().map(ToString::to_string).collect(),
    });
    Verification {
        format: "cms",
        holds: report.holds(),
        signatures: signatures.collect(),
    }
}

fn xml(reports: Vec<signing::xml::XmlSignatureReport>) -> Verification {
    let signatures: Vec<_> = reports
        .into_iter()
        .map(|report| SignatureReport {
            holds: report.holds(),
            signer: report.certificate.as_ref().map(Signer::of),
            signing_time: None,
            covers: report
                .references
                .iter()
                .map(|reference| match &reference.covers {
                    Some(Covered::WholeDocument) => "the whole document".to_owned(),
                    Some(Covered::Element { path }) => format!("the element {path} only"),
                    None => "nothing in this document".to_owned(),
                })
                .collect(),
            problems: report
                .problems
                .iter()
                .chain(
                    report
                        .references
                        .iter()
                        .filter_map(|reference| reference.problem.as_ref()),
                )
                .map(ToString::to_string)
                .collect(),
        })
        .collect();
    let holds = !signatures.is_empty() && signatures.iter().all(|signature| signature.holds);
    Verification {
        format: "xml",
        holds,
        signatures,
    }
}

fn raw(certificate: &Certificate, content: &[u8], signature: &[u8]) -> Verification {
    let result = signing::raw::verify(certificate, content, signature);
    let report = SignatureReport {
        holds: result.is_ok(),
        signer: Some(Signer::of(certificate)),
        signing_time: None,
        covers: vec!["the content beside".to_owned()],
        problems: result
            .err()
            .map(|error| error.to_string())
            .into_iter()
            .collect(),
    };
    Verification {
        format: "raw",
        holds: report.holds,
        signatures: vec![report],
    }
}

impl Signer {
    pub(super) fn of(certificate: &Certificate) -> Self {
        let owner = certificate.owner();
        Self {
            name: owner.name,
            iin: owner.iin,
            bin: owner.bin,
            organisation: owner.organisation,
            issuer: certificate
                .issuer()
                .common_name()
                .unwrap_or_default()
                .to_owned(),
            serial_number: certificate.serial_hex(),
            not_before: moment(certificate.not_before()),
            not_after: moment(certificate.not_after()),
            algorithm: certificate.algorithm().java_name(),
            fingerprint: hex::encode(&certificate.fingerprint_sha256()),
        }
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.signatures.is_empty() {
            return writeln!(f, "There is no signature.");
        }
        self.signatures
            .iter()
            .try_for_each(|signature| signature.fmt(f))
    }
}

impl fmt::Display for SignatureReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}",
            if self.holds {
                "The signature holds."
            } else {
                "The signature DOES NOT hold."
            }
        )?;
        for problem in &self.problems {
            writeln!(f, "  because      {problem}")?;
        }
        if let Some(signer) = &self.signer {
            signer.fmt(f)?;
        }
        if let Some(time) = &self.signing_time {
            writeln!(f, "  signed at    {time} (by the signer's own word)")?;
        }
        self.covers
            .iter()
            .try_for_each(|covered| writeln!(f, "  covers       {covered}"))
    }
}

/// Bidi controls and the like in names are written as escapes: a certificate must not rearrange the report.
impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  signed by    {}", plain(&self.name))?;
        for (label, value) in [
            ("IIN", &self.iin),
            ("BIN", &self.bin),
            ("organisation", &self.organisation),
        ] {
            if let Some(value) = value {
                writeln!(f, "  {label:<12} {}", plain(value))?;
            }
        }
        writeln!(f, "  issuer       {}", plain(&self.issuer))?;
        writeln!(f, "  serial       {}", self.serial_number)?;
        writeln!(
            f,
            "  valid        {} to {}",
            self.not_before, self.not_after
        )?;
        writeln!(f, "  algorithm    {}", self.algorithm)
    }
}

fn plain(text: &str) -> String {
    let hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .flat_map(|c| {
            if hidden(c) {
                c.escape_unicode().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}
