//! Why a key, a signature or a digest was refused.

use core::fmt;

use crate::Curve;

/// Why a key, a signature or a digest was refused.
///
/// Never carries key material or data: lengths and curve names only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not the DER of a SubjectPublicKeyInfo or PrivateKeyInfo with a GOST 34.10 key.
    Encoding,
    /// The key is of another algorithm than GOST 34.10.
    UnknownAlgorithm,
    /// The key names no curve, or one that this crate does not have or that does not go with its algorithm.
    UnknownCurve,
    /// The private key has a wrong number of bytes.
    PrivateKeyLength {
        /// The curve the key is for.
        curve: Curve,
        /// Bytes given.
        found: usize,
    },
    /// The private key is zero.
    PrivateKeyZero,
    /// The private key is not below the group order q.
    PrivateKeyTooLarge,
    /// The public key has a wrong number of bytes (it is X and Y, each as long as the field).
    PublicKeyLength {
        /// The curve the key is for.
        curve: Curve,
        /// Bytes given.
        found: usize,
    },
    /// X or Y of the public key is not below the field prime p.
    CoordinateTooLarge,
    /// The public key is the point at infinity (written as all zeros).
    PointAtInfinity,
    /// The public key is not a point of the curve; most often the curve or the byte order is wrong.
    PointNotOnCurve,
    /// The public key is outside the subgroup of order q (a point of small order, or one with such a part).
    PointNotInSubgroup,
    /// The signature has a wrong number of bytes (it is r and s, each as long as the field).
    SignatureLength {
        /// The curve the signature is for.
        curve: Curve,
        /// Bytes given.
        found: usize,
    },
    /// r or s of the signature is zero.
    SignatureZero,
    /// r or s of the signature is not below the group order q; most often the byte order is wrong.
    SignatureTooLarge,
    /// The signature was made for another curve than the key's.
    OtherCurve {
        /// The key's curve.
        key: Curve,
        /// The signature's curve.
        signature: Curve,
    },
    /// The digest has a wrong number of bytes (it is as long as the field).
    DigestLength {
        /// The key's curve.
        curve: Curve,
        /// Bytes given.
        found: usize,
    },
    /// The nonce given is unusable: zero, not below q, or it makes r or s zero.
    Nonce,
    /// The source of random bytes failed: nothing was signed.
    Randomness,
    /// The signature is not this key's signature of this digest.
    SignatureMismatch,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => f.write_str("the key is not in the DER of its kind"),
            Self::UnknownAlgorithm => {
                f.write_str("the key is of another algorithm than GOST 34.10")
            }
            Self::UnknownCurve => f.write_str("the key names no curve that is known here"),
            Self::PrivateKeyLength { curve, found } => {
                let expected = curve.field_bytes();
                write!(
                    f,
                    "a private key on {curve} has {expected} bytes, not {found}"
                )
            }
            Self::PrivateKeyZero => f.write_str("the private key is zero"),
            Self::PrivateKeyTooLarge => f.write_str("the private key is not below the group order"),
            Self::PublicKeyLength { curve, found } => {
                let expected = 2 * curve.field_bytes();
                write!(
                    f,
                    "a public key on {curve} has {expected} bytes, not {found}"
                )
            }
            Self::CoordinateTooLarge => {
                f.write_str("a coordinate of the public key is not below the field prime")
            }
            Self::PointAtInfinity => f.write_str("the public key is the point at infinity"),
            Self::PointNotOnCurve => f.write_str("the public key is not a point of the curve"),
            Self::PointNotInSubgroup => {
                f.write_str("the public key is outside the subgroup of prime order")
            }
            Self::SignatureLength { curve, found } => {
                let expected = 2 * curve.field_bytes();
                write!(
                    f,
                    "a signature on {curve} has {expected} bytes, not {found}"
                )
            }
            Self::SignatureZero => f.write_str("r or s of the signature is zero"),
            Self::SignatureTooLarge => {
                f.write_str("r or s of the signature is not below the group order")
            }
            Self::OtherCurve { key, signature } => {
                write!(f, "the signature is for {signature}, the key is on {key}")
            }
            Self::DigestLength { curve, found } => {
                let expected = curve.field_bytes();
                write!(f, "a digest for {curve} has {expected} bytes, not {found}")
            }
            Self::Nonce => f.write_str("the nonce cannot be used"),
            Self::Randomness => f.write_str("the source of random bytes failed"),
            Self::SignatureMismatch => {
                f.write_str("the signature does not match the key and the digest")
            }
        }
    }
}

impl core::error::Error for Error {}

impl From<Error> for signature::Error {
    fn from(_: Error) -> Self {
        Self::new()
    }
}
