use crate::Certificate;

/// An opened key: signs digests in the name of its certificate.
///
/// Key stores implement it; signature formats use it and never see a private key.
pub trait Signer: Send + Sync {
    /// The certificate that belongs to the key.
    fn certificate(&self) -> &Certificate;

    /// Signs a digest made by `certificate().algorithm().digest()`.
    ///
    /// The answer is what stands in X.509, CMS and XML: RSA PKCS #1 v1.5 (big-endian), GOST `r ‖ s`, each
    /// little-endian.
    ///
    /// # Errors
    /// [`SignerError::WrongDigestLength`] when the digest is not one of that algorithm; [`SignerError::Failed`] when
    /// the store refuses or cannot sign.
    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError>;

    /// Signs a message whose digest, made as for [`sign_digest`](Self::sign_digest), is at hand: for keys that sign no digest
    /// of somebody else's making. All others sign the digest.
    ///
    /// # Errors
    /// As [`sign_digest`](Self::sign_digest).
    fn sign_message(&self, _message: &[u8], digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.sign_digest(digest)
    }

    /// Whether several threads may sign at once, and gain by it: true for keys in memory. A token does one thing at a time,
    /// and may want its PIN in between.
    fn signs_in_parallel(&self) -> bool {
        false
    }
}

/// Why an opened key did not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// A digest of another length than the key's algorithm takes.
    #[error("a digest of {actual} bytes where the key takes {expected}")]
    WrongDigestLength {
        /// Bytes that the key takes.
        expected: usize,
        /// Bytes that were given.
        actual: usize,
    },
    /// The store could not sign; the source is the store's own error.
    #[error("the key could not sign: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
