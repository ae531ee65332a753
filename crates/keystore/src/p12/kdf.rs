//! Keys from passwords: the derivation of PKCS#12 itself, and PBKDF2.

use super::{
    asn1::{Pbkdf2Params, parameters},
    oid,
    rounds::Rounds,
};
use crate::{Error, Part};
use der::asn1::ObjectIdentifier;
use hmac::{Hmac, KeyInit, Mac};
pub(super) use pkcs12::kdf::Pkcs12KeyType as Usage;
use pkcs12::kdf::derive_key;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

/// The password in both forms that key files use.
pub(super) struct PasswordForms<'a> {
    /// For PBKDF2.
    pub(super) utf8: &'a [u8],
    /// For the derivation of PKCS#12.
    pub(super) bmp: &'a [u8],
}

/// The hash inside a key derivation or a MAC.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// Calls a generic function for the hash that is known only now.
macro_rules! with_hash {
    ($hash:expr, $function:ident $arguments:tt) => {
        match $hash {
            Hash::Sha1 => $function::<Sha1> $arguments,
            Hash::Sha224 => $function::<Sha224> $arguments,
            Hash::Sha256 => $function::<Sha256> $arguments,
            Hash::Sha384 => $function::<Sha384> $arguments,
            Hash::Sha512 => $function::<Sha512> $arguments,
        }
    };
}

impl Hash {
    /// By the hash's own OID.
    pub(super) fn from_digest_oid(digest: ObjectIdentifier) -> Result<Self, Error> {
        match digest {
            oid::SHA1 => Ok(Self::Sha1),
            oid::SHA224 => Ok(Self::Sha224),
            oid::SHA256 => Ok(Self::Sha256),
            oid::SHA384 => Ok(Self::Sha384),
            oid::SHA512 => Ok(Self::Sha512),
            _ => Err(Error::UnsupportedAlgorithm(digest)),
        }
    }

    /// By the OID of HMAC with it.
    pub(super) fn from_hmac_oid(hmac: ObjectIdentifier) -> Result<Self, Error> {
        match hmac {
            oid::HMAC_SHA1 => Ok(Self::Sha1),
            oid::HMAC_SHA224 => Ok(Self::Sha224),
            oid::HMAC_SHA256 => Ok(Self::Sha256),
            oid::HMAC_SHA384 => Ok(Self::Sha384),
            oid::HMAC_SHA512 => Ok(Self::Sha512),
            _ => Err(Error::UnsupportedAlgorithm(hmac)),
        }
    }

    pub(super) fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Whether `tag` is HMAC of `content`; compared in constant time.
    pub(super) fn hmac_matches(self, key: &[u8], content: &[u8], tag: &[u8]) -> bool {
        fn matches<D>(key: &[u8], content: &[u8], tag: &[u8]) -> bool
        where
            D: hmac::EagerHash,
            Hmac<D>: Mac + KeyInit,
        {
            let Ok(mac) = <Hmac<D> as KeyInit>::new_from_slice(key) else {
                return false;
            };
            mac.chain_update(content).verify_slice(tag).is_ok()
        }
        with_hash!(self, matches(key, content, tag))
    }
}

/// Derives `length` bytes for `usage`. Source: RFC 7292 appendix B.2.
pub(super) fn pkcs12(
    hash: Hash,
    password: &PasswordForms<'_>,
    salt: &[u8],
    usage: Usage,
    rounds: Rounds,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    // Rounds never exceed ten million, so the conversion keeps them.
    let rounds = i32::try_from(rounds.count()).unwrap_or(i32::MAX);
    Zeroizing::new(with_hash!(
        hash,
        derive_key(password.bmp, salt, usage, rounds, length)
    ))
}

/// PBKDF2 with its parameters.
pub(super) struct Pbkdf2<'a> {
    salt: &'a [u8],
    rounds: Rounds,
    pub(super) key_length: Option<usize>,
    prf: Hash,
}

impl<'a> Pbkdf2<'a> {
    /// Reads the parameters; `part` is where they stand.
    pub(super) fn from_algorithm(
        algorithm: &AlgorithmIdentifierRef<'a>,
        part: Part,
    ) -> Result<Self, Error> {
        if algorithm.oid != oid::PBKDF2 {
            return Err(Error::UnsupportedAlgorithm(algorithm.oid));
        }
        let params: Pbkdf2Params<'a> = parameters(algorithm, part)?;
        Ok(Self {
            salt: params.salt.as_bytes(),
            rounds: Rounds::from_integer(params.iteration_count, part)?,
            key_length: params.key_length.map(usize::from),
            prf: params
                .prf
                .map_or(Ok(Hash::Sha1), |prf| Hash::from_hmac_oid(prf.oid))?,
        })
    }

    /// What deriving `length` bytes costs.
    pub(super) fn cost(&self, length: usize) -> Rounds {
        self.rounds
            .for_blocks(length.div_ceil(self.prf.output_len()))
    }

    /// Derives `length` bytes. Source: RFC 8018 section 5.2.
    pub(super) fn derive(&self, password: &PasswordForms<'_>, length: usize) -> Zeroizing<Vec<u8>> {
        use pbkdf2::pbkdf2_hmac;
        let mut key = Zeroizing::new(vec![0; length]);
        with_hash!(
            self.prf,
            pbkdf2_hmac(password.utf8, self.salt, self.rounds.count(), &mut key)
        );
        key
    }
}
