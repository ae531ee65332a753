use std::{path::Path, sync::OnceLock};

use anyhow::Context as _;
use der::{Decode as _, Tag, Tagged as _, asn1::AnyRef};
use pki::{Algorithm, Certificate, DigestAlgorithm};

use super::{
    DEMO_ADDRESS, der as write,
    fault::Fault,
    key::Key,
    profile::{KeyIds, Role},
};

const DAY: i64 = 24 * 60 * 60;

/// A root of the demo CA with its private key, and the keys of its servers.
pub(super) struct Issuer {
    pub(super) certificate: Certificate,
    stem: &'static str,
    key: Key,
    servers: [(Role, Algorithm, OnceLock<Key>); 3],
}

/// A key of one of the authority's servers with its certificate (DER).
pub(super) struct Signer<'a> {
    pub(super) key: &'a Key,
    pub(super) certificate: Vec<u8>,
}

impl Issuer {
    pub(super) fn read(folder: &Path, stem: &'static str) -> anyhow::Result<Self> {
        let path = folder.join(format!("{stem}.cer"));
        let about = || path.display().to_string();
        let certificate = Certificate::from_bytes(&std::fs::read(&path).with_context(about)?)
            .with_context(about)?;
        let key = Key::read(&folder.join(format!("{stem}.key.pem")))?;
        anyhow::ensure!(
            key.spki()? == certificate.public_key().spki_der(),
            "the key of {stem} does not belong to its certificate"
        );
        let own = key.algorithm();
        Ok(Self {
            certificate,
            stem,
            key,
            servers: [
                (Role::Ocsp, own, OnceLock::new()),
                (Role::Tsa, own, OnceLock::new()),
                (Role::Tsa, Algorithm::Gost2004, OnceLock::new()),
            ],
        })
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The digest of the issuer's Name, or of its key without tag, length and unused bits (RFC 6960 §4.1.1).
    pub(super) fn name_hash(&self, digest: DigestAlgorithm) -> Vec<u8> {
        digest.digest(self.certificate.subject().der())
    }

    pub(super) fn key_hash(&self, digest: DigestAlgorithm) -> Vec<u8> {
        digest.digest(&self.key.subject_public_key())
    }

    /// Who answers in this role at this time, with a key of this family.
    ///
    /// The certificate is made for the answer: valid from the day before for a year, or as `fault` wants it.
    pub(super) fn signer(
        &self,
        role: Role,
        algorithm: Algorithm,
        now: i64,
        fault: Option<Fault>,
    ) -> anyhow::Result<Signer<'_>> {
        let (_, _, slot) = self
            .servers
            .iter()
            .find(|(of, family, _)| *of == role && *family == algorithm)
            .context("no server with such a key")?;
        let key = match slot.get() {
            Some(key) => key,
            None => {
                let made = Key::generate(algorithm)?;
                slot.get_or_init(|| made)
            }
        };
        let (not_before, not_after) = match fault {
            Some(Fault::ExpiredSigner) => (now - 400 * DAY, now - DAY),
            _ => (now - DAY, now + 365 * DAY),
        };
        let name = self.certificate.subject().common_name().unwrap_or_default();
        let key_bits = key.subject_public_key();
        let subject_key = DigestAlgorithm::Sha1.digest(&key_bits);
        let keys = KeyIds {
            subject: &subject_key,
            authority: self.certificate.subject_key_id().unwrap_or_default(),
        };
        let extensions =
            role.extensions(&keys, &format!("http://{DEMO_ADDRESS}"), self.stem, fault);
        let tbs = write::sequence(&[
            &write::tlv(0xA0, &[&write::unsigned(&[2])]),
            &write::unsigned(&serial_number(&subject_key)),
            &write::algorithm(self.algorithm().signature_oid()),
            self.certificate.subject().der(),
            &write::sequence(&[&write::utc_time(not_before), &write::utc_time(not_after)]),
            &role.subject(name),
            &key.spki()?,
            &write::tlv(0xA3, &[&extensions]),
        ]);
        let certificate = match fault {
            // Somebody who calls itself by the authority's name.
            Some(Fault::WrongSigner) => Key::generate(self.algorithm())?.signed(&tbs, &[])?,
            _ => self.key.signed(&tbs, &[])?,
        };
        Ok(Signer { key, certificate })
    }
}

impl Signer<'_> {
    /// The fields of the certificate that an answer repeats: serial number, issuer, subject (each DER).
    pub(super) fn names(&self) -> anyhow::Result<(Vec<u8>, Vec<u8>, Vec<u8>)> {
        let certificate = Certificate::from_der(&self.certificate)?;
        Ok((
            write::tlv(2, &[certificate.serial_number()]),
            certificate.issuer().der().to_vec(),
            certificate.subject().der().to_vec(),
        ))
    }
}

/// The national CA's rule: the key identifier made positive, and not beginning with a zero digit.
fn serial_number(key_identifier: &[u8]) -> Vec<u8> {
    let mut serial = key_identifier.to_vec();
    if let Some(first) = serial.first_mut() {
        *first &= 0x7F;
        if *first & 0x70 == 0 {
            *first |= 0x10;
        }
    }
    serial
}

/// The elements of a DER value that is one SEQUENCE.
pub(super) fn fields(der: &[u8]) -> anyhow::Result<Vec<AnyRef<'_>>> {
    let any = AnyRef::from_der(der)?;
    any.tag().assert_eq(Tag::Sequence)?;
    elements(any.value())
}

/// The elements one after another.
pub(super) fn elements(mut rest: &[u8]) -> anyhow::Result<Vec<AnyRef<'_>>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (element, after) = AnyRef::from_der_partial(rest)?;
        found.push(element);
        rest = after;
    }
    Ok(found)
}
