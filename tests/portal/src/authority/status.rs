//! What is known of certificates: which were issued, and which of them are revoked.

use std::{
    collections::HashMap,
    path::Path,
    sync::{PoisonError, RwLock},
};

use anyhow::Context as _;
use bytes::Bytes;
use der::Decode as _;
use pki::Certificate;
use x509_cert::{crl::CertificateList, ext::pkix::CrlReason};

use super::issuer::Issuer;

/// Files by their path in an address.
pub(super) type Files = HashMap<String, Bytes>;

/// The CA's certificates and revocation lists, where its certificates say they are.
pub(super) fn files(ca: &Path) -> anyhow::Result<Files> {
    let mut files = Files::new();
    for entry in std::fs::read_dir(ca).with_context(|| ca.display().to_string())? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let folder = match path.extension().and_then(|extension| extension.to_str()) {
            Some("crl") => "crl",
            Some("cer") => "cert",
            _ => continue,
        };
        files.insert(format!("/{folder}/{name}"), std::fs::read(&path)?.into());
    }
    Ok(files)
}

/// The state of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Good,
    /// Since when (seconds since 1970 UTC), and why (RFC 5280 §5.3.1).
    Revoked(i64, Option<u8>),
}

/// States by issuer (its place in the list of issuers) and serial number.
pub(super) struct Statuses(RwLock<HashMap<(usize, Vec<u8>), Status>>);

impl Statuses {
    /// Every certificate of `certificates` that an issuer has signed; what its list in `ca` names is revoked.
    pub(super) fn read(fixtures: &Path, issuers: &[Issuer]) -> anyhow::Result<Self> {
        let mut states = HashMap::new();
        let folder = fixtures.join("certificates");
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let certificate = Certificate::from_bytes(&std::fs::read(&path)?)
                .with_context(|| path.display().to_string())?;
            if let Some(issuer) = issuer_of(&certificate, issuers) {
                let serial = certificate.serial_number().to_vec();
                states.insert((issuer, serial), Status::Good);
            }
        }
        let lists = fixtures.join("ca");
        for entry in std::fs::read_dir(&lists)? {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "crl") {
                continue;
            }
            let list: CertificateList = CertificateList::from_der(&std::fs::read(&path)?)
                .with_context(|| path.display().to_string())?;
            let name = der::Encode::to_der(&list.tbs_cert_list.issuer)?;
            let Some(issuer) = issuers
                .iter()
                .position(|issuer| issuer.certificate.subject().der() == name)
            else {
                continue;
            };
            for entry in list.tbs_cert_list.revoked_certificates.unwrap_or_default() {
                let when = entry.revocation_date.to_unix_duration().as_secs();
                let reason = entry
                    .crl_entry_extensions
                    .unwrap_or_default()
                    .iter()
                    .filter(|extension| extension.extn_id == REASON_CODE)
                    .find_map(|extension| {
                        CrlReason::from_der(extension.extn_value.as_bytes()).ok()
                    });
                states.insert(
                    (issuer, entry.serial_number.as_bytes().to_vec()),
                    Status::Revoked(i64::try_from(when)?, reason.map(|reason| reason as u8)),
                );
            }
        }
        Ok(Self(RwLock::new(states)))
    }

    /// None for a serial number that was never issued.
    pub(super) fn of(&self, issuer: usize, serial_number: &[u8]) -> Option<Status> {
        let states = self.0.read().unwrap_or_else(PoisonError::into_inner);
        states.get(&(issuer, serial_number.to_vec())).copied()
    }

    pub(super) fn revoke(
        &self,
        certificate: &Certificate,
        issuers: &[Issuer],
        when: i64,
        reason: Option<u8>,
    ) {
        if let Some(issuer) = issuer_of(certificate, issuers) {
            let mut states = self.0.write().unwrap_or_else(PoisonError::into_inner);
            let serial = certificate.serial_number().to_vec();
            states.insert((issuer, serial), Status::Revoked(when, reason));
        }
    }
}

const REASON_CODE: der::asn1::ObjectIdentifier =
    der::asn1::ObjectIdentifier::new_unwrap("2.5.29.21");

fn issuer_of(certificate: &Certificate, issuers: &[Issuer]) -> Option<usize> {
    issuers
        .iter()
        .position(|issuer| certificate.verify_issued_by(&issuer.certificate).is_ok())
}
