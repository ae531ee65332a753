//! The applet's methods that need neither a key nor a person: they only work on what the page brings.

use base64::{Engine, prelude::BASE64_STANDARD};
use pki::DigestAlgorithm;
use serde_json::Value;

/// `getHash`: the digest of a text's UTF-8 bytes, in base64.
pub(super) fn hash(data: &str, algorithm: &str) -> Result<Value, &'static str> {
    let name: String = algorithm
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_uppercase())
        .collect();
    let algorithm = match name.as_str() {
        "SHA1" => DigestAlgorithm::Sha1,
        "SHA256" => DigestAlgorithm::Sha256,
        // The national authority's certificates use the test substitution table, which GT names.
        "GOST34311" | "GOST34311GT" => DigestAlgorithm::Gost341195,
        "GOST34112015512" => DigestAlgorithm::Streebog512,
        "GOST34112015256" => DigestAlgorithm::Streebog256,
        _ => return Err("COMMON"),
    };
    Ok(BASE64_STANDARD
        .encode(algorithm.digest(data.as_bytes()))
        .into())
}

/// `verifyXml`: whether every signature holds. `whole`: and one of them covers all of the document.
pub(super) fn xml(document: &str, whole: bool) -> Result<Value, &'static str> {
    let reports = signing::xml::verify(document.as_bytes()).map_err(|_| "XML_PARSE_EXCEPTION")?;
    if reports.is_empty() {
        return Err("SIGNATURE_VALIDATION_ERROR");
    }
    let hold = reports.iter().all(|report| report.holds());
    let covered = !whole || reports.iter().any(|report| report.covers_whole_document());
    Ok((hold && covered).into())
}

/// `verifyCMSSignature`: whether every signature of a CMS holds over a text's UTF-8 bytes.
pub(super) fn cms(signature: &str, data: &str) -> Result<Value, &'static str> {
    const UNREADABLE: &str = "SIGNATURE_VALIDATION_ERROR";
    let der = signing::cms::from_text(signature.as_bytes()).map_err(|_| UNREADABLE)?;
    let report = signing::cms::verify(&der, Some(data.as_bytes())).map_err(|_| UNREADABLE)?;
    Ok(report.holds().into())
}
