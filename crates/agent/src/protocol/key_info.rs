use pki::Certificate;
use serde::Serialize;

use crate::{hex, outcome::ShownKey};

/// What `getKeyInfo` hands out: twelve members, always all of them, because sites take them apart unasked.
///
/// Source: NCALayer 1.4 answers dates as text of milliseconds, the serial number in hexadecimal, the PEM with its
/// header lines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeyInfo {
    alias: String,
    key_id: String,
    algorithm: &'static str,
    subject_cn: String,
    subject_dn: String,
    issuer_cn: String,
    issuer_dn: String,
    serial_number: String,
    cert_not_after: String,
    cert_not_before: String,
    authority_key_identifier: String,
    pem: String,
}

impl KeyInfo {
    pub(super) fn of(key: &ShownKey) -> Self {
        Self::new(&key.certificate, key.alias.clone())
    }

    /// Of a key that has signed: in the national authority's key files the alias is the key identifier.
    pub(super) fn of_certificate(certificate: &Certificate) -> Self {
        Self::new(certificate, hex::encode(&certificate.key_id()))
    }

    fn new(certificate: &Certificate, alias: String) -> Self {
        let common_name = |name: &pki::Name| name.common_name().unwrap_or_default().to_owned();
        let milliseconds = |seconds: i64| seconds.saturating_mul(1000).to_string();
        Self {
            key_id: certificate
                .subject_key_id()
                .map_or_else(|| alias.clone(), hex::encode),
            alias,
            algorithm: certificate.algorithm().java_name(),
            subject_cn: common_name(certificate.subject()),
            subject_dn: certificate.subject().to_ncalayer_string(),
            issuer_cn: common_name(certificate.issuer()),
            issuer_dn: certificate.issuer().to_ncalayer_string(),
            serial_number: certificate.serial_hex(),
            cert_not_after: milliseconds(certificate.not_after()),
            cert_not_before: milliseconds(certificate.not_before()),
            authority_key_identifier: certificate
                .authority_key_id()
                .map(hex::encode)
                .unwrap_or_default(),
            pem: certificate.to_pem(),
        }
    }
}
