use std::path::Path;

use anyhow::Context as _;
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use der::{
    Decode as _,
    asn1::{AnyRef, OctetStringRef},
};
use gost3410::SigningKey;
use pki::{Algorithm, oid};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};

use super::der as write;

/// A private key of the demo CA or of one of its servers.
pub(super) enum Key {
    Gost(Algorithm, SigningKey),
    Rsa(Box<KeyPair>),
}

impl Key {
    /// A new one.
    pub(super) fn generate(algorithm: Algorithm) -> anyhow::Result<Self> {
        Ok(match algorithm.curve() {
            Some(curve) => Self::Gost(
                algorithm,
                SigningKey::generate(curve).map_err(|error| anyhow::anyhow!("{error}"))?,
            ),
            None => Self::Rsa(Box::new(KeyPair::generate(KeySize::Rsa2048)?)),
        })
    }

    /// From a PEM file with PKCS #8: RSA, or GOST 34.10-2015 with 512 bits.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let pkcs8 = PrivatePkcs8KeyDer::from_pem_file(path)
            .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        let pkcs8 = pkcs8.secret_pkcs8_der();
        if let Ok(rsa) = KeyPair::from_pkcs8(pkcs8) {
            return Ok(Self::Rsa(Box::new(rsa)));
        }
        let algorithm = Algorithm::Gost2015_512;
        let curve = algorithm.curve().context("a curve")?;
        let fields: Vec<AnyRef<'_>> = AnyRef::from_der(pkcs8)?.decode_as()?;
        let [_, _, key] = fields.as_slice() else {
            anyhow::bail!("{} is not PKCS #8", path.display());
        };
        let scalar = <&OctetStringRef>::from_der(key.value())?.as_bytes();
        let key = SigningKey::from_le_bytes(curve, scalar)
            .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        Ok(Self::Gost(algorithm, key))
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Gost(algorithm, _) => *algorithm,
            Self::Rsa(_) => Algorithm::Rsa,
        }
    }

    /// The signature value over `message`.
    pub(super) fn sign(&self, message: &[u8]) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Gost(algorithm, key) => {
                let digest = algorithm.digest().digest(message);
                let signature = key
                    .sign_prehash(&digest)
                    .map_err(|error| anyhow::anyhow!("{error}"))?;
                Ok(signature.to_bytes().clone())
            }
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )?;
                Ok(signature)
            }
        }
    }

    /// A signed structure: `SEQUENCE { tbs, algorithm, BIT STRING, … }`.
    pub(super) fn signed(&self, tbs: &[u8], more: &[u8]) -> anyhow::Result<Vec<u8>> {
        let algorithm = write::algorithm(self.algorithm().signature_oid());
        let signature = write::bits(&self.sign(tbs)?);
        Ok(write::sequence(&[tbs, &algorithm, &signature, more]))
    }

    /// The content of the BIT STRING in [`Key::spki`].
    pub(super) fn subject_public_key(&self) -> Vec<u8> {
        match self {
            Self::Gost(_, key) => write::octets(&key.verifying_key().to_xy_le()),
            Self::Rsa(key) => key.public_key().as_ref().to_vec(),
        }
    }

    /// SubjectPublicKeyInfo.
    pub(super) fn spki(&self) -> anyhow::Result<Vec<u8>> {
        let parameters = match self.algorithm() {
            Algorithm::Rsa => write::NULL.to_vec(),
            Algorithm::Gost2015_512 => parameters(oid::GOST2015_512_SET_A, oid::STREEBOG512),
            Algorithm::Gost2015_256 => parameters(oid::GOST2015_256_SET_A, oid::STREEBOG256),
            Algorithm::Gost2004 => parameters(oid::GOST2004_SET_A, oid::GOST34311_TEST_PARAMS),
        };
        let algorithm = write::sequence(&[&write::oid(self.algorithm().key_oid()), &parameters]);
        Ok(write::sequence(&[
            &algorithm,
            &write::bits(&self.subject_public_key()),
        ]))
    }
}

fn parameters(curve: pki::ObjectIdentifier, digest: pki::ObjectIdentifier) -> Vec<u8> {
    write::sequence(&[&write::oid(curve), &write::oid(digest)])
}
