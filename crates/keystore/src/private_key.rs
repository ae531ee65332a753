//! Private keys of key files, and which certificate belongs to which.

use crate::{Error, Part, ber::ber2der, open_key::DigestSigner};
use aws_lc_rs::{
    digest::{Digest, SHA256},
    rsa::KeyPair as RsaKeyPair,
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use der::{
    AnyRef, Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{OctetStringRef, UintRef},
};
use gost3410::{Curve, SigningKey};
use pki::{Algorithm, Certificate, PublicKey};
use zeroize::Zeroizing;

const DAMAGED: Error = Error::Damaged(Part::PrivateKey);

/// A private key in memory; its parts are wiped when dropped.
pub(crate) enum PrivateKey {
    Rsa(RsaKeyPair),
    Gost(SigningKey),
}

impl PrivateKey {
    /// Reads PrivateKeyInfo (BER).
    ///
    /// Source: RFC 5958 section 2.
    pub(crate) fn from_pkcs8(ber: &[u8]) -> Result<Self, Error> {
        let der = ber2der(ber).map_err(|_| DAMAGED)?;
        let info = AnyRef::from_der(&der)
            .ok()
            .filter(|any| any.tag() == Tag::Sequence)
            .ok_or(DAMAGED)?;
        let mut fields = SliceReader::new(info.value()).map_err(|_| DAMAGED)?;
        // Attributes and a copy of the public key may follow.
        let _version = u8::decode(&mut fields).map_err(|_| DAMAGED)?;
        let algorithm = fields.tlv_bytes().map_err(|_| DAMAGED)?;
        let key = <&OctetStringRef>::decode(&mut fields)
            .map_err(|_| DAMAGED)?
            .as_bytes();
        let algorithm = Algorithm::from_key_algorithm_der(algorithm)
            .map_err(|error| from_pki(error, Part::PrivateKey))?;
        match algorithm.curve() {
            None => rsa(key).map(Self::Rsa),
            Some(curve) => gost(curve, key).map(Self::Gost),
        }
    }

    /// Whether this is the private half of `public`.
    pub(crate) fn belongs_to(&self, public: &PublicKey) -> bool {
        match self {
            Self::Rsa(key) => public.rsa_pkcs1_der() == Some(key.public_key().as_ref()),
            Self::Gost(key) => public
                .as_gost()
                .is_some_and(|public| public == key.verifying_key()),
        }
    }
}

impl DigestSigner for PrivateKey {
    fn sign_digest(
        &self,
        digest: &[u8],
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        match self {
            Self::Rsa(key) => {
                let digest = Digest::import_less_safe(digest, &SHA256)?;
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature)?;
                Ok(signature)
            }
            Self::Gost(key) => Ok(key.sign_prehash(digest)?.to_bytes()),
        }
    }

    fn signs_in_parallel(&self) -> bool {
        true
    }
}

/// RSAPrivateKey. Source: RFC 8017 appendix A.1.2.
fn rsa(key: &[u8]) -> Result<RsaKeyPair, Error> {
    let fields = AnyRef::from_der(key).map_err(|_| DAMAGED)?;
    let mut fields = SliceReader::new(fields.value()).map_err(|_| DAMAGED)?;
    let _version = u8::decode(&mut fields).map_err(|_| DAMAGED)?;
    let modulus = UintRef::decode(&mut fields)
        .map_err(|_| DAMAGED)?
        .as_bytes();
    let bits = 8 * modulus.len()
        - modulus
            .first()
            .map_or(0, |first| first.leading_zeros() as usize);
    if !(2048..=8192).contains(&bits) {
        return Err(Error::RsaKeySize);
    }
    RsaKeyPair::from_der(key).map_err(|_| DAMAGED)
}

/// A scalar in one of three forms: keys of 2015 are an OCTET STRING, little-endian; keys of 2004 are an INTEGER,
/// big-endian; some programs write the bytes alone, little-endian.
///
/// Source: files of the national CA; GOST R 34.10 keys in Bouncy Castle.
fn gost(curve: Curve, key: &[u8]) -> Result<SigningKey, Error> {
    let width = curve.field_bytes();
    let (tag, bytes) = match AnyRef::from_der(key) {
        Ok(any) => (any.tag(), any.value()),
        Err(_) => (Tag::OctetString, key),
    };
    let mut scalar = Zeroizing::new(vec![0; width]);
    match tag {
        Tag::OctetString => {
            scalar
                .get_mut(..bytes.len())
                .ok_or(DAMAGED)?
                .copy_from_slice(bytes);
            SigningKey::from_le_bytes(curve, &scalar)
        }
        Tag::Integer => {
            let bytes = bytes.strip_prefix(&[0]).unwrap_or(bytes);
            let zeros = width.checked_sub(bytes.len()).ok_or(DAMAGED)?;
            scalar
                .get_mut(zeros..)
                .ok_or(DAMAGED)?
                .copy_from_slice(bytes);
            SigningKey::from_be_bytes(curve, &scalar)
        }
        _ => return Err(DAMAGED),
    }
    .map_err(|_| DAMAGED)
}

/// A certificate as a key file holds it.
pub(crate) struct CertificateEntry {
    pub(crate) key_id: Option<Vec<u8>>,
    pub(crate) der: Vec<u8>,
}

/// Finds the certificate of a key: by the public key, which cannot lie; among several, by localKeyId.
///
/// Certificates of CAs beside it are passed over.
pub(crate) fn certificate_for(
    key: &PrivateKey,
    key_id: Option<&[u8]>,
    entries: &[CertificateEntry],
) -> Result<Certificate, Error> {
    let claims = |entry: &&CertificateEntry| key_id.is_none() || entry.key_id.as_deref() == key_id;
    // Those that say that they belong to the key stand first; what is wrong with them is the error.
    let mut error = Error::NoCertificate;
    for entry in entries.iter().filter(claims) {
        match Certificate::from_der(&entry.der) {
            Ok(certificate) if key.belongs_to(certificate.public_key()) => return Ok(certificate),
            Ok(_) => error = Error::KeyMismatch,
            Err(other) if error == Error::NoCertificate => {
                error = from_pki(other, Part::Certificate)
            }
            Err(_) => {}
        }
    }
    entries
        .iter()
        .filter(|entry| !claims(entry))
        .filter_map(|entry| Certificate::from_der(&entry.der).ok())
        .find(|certificate| key.belongs_to(certificate.public_key()))
        .ok_or(error)
}

fn from_pki(error: pki::Error, part: Part) -> Error {
    match error {
        pki::Error::UnsupportedAlgorithm(oid) => Error::UnsupportedAlgorithm(oid),
        _ => Error::Damaged(part),
    }
}
