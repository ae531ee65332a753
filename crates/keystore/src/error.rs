use crate::TokenError;
use der::asn1::ObjectIdentifier;
use std::{fmt, io};

/// Why a key could not be listed or opened. Carries neither passwords nor key bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The password does not open the file.
    ///
    /// A file whose protected part was altered answers the same: its MAC cannot tell the two apart.
    #[error("the password is wrong")]
    WrongPassword,
    /// The file breaks off before its end.
    #[error("the key file breaks off before its end")]
    Truncated,
    /// The bytes are not a PKCS#12 file: another format, or PEM text.
    #[error("this is not a PKCS#12 key file")]
    NotPkcs12,
    /// The file is larger than [`MAX_FILE_BYTES`](crate::MAX_FILE_BYTES).
    #[error("the key file is larger than {} bytes", crate::MAX_FILE_BYTES)]
    TooLarge,
    /// The file asks for more key derivation rounds than [`MAX_ROUNDS`](crate::MAX_ROUNDS).
    #[error(
        "the key file asks for more than {} key derivation rounds",
        crate::MAX_ROUNDS
    )]
    TooManyRounds,
    /// There is no private key in the file.
    #[error("there is no private key in the file")]
    NoKey,
    /// There is a private key but no certificate for it.
    #[error("there is a private key in the file but no certificate for it")]
    NoCertificate,
    /// There are several private keys in the file.
    #[error("there are several private keys in the file")]
    SeveralKeys,
    /// The certificate beside the key holds another public key.
    #[error("the certificate in the file does not belong to the private key")]
    KeyMismatch,
    /// The file, or the key in it, needs an algorithm that we do not have.
    #[error("the algorithm {0} is not supported")]
    UnsupportedAlgorithm(ObjectIdentifier),
    /// The RSA key has fewer than 2048 or more than 8192 bits.
    #[error("the RSA key has fewer than 2048 or more than 8192 bits")]
    RsaKeySize,
    /// A part of the file is not as the standards say.
    #[error("the key file is damaged: {0}")]
    Damaged(Part),
    /// The store has no such key (any more).
    #[error("the store has no such key")]
    UnknownEntry,
    /// The file cannot be read.
    #[error("the key file cannot be read: {0}")]
    Io(io::ErrorKind),
    /// A token or card, or its module.
    #[error("{0}")]
    Token(TokenError),
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::WrongPin => Self::WrongPassword,
            other => Self::Token(other),
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

/// The part of a key file that is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Tags and lengths (BER).
    Encoding,
    /// PFX, the outermost structure.
    Pfx,
    /// MacData: how the password is checked.
    MacData,
    /// AuthenticatedSafe: the list of protected parts.
    AuthenticatedSafe,
    /// SafeContents: the bags with key and certificates.
    SafeContents,
    /// Parameters of an encryption algorithm.
    Encryption,
    /// PrivateKeyInfo.
    PrivateKey,
    /// The certificate.
    Certificate,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encoding => "tags and lengths",
            Self::Pfx => "PFX",
            Self::MacData => "MacData",
            Self::AuthenticatedSafe => "AuthenticatedSafe",
            Self::SafeContents => "SafeContents",
            Self::Encryption => "encryption parameters",
            Self::PrivateKey => "PrivateKeyInfo",
            Self::Certificate => "certificate",
        })
    }
}
