use der::{Decode as _, Encode as _};
use pki::{Certificate, ObjectIdentifier, SignatureAlgorithm};
use x509_cert::crl::CertificateList;
use x509_cert::time::Time;

const DELTA_CRL_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");

/// A revocation list whose signature was checked (RFC 5280, section 5).
#[derive(Debug)]
pub(super) struct RevocationList {
    issuer_fingerprint: [u8; 32],
    this_update: i64,
    next_update: i64,
    delta: bool,
    serial_numbers: Vec<Vec<u8>>,
}

impl RevocationList {
    /// Reads a list and finds the root that has signed it.
    pub(super) fn read(der: &[u8], roots: &[Certificate]) -> anyhow::Result<Self> {
        let list: CertificateList = CertificateList::from_der(der)?;
        let tbs = list.tbs_cert_list.to_der()?;
        let algorithm = SignatureAlgorithm::from_oid(&list.signature_algorithm.oid)?;
        let digest = algorithm.digest.digest(&tbs);
        let signature = list.signature.as_bytes().unwrap_or_default();
        let issuer = roots
            .iter()
            .find(|root| {
                root.public_key()
                    .verify_digest_with(algorithm.digest, &digest, signature)
                    .is_ok()
            })
            .ok_or_else(|| anyhow::anyhow!("none of the roots has signed this revocation list"))?;
        let entries = list.tbs_cert_list.revoked_certificates.unwrap_or_default();
        let extensions = list.tbs_cert_list.crl_extensions.unwrap_or_default();
        Ok(Self {
            issuer_fingerprint: issuer.fingerprint_sha256(),
            this_update: seconds(list.tbs_cert_list.this_update),
            // A list that does not say when the next one comes is never known to be current.
            next_update: list.tbs_cert_list.next_update.map_or(i64::MIN, seconds),
            delta: extensions
                .iter()
                .any(|extension| extension.extn_id == DELTA_CRL_INDICATOR),
            serial_numbers: entries
                .iter()
                .map(|entry| entry.serial_number.as_bytes().to_vec())
                .collect(),
        })
    }

    pub(super) fn is_from(&self, issuer: &Certificate) -> bool {
        self.issuer_fingerprint == issuer.fingerprint_sha256()
    }

    pub(super) fn is_complete_at(&self, now: i64) -> bool {
        !self.delta && self.this_update <= now && now <= self.next_update
    }

    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        self.serial_numbers
            .iter()
            .any(|serial| without_zeros(serial) == without_zeros(certificate.serial_number()))
    }
}

fn seconds(time: Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}

fn without_zeros(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}
