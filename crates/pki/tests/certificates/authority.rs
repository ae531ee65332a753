//! Authorities of the test's own, which issue what no honest one would.

use std::{process::Command, sync::LazyLock};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{KeyPair, RSA_PKCS1_SHA256},
};
use gost3410::{Curve, SigningKey};
use pki::{Algorithm, Certificate, ObjectIdentifier, oid};

use crate::build::{self, sequence, tlv};

/// 2026-07-01 00:00:00 UTC, when everything below is valid that does not say otherwise.
pub(crate) const NOW: i64 = 1_782_864_000;
const NOT_BEFORE: &str = "200101000000Z";
const NOT_AFTER: &str = "400101000000Z";

/// A private key of either family.
pub(crate) enum Key {
    Gost(SigningKey),
    Rsa(RsaKeyPair),
}

/// Six keys of a family; which is which does not matter.
pub(crate) struct Keys(Vec<Key>);

impl Keys {
    pub(crate) fn gost() -> &'static Self {
        static KEYS: LazyLock<Keys> = LazyLock::new(|| {
            let generate = |_| Key::Gost(SigningKey::generate(Curve::Gost512A).unwrap());
            Keys((0..16).map(generate).collect())
        });
        &KEYS
    }

    /// For what OpenSSL is to judge too.
    pub(crate) fn rsa() -> &'static Self {
        static KEYS: LazyLock<Keys> = LazyLock::new(|| {
            let children: Vec<_> = (0..6)
                .map(|_| {
                    Command::new("openssl")
                        .args(["genpkey", "-algorithm", "RSA", "-outform", "DER"])
                        .args(["-pkeyopt", "rsa_keygen_bits:2048"])
                        .stdout(std::process::Stdio::piped())
                        .stderr(std::process::Stdio::null())
                        .spawn()
                        .expect("openssl is needed")
                })
                .collect();
            let read = |child: std::process::Child| {
                let der = child.wait_with_output().unwrap().stdout;
                // Versions of OpenSSL differ in which of the two forms they write.
                let key = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
                Key::Rsa(key.unwrap())
            };
            Keys(children.into_iter().map(read).collect())
        });
        &KEYS
    }

    pub(crate) fn get(&self, index: usize) -> &Key {
        &self.0[index]
    }
}

impl Key {
    fn spki(&self) -> Vec<u8> {
        let (algorithm, bits) = match self {
            Self::Gost(key) => (
                sequence(&[
                    &encoded(oid::GOST2015_512_KEY),
                    &sequence(&[
                        &encoded(oid::GOST2015_512_SET_A),
                        &encoded(oid::STREEBOG512),
                    ]),
                ]),
                tlv(4, &key.verifying_key().to_xy_le()),
            ),
            Self::Rsa(key) => (
                sequence(&[&encoded(oid::RSA_ENCRYPTION), &[5, 0]]),
                key.public_key().as_ref().to_vec(),
            ),
        };
        sequence(&[&algorithm, &bit_string(&bits)])
    }

    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Gost(_) => Algorithm::Gost2015_512,
            Self::Rsa(_) => Algorithm::Rsa,
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Gost(key) => {
                let digest = self.algorithm().digest().digest(message);
                key.sign_prehash(&digest).unwrap().to_bytes()
            }
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .unwrap();
                signature
            }
        }
    }

    /// The identifier that the templates below give to the key.
    fn id(&self) -> Vec<u8> {
        let key = pki::PublicKey::from_spki_der(&self.spki()).unwrap();
        key.key_identifier().to_vec()
    }
}

/// What a certificate says; its keys come with [`Template::issue`].
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    not_before: &'static str,
    not_after: &'static str,
    /// Content of basicConstraints.
    basic_constraints: Option<Vec<u8>>,
    /// Content of keyUsage: unused bits and bits.
    key_usage: Option<[u8; 2]>,
    with_key_ids: bool,
    ca_issuers: Vec<String>,
    /// Other extensions: identifier, critical, value.
    others: Vec<(&'static str, bool, Vec<u8>)>,
}

/// keyCertSign and cRLSign.
const ISSUING: [u8; 2] = [1, 0x06];
/// digitalSignature and nonRepudiation.
pub(crate) const SIGNING: [u8; 2] = [6, 0xc0];

impl Template {
    /// A certificate of somebody who is no authority.
    pub(crate) fn leaf(issuer: &str) -> Self {
        Self {
            subject: "ТЕСТОВ ТЕСТ".into(),
            issuer: issuer.into(),
            not_before: NOT_BEFORE,
            not_after: NOT_AFTER,
            basic_constraints: None,
            key_usage: Some(SIGNING),
            with_key_ids: true,
            ca_issuers: Vec::new(),
            others: Vec::new(),
        }
    }

