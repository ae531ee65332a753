//! Whether the password is right: the MAC over the content of a key file.

use super::{
    asn1::{MacData, SchemeParams, parameters},
    kdf::{Hash, PasswordForms, Pbkdf2, Usage, pkcs12},
    oid,
    rounds::Rounds,
};
use crate::{Error, Part};

/// MacData, understood.
pub(super) struct FileMac<'a> {
    scheme: Scheme<'a>,
    hash: Hash,
    tag: &'a [u8],
}

enum Scheme<'a> {
    /// HMAC under a key of PKCS#12's own derivation. Source: RFC 7292 section 5.1.
    Pkcs12 { salt: &'a [u8], rounds: Rounds },
    /// PBMAC1. Source: RFC 9579.
    Pbmac1 {
        derivation: Pbkdf2<'a>,
        key_length: usize,
    },
}

impl<'a> FileMac<'a> {
    pub(super) fn from_mac_data(mac_data: &MacData<'a>) -> Result<Self, Error> {
        const DAMAGED: Error = Error::Damaged(Part::MacData);
        let algorithm = &mac_data.mac.digest_algorithm;
        let (scheme, hash) = if algorithm.oid == oid::PBMAC1 {
            let params: SchemeParams<'a> = parameters(algorithm, Part::MacData)?;
            let derivation = Pbkdf2::from_algorithm(&params.key_derivation, Part::MacData)?;
            let hash = Hash::from_hmac_oid(params.scheme.oid)?;
            // RFC 9579 section 4: the length must be given, and short keys are not acceptable.
            let key_length = derivation
                .key_length
                .filter(|length| (20..=1024).contains(length))
                .ok_or(DAMAGED)?;
            (
                Scheme::Pbmac1 {
                    derivation,
                    key_length,
                },
                hash,
            )
        } else {
            let rounds = mac_data.iterations.map_or(Ok(Rounds::ONE), |count| {
                Rounds::from_integer(count, Part::MacData)
            })?;
            let salt = mac_data.mac_salt.as_bytes();
            (
                Scheme::Pkcs12 { salt, rounds },
                Hash::from_digest_oid(algorithm.oid)?,
            )
        };
        let tag = mac_data.mac.digest.as_bytes();
        if tag.len() != hash.output_len() {
            return Err(DAMAGED);
        }
        Ok(Self { scheme, hash, tag })
    }

    /// What checking one password costs.
    pub(super) fn rounds(&self) -> Rounds {
        match &self.scheme {
            Scheme::Pkcs12 { rounds, .. } => *rounds,
            Scheme::Pbmac1 {
                derivation,
                key_length,
            } => derivation.cost(*key_length),
        }
    }

    /// Whether the password belongs to `content`, the octets as they stand in the file.
    pub(super) fn matches(&self, password: &PasswordForms<'_>, content: &[u8]) -> bool {
        let key = match &self.scheme {
            Scheme::Pkcs12 { salt, rounds } => pkcs12(
                self.hash,
                password,
                salt,
                Usage::Mac,
                *rounds,
                self.hash.output_len(),
            ),
            Scheme::Pbmac1 {
                derivation,
                key_length,
            } => derivation.derive(password, *key_length),
        };
        self.hash.hmac_matches(&key, content, self.tag)
    }
}
