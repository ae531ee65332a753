//! A document and its digest, which cannot be mixed up.

use bytes::Bytes;
use pki::DigestAlgorithm;

/// A document together with its SHA-256.
///
/// The digest is made here, of these very bytes, and neither can be changed: who shows the digest to a person and signs
/// afterwards reads a large document once, and no digest of another document can get into the signature.
#[derive(Clone)]
pub struct Digested {
    content: Bytes,
    sha256: Vec<u8>,
}

impl Digested {
    /// Reads all of the document.
    pub fn new(content: Bytes) -> Self {
        let sha256 = DigestAlgorithm::Sha256.digest(&content);
        Self { content, sha256 }
    }

    /// The document.
    pub fn content(&self) -> &Bytes {
        &self.content
    }

    /// Its SHA-256, 32 bytes.
    pub fn sha256(&self) -> &[u8] {
        &self.sha256
    }

    /// Its digest by this algorithm; any other than SHA-256 is made now.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        match algorithm {
            DigestAlgorithm::Sha256 => self.sha256.clone(),
            other => other.digest(&self.content),
        }
    }
}

/// Documents do not belong into logs.
impl core::fmt::Debug for Digested {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Digested")
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}