    /// A certificate of an authority, with or without a path length.
    pub(crate) fn authority(subject: &str, issuer: &str, path_length: Option<u8>) -> Self {
        let length = path_length.map_or(vec![], |length| tlv(2, &[length]));
        Self {
            subject: subject.into(),
            basic_constraints: Some([tlv(1, &[0xff]), length].concat()),
            key_usage: Some(ISSUING),
            ..Self::leaf(issuer)
        }
    }

    pub(crate) fn path_length(self, path_length: u8) -> Self {
        let content = [tlv(1, &[0xff]), tlv(2, &[path_length])].concat();
        self.basic_constraints(Some(content))
    }

    pub(crate) fn basic_constraints(mut self, content: Option<Vec<u8>>) -> Self {
        self.basic_constraints = content;
        self
    }

    pub(crate) fn key_usage(mut self, bits: Option<[u8; 2]>) -> Self {
        self.key_usage = bits;
        self
    }

    pub(crate) fn not_before(mut self, time: &'static str) -> Self {
        self.not_before = time;
        self
    }

    pub(crate) fn not_after(mut self, time: &'static str) -> Self {
        self.not_after = time;
        self
    }

    pub(crate) fn without_key_ids(mut self) -> Self {
        self.with_key_ids = false;
        self
    }

    pub(crate) fn ca_issuers(mut self, urls: &[&str]) -> Self {
        self.ca_issuers = urls.iter().map(|&url| url.into()).collect();
        self
    }

    pub(crate) fn extension(mut self, oid: &'static str, critical: bool, value: Vec<u8>) -> Self {
        self.others.push((oid, critical, value));
        self
    }

    /// The certificate of `key`, issued with `issuer`.
    pub(crate) fn issue(&self, key: &Key, issuer: &Key) -> Certificate {
        let algorithm = issuer.algorithm();
        let signature_algorithm = sequence(&[&encoded(algorithm.signature_oid()), &[5, 0]]);
        let spki = key.spki();
        let serial = &key.id()[..16];
        let tbs = sequence(&[
            &tlv(0xa0, &tlv(2, &[2])),
            &tlv(2, &[&[1], serial].concat()),
            &signature_algorithm,
            &name(&self.issuer),
            &sequence(&[
                &tlv(0x17, self.not_before.as_bytes()),
                &tlv(0x17, self.not_after.as_bytes()),
            ]),
            &name(&self.subject),
            &spki,
            &tlv(0xa3, &tlv(0x30, &self.extensions(key, issuer).concat())),
        ]);
        let signature = bit_string(&issuer.sign(&tbs));
        let der = sequence(&[&tbs, &signature_algorithm, &signature]);
        Certificate::from_der(&der).unwrap()
    }

    fn extensions(&self, key: &Key, issuer: &Key) -> Vec<Vec<u8>> {
        let mut extensions = Vec::new();
        if let Some(content) = &self.basic_constraints {
            extensions.push(extension("2.5.29.19", true, &tlv(0x30, content)));
        }
        if let Some(bits) = self.key_usage {
            extensions.push(extension("2.5.29.15", true, &tlv(3, &bits)));
        }
        if self.with_key_ids {
            extensions.push(extension("2.5.29.14", false, &tlv(4, &key.id())));
            let id = sequence(&[&tlv(0x80, &issuer.id())]);
            extensions.push(extension("2.5.29.35", false, &id));
        }
        if !self.ca_issuers.is_empty() {
            let method = encoded(oid::ACCESS_CA_ISSUERS);
            let descriptions: Vec<_> = self
                .ca_issuers
                .iter()
                .map(|url| sequence(&[&method, &tlv(0x86, url.as_bytes())]))
                .collect();
            let value = tlv(0x30, &descriptions.concat());
            extensions.push(extension("1.3.6.1.5.5.7.1.1", false, &value));
        }
        for (oid, critical, value) in &self.others {
            extensions.push(extension(oid, *critical, value));
        }
        extensions
    }
}

fn extension(oid: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { tlv(1, &[0xff]) } else { vec![] };
    sequence(&[&build::oid(oid), &critical, &tlv(4, value)])
}

/// A name of nothing but CN.
fn name(common_name: &str) -> Vec<u8> {
    let attribute = sequence(&[&build::oid("2.5.4.3"), &tlv(0x0c, common_name.as_bytes())]);
    sequence(&[&tlv(0x31, &attribute)])
}

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], bytes].concat())
}

fn encoded(oid: ObjectIdentifier) -> Vec<u8> {
    build::oid(&oid.to_string())
}
