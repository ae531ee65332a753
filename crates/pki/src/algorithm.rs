use const_oid::ObjectIdentifier;
use gost3410::Curve;

use crate::{DigestAlgorithm, Error, oid};

/// The family of a key: which keys, digests and signatures belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA with SHA-256.
    Rsa,
    /// GOST 34.10-2015 on the 512-bit curve A with Streebog-512.
    Gost2015_512,
    /// GOST 34.10-2015 on the 256-bit curve A with Streebog-256.
    Gost2015_256,
    /// GOST 34.310-2004 on curve A with GOST 34.311-95.
    Gost2004,
}

impl Algorithm {
    /// The family that an identifier of a key names (SubjectPublicKeyInfo, PKCS #8).
    ///
    /// # Errors
    /// [`Error::UnsupportedAlgorithm`] for any other.
    pub fn from_key_oid(oid: &ObjectIdentifier) -> Result<Self, Error> {
        match *oid {
            oid::RSA_ENCRYPTION => Ok(Self::Rsa),
            oid::GOST2015_512_KEY => Ok(Self::Gost2015_512),
            oid::GOST2015_256_KEY => Ok(Self::Gost2015_256),
            oid::GOST2004_KEY => Ok(Self::Gost2004),
            other => Err(Error::UnsupportedAlgorithm(other)),
        }
    }

    /// The digest that signatures of this family are made over.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::Rsa => DigestAlgorithm::Sha256,
            Self::Gost2015_512 => DigestAlgorithm::Streebog512,
            Self::Gost2015_256 => DigestAlgorithm::Streebog256,
            Self::Gost2004 => DigestAlgorithm::Gost341195,
        }
    }

    /// The identifier of signatures, as it stands in certificates and in a SignerInfo made by NCALayer.
    #[must_use]
    pub const fn signature_oid(self) -> ObjectIdentifier {
        match self {
            Self::Rsa => oid::SHA256_WITH_RSA,
            Self::Gost2015_512 => oid::GOST2015_512_SIGNATURE,
            Self::Gost2015_256 => oid::GOST2015_256_SIGNATURE,
            Self::Gost2004 => oid::GOST2004_SIGNATURE,
        }
    }

    /// The identifier of keys.
    #[must_use]
    pub const fn key_oid(self) -> ObjectIdentifier {
        match self {
            Self::Rsa => oid::RSA_ENCRYPTION,
            Self::Gost2015_512 => oid::GOST2015_512_KEY,
            Self::Gost2015_256 => oid::GOST2015_256_KEY,
            Self::Gost2004 => oid::GOST2004_KEY,
        }
    }

    /// The name that Java programs know the key by; web pages get it from NCALayer as `algorithm`.
    ///
    /// Source: NCALayer 1.4 answers `RSA`, `ECGOST34310`, `ECGOST3410-2015-512`, `ECGOST3410-2015-256`.
    #[must_use]
    pub const fn java_name(self) -> &'static str {
        match self {
            Self::Rsa => "RSA",
            Self::Gost2015_512 => "ECGOST3410-2015-512",
            Self::Gost2015_256 => "ECGOST3410-2015-256",
            Self::Gost2004 => "ECGOST34310",
        }
    }

    /// The curve of a GOST family.
    #[must_use]
    pub const fn curve(self) -> Option<Curve> {
        match self {
            Self::Rsa => None,
            Self::Gost2015_512 => Some(Curve::Gost512A),
            Self::Gost2015_256 => Some(Curve::Gost256A),
            Self::Gost2004 => Some(Curve::CryptoProA),
        }
    }

    /// The parameter sets that a key of a GOST family may name: that of the curve and those of the digest.
    pub(crate) const fn parameters(
        self,
    ) -> Option<(ObjectIdentifier, &'static [ObjectIdentifier])> {
        match self {
            Self::Rsa => None,
            Self::Gost2015_512 => Some((oid::GOST2015_512_SET_A, &[oid::STREEBOG512])),
            Self::Gost2015_256 => Some((oid::GOST2015_256_SET_A, &[oid::STREEBOG256])),
            Self::Gost2004 => Some((
                oid::GOST2004_SET_A,
                &[oid::GOST34311_TEST_PARAMS, oid::GOST34311],
            )),
        }
    }
}

/// What a signature was made with: a family of keys and the digest under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignatureAlgorithm {
    /// The family of the key.
    pub key: Algorithm,
    /// The digest that was signed.
    pub digest: DigestAlgorithm,
}

impl SignatureAlgorithm {
    /// The signature that an identifier names (certificates, SignerInfo, OCSP responses).
    ///
    /// # Errors
    /// [`Error::UnsupportedAlgorithm`] for any other, for identifiers of keys too.
    pub fn from_oid(oid: &ObjectIdentifier) -> Result<Self, Error> {
        let key = match *oid {
            oid::SHA1_WITH_RSA => {
                return Ok(Self {
                    key: Algorithm::Rsa,
                    digest: DigestAlgorithm::Sha1,
                });
            }
            oid::SHA256_WITH_RSA => Algorithm::Rsa,
            oid::GOST2015_512_SIGNATURE => Algorithm::Gost2015_512,
            oid::GOST2015_256_SIGNATURE => Algorithm::Gost2015_256,
            oid::GOST2004_SIGNATURE => Algorithm::Gost2004,
            other => return Err(Error::UnsupportedAlgorithm(other)),
        };
        Ok(Self {
            key,
            digest: key.digest(),
        })
    }
}
