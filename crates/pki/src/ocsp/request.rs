use der::{Tag, asn1::AnyRef};

use crate::{Certificate, DigestAlgorithm, Name, PublicKey, asn1, oid};

/// A question about one certificate.
#[derive(Clone, Debug)]
pub struct OcspRequest {
    der: Vec<u8>,
    pub(super) certificate: CertId,
    pub(super) nonce: Option<[u8; 8]>,
    pub(super) issuer_name: Name,
    pub(super) issuer_key: PublicKey,
}

/// Which certificate is meant (RFC 6960 §4.1.1).
#[derive(Clone, Debug)]
pub(super) struct CertId {
    digest: DigestAlgorithm,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    serial_number: Box<[u8]>,
}

impl OcspRequest {
    /// Asks about `certificate`, which the owner of `issuer_key` issued under `issuer_name`.
    ///
    /// `digest` is the digest of CertID: SHA-256 for Kazakhstan's responders, SHA-1 for those that know nothing else.
    /// The nonce must be a random one; without it any earlier answer that is fresh enough is as good.
    #[must_use]
    pub fn new(
        certificate: &Certificate,
        issuer_name: &Name,
        issuer_key: &PublicKey,
        digest: DigestAlgorithm,
        nonce: Option<[u8; 8]>,
    ) -> Self {
        let certificate = CertId {
            digest,
            issuer_name_hash: digest.digest(issuer_name.der()),
            issuer_key_hash: digest.digest(issuer_key.key_bits()),
            serial_number: certificate.serial_number().into(),
        };
        let request = asn1::wrap(SEQUENCE, &[&certificate.to_der()]);
        let list = asn1::wrap(SEQUENCE, &[&request]);
        let extensions = nonce.map(|nonce| {
            let value = asn1::wrap(OCTET_STRING, &[&asn1::wrap(OCTET_STRING, &[&nonce])]);
            let id = asn1::wrap(OBJECT_IDENTIFIER, &[oid::OCSP_NONCE.as_bytes()]);
            let extension = asn1::wrap(SEQUENCE, &[&id, &value]);
            asn1::wrap(CONTEXT_2, &[&asn1::wrap(SEQUENCE, &[&extension])])
        });
        let tbs = asn1::wrap(SEQUENCE, &[&list, &extensions.unwrap_or_default()]);
        Self {
            der: asn1::wrap(SEQUENCE, &[&tbs]),
            certificate,
            nonce,
            issuer_name: issuer_name.clone(),
            issuer_key: issuer_key.clone(),
        }
    }

    /// OCSPRequest (DER), the body of a POST of [`REQUEST_TYPE`](super::REQUEST_TYPE).
    ///
    /// Source: RFC 6960 §4.1.1.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

impl CertId {
    fn to_der(&self) -> Vec<u8> {
        let id = asn1::wrap(OBJECT_IDENTIFIER, &[self.digest.oid().as_bytes()]);
        let algorithm = asn1::wrap(SEQUENCE, &[&id, &[NULL, 0]]);
        let name = asn1::wrap(OCTET_STRING, &[&self.issuer_name_hash]);
        let key = asn1::wrap(OCTET_STRING, &[&self.issuer_key_hash]);
        let serial = asn1::wrap(INTEGER, &[&self.serial_number]);
        asn1::wrap(SEQUENCE, &[&algorithm, &name, &key, &serial])
    }

    /// Whether a CertID in a response is this one, in every field.
    pub(super) fn is(&self, other: AnyRef<'_>) -> Result<bool, der::Error> {
        let fields = asn1::expect(other, Tag::Sequence).and_then(asn1::elements)?;
        let [algorithm, name, key, serial] = fields.as_slice() else {
            return Ok(false);
        };
        let (digest, plain) = asn1::algorithm_identifier(*algorithm)?;
        Ok(digest == self.digest.oid()
            && plain
            && asn1::expect(*name, Tag::OctetString)? == self.issuer_name_hash
            && asn1::expect(*key, Tag::OctetString)? == self.issuer_key_hash
            && asn1::expect(*serial, Tag::Integer)? == &*self.serial_number)
    }
}

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const CONTEXT_2: u8 = 0xa2;
