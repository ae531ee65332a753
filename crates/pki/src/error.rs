use const_oid::ObjectIdentifier;

use crate::Algorithm;

/// Why a certificate or key could not be read, or a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not the DER of what they should be.
    #[error("{part} is damaged: {cause}")]
    Damaged {
        /// Which structure, by the standard's name.
        part: &'static str,
        /// What and at which byte.
        #[source]
        cause: der::Error,
    },
    /// The DER is whole but says something that the standard forbids.
    #[error("{part} is not valid: {reason}")]
    Invalid {
        /// Which structure, by the standard's name.
        part: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The text holds no certificate: neither PEM nor base64.
    #[error("the text is not a certificate in PEM or base64")]
    NotPem,
    /// An algorithm or parameter set that is not known here.
    #[error("the algorithm {0} is not supported")]
    UnsupportedAlgorithm(ObjectIdentifier),
    /// A public key with which no signature can hold.
    #[error("the {} public key is not valid: {reason}", .algorithm.java_name())]
    InvalidPublicKey {
        /// The algorithm of the key.
        algorithm: Algorithm,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A digest of another length than the algorithm makes.
    #[error("a digest of {actual} bytes where {expected} are needed")]
    WrongDigestLength {
        /// Bytes that the digest algorithm makes.
        expected: usize,
        /// Bytes that were given.
        actual: usize,
    },
    /// The signature does not belong to these data and this key.
    #[error("the signature does not hold")]
    BadSignature,
    /// The certificate names another issuer.
    #[error("the certificate was issued by somebody else")]
    OtherIssuer,
}

impl Error {
    /// Turns a reader's error into [`Error::Damaged`] that names the structure.
    pub(crate) fn damaged(part: &'static str) -> impl Fn(der::Error) -> Self {
        move |cause| Self::Damaged { part, cause }
    }
}
