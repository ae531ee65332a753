use const_oid::ObjectIdentifier;
use digest::Digest;

use crate::{Error, oid};

/// A digest algorithm of Kazakhstan's PKI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-1: only for key identifiers and old certificates.
    Sha1,
    /// SHA-256, the digest of RSA keys.
    Sha256,
    /// GOST 34.11-2015 with 512 bits.
    Streebog512,
    /// GOST 34.11-2015 with 256 bits.
    Streebog256,
    /// GOST 34.311-95 with the test substitution table, the digest of the keys of 2004.
    Gost341195,
}

impl DigestAlgorithm {
    /// The algorithm that an identifier in CMS, a time stamp or an OCSP request names.
    ///
    /// # Errors
    /// [`Error::UnsupportedAlgorithm`] for any other.
    pub fn from_oid(oid: &ObjectIdentifier) -> Result<Self, Error> {
        match *oid {
            oid::SHA1 => Ok(Self::Sha1),
            oid::SHA256 => Ok(Self::Sha256),
            oid::STREEBOG512 => Ok(Self::Streebog512),
            oid::STREEBOG256 => Ok(Self::Streebog256),
            oid::GOST34311 => Ok(Self::Gost341195),
            other => Err(Error::UnsupportedAlgorithm(other)),
        }
    }

    /// The identifier as it stands in CMS.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Streebog512 => oid::STREEBOG512,
            Self::Streebog256 => oid::STREEBOG256,
            Self::Gost341195 => oid::GOST34311,
        }
    }

    /// Bytes of a digest.
    #[must_use]
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 | Self::Streebog256 | Self::Gost341195 => 32,
            Self::Streebog512 => 64,
        }
    }

    /// The digest of `data`.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> Vec<u8> {
        let mut hasher = self.hasher();
        hasher.update(data);
        hasher.finish()
    }

    /// Starts a digest of data that come in pieces.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Sha1 => State::Sha1(Digest::new()),
            Self::Sha256 => State::Sha256(Digest::new()),
            Self::Streebog512 => State::Streebog512(Digest::new()),
            Self::Streebog256 => State::Streebog256(Digest::new()),
            Self::Gost341195 => State::Gost341195(Digest::new()),
        })
    }
}

/// A digest in the making, started by [`DigestAlgorithm::hasher`].
#[derive(Clone)]
pub struct Hasher(State);

impl Hasher {
    /// Takes the next piece of the data.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::Sha1(state) => state.update(data),
            State::Sha256(state) => state.update(data),
            State::Streebog512(state) => state.update(data),
            State::Streebog256(state) => state.update(data),
            State::Gost341195(state) => state.update(data),
        }
    }

    /// The digest of all pieces.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self.0 {
            State::Sha1(state) => state.finalize().to_vec(),
            State::Sha256(state) => state.finalize().to_vec(),
            State::Streebog512(state) => state.finalize().to_vec(),
            State::Streebog256(state) => state.finalize().to_vec(),
            State::Gost341195(state) => state.finalize().to_vec(),
        }
    }
}

#[derive(Clone)]
enum State {
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
    Streebog512(gost3410::Streebog512),
    Streebog256(gost3410::Streebog256),
    Gost341195(gost3410::Gost341195),
}
