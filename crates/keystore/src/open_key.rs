use pki::{Certificate, Signer, SignerError};
use std::error::Error;

/// A key that is ready to sign. Dropping it wipes the key from memory, or closes the token's session.
pub struct OpenKey {
    alias: String,
    certificate: Certificate,
    key: Box<dyn DigestSigner>,
}

/// The private half, wherever it is.
pub(crate) trait DigestSigner: Send + Sync {
    /// Signs a digest of the right length; the answer is as [`Signer::sign_digest`] wants it.
    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;
}

impl OpenKey {
    pub(crate) fn new(alias: String, certificate: Certificate, key: Box<dyn DigestSigner>) -> Self {
        Self {
            alias,
            certificate,
            key,
        }
    }

    /// The name of the key in its store. For key files: friendlyName, else the key identifier in hexadecimal.
    #[must_use]
    pub fn alias(&self) -> &str {
        &self.alias
    }
}

impl Signer for OpenKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        let expected = self.certificate.algorithm().digest().output_len();
        if digest.len() != expected {
            return Err(SignerError::WrongDigestLength {
                expected,
                actual: digest.len(),
            });
        }
        self.key.sign_digest(digest).map_err(SignerError::Failed)
    }
}
