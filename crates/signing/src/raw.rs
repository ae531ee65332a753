//! Signatures without any envelope: the signature bytes alone, as NCALayer's format `raw` and KalkanCrypt give them.

use crate::{Digested, Error, signature};
use pki::{Certificate, Signer};

/// Signs `data`: RSA PKCS#1 v1.5 with SHA-256, or GOST as `r‖s`, each little-endian.
///
/// # Errors
/// [`Error::Signer`] when the key refuses, [`Error::WrongSignature`] when what it gave does not verify.
pub fn sign(signer: &dyn Signer, data: &[u8]) -> Result<Vec<u8>, Error> {
    signature::make(signer, data)
}

/// As [`sign`], of a document whose SHA-256 is made already: with an RSA key it is not read again.
///
/// # Errors
/// As [`sign`].
pub fn sign_digested(signer: &dyn Signer, document: &Digested) -> Result<Vec<u8>, Error> {
    let digest = document.digest(signer.certificate().algorithm().digest());
    signature::make_with_digest(signer, document.content(), &digest)
}

/// Signs data of which only the digest is known, by the key's own digest algorithm.
///
/// # Errors
/// [`Error::DigestLength`] when `digest` is not as long as the key's own; else as [`sign`].
pub fn sign_digest(signer: &dyn Signer, digest: &[u8]) -> Result<Vec<u8>, Error> {
    signature::check_length(signer, digest)?;
    signature::make_of_digest(signer, digest)
}

/// Whether `signature` is `certificate`'s over `data`.
///
/// # Errors
/// [`pki::Error::BadSignature`] when it is not.
pub fn verify(certificate: &Certificate, data: &[u8], signature: &[u8]) -> Result<(), pki::Error> {
    let digest = certificate.algorithm().digest().digest(data);
    certificate.public_key().verify_digest(&digest, signature)
}
