//! What is no fault of a signature and yet worth saying.

use pki::DigestAlgorithm;

/// What a reader should know although a signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// SHA-1 is in it: whoever pays for the computing makes two documents that one signature fits.
    ///
    /// Source: NIST SP 800-131A Rev. 2 section 9 allows it for old signatures only.
    #[error("outdated algorithm: SHA-1 does not protect a document against being replaced")]
    OutdatedAlgorithm,
}

impl Warning {
    /// What is to be said about signatures over this digest.
    pub(crate) fn of_digest(algorithm: DigestAlgorithm) -> Option<Self> {
        (algorithm == DigestAlgorithm::Sha1).then_some(Self::OutdatedAlgorithm)
    }
}
