//! Keys that tests sign with.

use crate::fixtures;
use gost3410::{Curve, SigningKey};
use pki::{Certificate, Signer, SignerError};
use std::fs;

/// A GOST key from the shared material.
pub(crate) struct GostKey {
    certificate: Certificate,
    key: SigningKey,
}

impl Signer for GostKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.key.sign_prehash(digest).unwrap().to_bytes().to_vec())
    }
}

/// One key of each GOST family, with its name in the shared material; none when that is absent.
pub(crate) fn gost() -> Vec<(&'static str, GostKey)> {
    let Some(folder) = fixtures::folder("fixtures/own") else {
        return Vec::new();
    };
    let key = |name: &'static str, curve: Curve, length: usize, is_little_endian: bool| {
        let certificate =
            Certificate::from_der(&fs::read(folder.join(format!("{name}.cer"))).unwrap()).unwrap();
        // PKCS #8 ends with the scalar.
        let pkcs8 = fs::read(folder.join(format!("{name}.pkcs8"))).unwrap();
        let scalar = &pkcs8[pkcs8.len() - length..];
        let key = if is_little_endian {
            SigningKey::from_le_bytes(curve, scalar)
        } else {
            SigningKey::from_be_bytes(curve, scalar)
        };
        (
            name,
            GostKey {
                certificate,
                key: key.unwrap(),
            },
        )
    };
    vec![
        key("gost512", Curve::Gost512A, 64, true),
        key("gost256", Curve::Gost256A, 32, true),
        key("gost2004", Curve::CryptoProA, 32, false),
    ]
}
