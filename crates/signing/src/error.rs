//! What can go wrong in making or reading a signature.

use crate::report::ArchiveError;
use crate::xml::{ParseError, PathError};

/// Why a signature could not be made or could not be read. Never carries a document or a secret.
///
/// A signature that was read but does not hold is not an error: the reports say so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not XML that may be signed; the message is what NCALayer answers.
    #[error(transparent)]
    Xml(#[from] ParseError),
    /// The bytes are not in the encoding that they claim, or in none known here.
    #[error("the document is not valid {0}")]
    Encoding(String),
    /// The canonical form would be larger than 256 MiB.
    #[error("the canonical form of the document is too large")]
    TooLarge,
    /// No element has the `Id` that is to be signed.
    #[error("no element of the document has that Id")]
    NoSuchId,
    /// A path means no element of the document.
    #[error("the XPath means no element of the document")]
    NoSuchElement,
    /// The element that is to be signed has no attribute of the name that is wanted (`Id`) with a value that a reference can name.
    #[error("the element to sign has no attribute Id")]
    NoId,
    /// The signature would stand inside the element that it signs.
    #[error("the signature would stand inside the element that it signs")]
    SignatureInside,
    /// A path to an element cannot be understood.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Several elements have the `Id` that is to be signed.
    #[error("several elements of the document have that Id")]
    DuplicateId,
    /// The bytes are no archive that KalkanCrypt signed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The bytes are no CMS SignedData, neither in DER nor as base64 or PEM.
    #[error("not a CMS SignedData")]
    NotCms,
    /// The bytes begin as a CMS and then break its rules.
    #[error("the CMS is damaged: {0}")]
    Cms(&'static str),
    /// A message to which a signature is to be added has its content elsewhere, and no earlier signature that holds says the
    /// content's digest by this key's algorithm.
    #[error(
        "the signed document is not in the CMS, and no signature in it says its digest for this key"
    )]
    NoContent,
    /// A digest to be signed is not as long as the key's own.
    #[error("a digest of {actual} bytes where the key signs {expected}")]
    DigestLength {
        /// What the key's digest gives.
        expected: usize,
        /// What came.
        actual: usize,
    },
    /// A signing time before 1970 or after 9999.
    #[error("a signing time that cannot be written")]
    SigningTime,
    /// The key refused; the text is the store's.
    #[error("{0}")]
    Signer(String),
    /// The key gave a signature that its certificate does not verify.
    #[error("the key's signature does not fit its certificate")]
    WrongSignature,
    /// The signed document would not read as what was digested; nothing was given out.
    #[error("the signed document would not read as the document that was to be signed")]
    Altered,
}
