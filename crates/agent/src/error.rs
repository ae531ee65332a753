use std::{io, path::PathBuf};

use crate::base64::Base64Error;

/// Why a request was not served, or the agent could not work. Never carries a secret or a document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The page named no store.
    #[error("the request names no key store")]
    StoreNameEmpty,
    /// The page named a store that there is not.
    #[error("the request names an unknown key store")]
    StoreUnknown,
    /// The token that the page named is not inserted.
    #[error("the token is not inserted")]
    TokenAbsent,
    /// The page wants a Java key store.
    #[error("JKS key stores are not supported")]
    JksUnsupported,
    /// A document is not base64.
    #[error(transparent)]
    Base64(#[from] Base64Error),
    /// A document is not XML that may be signed, or signing failed.
    #[error(transparent)]
    Signing(#[from] signing::Error),
    /// What the page wants a bare signature over is the inside of another signature: of a CMS or an XML document
    /// that the person does not see.
    #[error("a bare signature over this would sign another document")]
    DisguisedDocument,
    /// A digest is empty.
    #[error("the digest is empty")]
    EmptyDigest,
    /// The message is longer than what is taken; it was not read.
    #[error("the request is longer than {} MiB", crate::MESSAGE_BYTES / (1024 * 1024))]
    TooLong,
    /// Digests of a length that no key signs.
    #[error("the digest has {0} bytes; those that can be signed have 32 or 64")]
    DigestLength(usize),
    /// Digests of different lengths in one request: no key signs them all.
    #[error("the digests are of different lengths, and no key signs all of them")]
    DigestLengths,
    /// One document of several is not as it should be, or could not be signed: then none is.
    #[error("document {number}: {error}")]
    Document {
        /// Which one, counted from 1.
        number: usize,
        /// What is wrong with it.
        error: Box<Error>,
    },
    /// A document was hashed on its way before it was known that the key needs another digest.
    #[error("the document was not hashed for keys of this kind; try again")]
    DigestNotMade,
    /// There is nothing to sign.
    #[error("the request holds no document")]
    NoDocuments,
    /// There are more documents than one request may hold.
    #[error("the request holds more than {} documents", crate::limits::DOCUMENTS)]
    TooManyDocuments,
    /// The page wants a time stamp on something that cannot bear one: XML or a bare signature.
    #[error("only CMS signatures can bear a time stamp")]
    TimeStampOnCmsOnly,
    /// The time-stamping authority gave no time stamp that can be relied on, and the person gave up.
    #[error("no time stamp: {0}")]
    NoTimeStamp(&'static str),
    /// The page names a file that there is not, or something else than a file of this computer.
    #[error("there is no such file on this computer")]
    NamedFileNotFound,
    /// The file that the page names cannot be read.
    #[error("the file cannot be read: {0}")]
    NamedFile(io::ErrorKind),
    /// A certificate in the list of accepted issuers cannot be read.
    #[error("a certificate of the chain cannot be read")]
    IssuerUnreadable,
    /// The settings of this computer do not admit such a caller.
    #[error("the settings of this computer do not admit such a caller")]
    NotAdmitted,
    /// Too many requests wait for the person already.
    #[error("too many requests are waiting for an answer")]
    Busy,
    /// The window program could not be started.
    #[error("the window could not be opened: {0}")]
    Window(io::ErrorKind),
    /// The window program ended, or never showed the request.
    #[error("the window was lost")]
    WindowLost,
    /// A task of the agent broke off.
    #[error("the agent failed inside")]
    Inside,
    /// A key file could not be opened.
    #[error("{path}: {error}", path = .path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// Why.
        error: keystore::Error,
    },
    /// A token could not be used.
    #[error("{token}: {error}{}", advice(error))]
    Token {
        /// What it is called.
        token: String,
        /// Why.
        error: keystore::Error,
    },
    /// No token is called so, or it holds no key.
    #[error("there is no such token or key: tanba keys lists what is there")]
    NoSuchToken,
    /// Several tokens are called so.
    #[error("several tokens are called so: name one by its serial number, which tanba keys lists")]
    SeveralTokens,
    /// The token holds several keys.
    #[error("the token holds several keys: name one by its fingerprint, which tanba keys lists")]
    SeveralTokenKeys,
    /// The key's certificate has expired.
    #[error("the certificate expired on {0}")]
    KeyExpired(String),
    /// The key's certificate is not valid yet.
    #[error("the certificate is valid from {0} on")]
    KeyNotYetValid(String),
    /// A certificate cannot be read.
    #[error("{path}: not a certificate", path = .path.display())]
    NotACertificate {
        /// The file.
        path: PathBuf,
    },
    /// A file is larger than what is read at once.
    #[error("{path}: larger than {} bytes", crate::MESSAGE_BYTES, path = .path.display())]
    FileTooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{path}: {kind}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        kind: io::ErrorKind,
    },
    /// The settings file is not what it should be.
    #[error("{path}: {reason}", path = .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// The parser's words, with line and column.
        reason: String,
    },
}

impl Error {
    /// True when the password of a key file or the PIN of a token was wrong: the person may try again.
    pub fn is_wrong_password(&self) -> bool {
        matches!(
            self,
            Self::Key {
                error: keystore::Error::WrongPassword,
                ..
            } | Self::Token {
                error: keystore::Error::WrongPassword,
                ..
            }
        )
    }

    /// The same of the document with this index, when there are `count`: one alone needs no number.
    pub(crate) fn of_document(self, index: usize, count: usize) -> Self {
        if count < 2 {
            return self;
        }
        Self::Document {
            number: index + 1,
            error: Box::new(self),
        }
    }

    /// The index of the document that the error is about, when there are several.
    pub(crate) fn document(&self) -> Option<usize> {
        match self {
            Self::Document { number, .. } => number.checked_sub(1),
            _ => None,
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>, error: &io::Error) -> Self {
        Self::File {
            path: path.into(),
            kind: error.kind(),
        }
    }
}

/// What to do about it, behind a colon.
fn advice(error: &keystore::Error) -> String {
    match error {
        keystore::Error::Token(error) => crate::commands::token_advice(*error)
            .map_or_else(String::new, |advice| format!(": {advice}")),
        _ => String::new(),
    }
}
