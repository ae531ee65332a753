use crate::Password;
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

    /// As [`Signer::sign_message`].
    fn sign_message(
        &self,
        _message: &[u8],
        digest: &[u8],
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        self.sign_digest(digest)
    }

    /// Whether each signature wants the PIN anew.
    fn pin_each_time(&self) -> bool {
        false
    }

    /// As [`Signer::signs_in_parallel`].
    fn signs_in_parallel(&self) -> bool {
        false
    }

    /// Takes the PIN for the next signature. Keys in memory need none.
    fn give_pin(&self, _: &Password) -> Result<(), crate::Error> {
        Ok(())
    }
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

    /// Whether the token wants the PIN before each signature. The PIN that opened the key is good for the first one; before
    /// every other one, [`give_pin`](Self::give_pin).
    #[must_use]
    pub fn pin_each_time(&self) -> bool {
        self.key.pin_each_time()
    }

    /// Gives the PIN for the next signature, where the token wants it again: it says so beforehand
    /// ([`pin_each_time`](Self::pin_each_time)), or a signature fails with
    /// [`TokenError::PinAgain`](crate::TokenError::PinAgain). It is checked with that signature.
    ///
    /// # Errors
    /// [`TokenError::PinLength`](crate::TokenError::PinLength) when the token takes no PIN of this length, and
    /// [`TokenError::Removed`](crate::TokenError::Removed) when it is not there; otherwise when its module cannot be
    /// reached any more.
    pub fn give_pin(&self, pin: &Password) -> Result<(), crate::Error> {
        self.key.give_pin(pin)
    }

    fn check_length(&self, digest: &[u8]) -> Result<(), SignerError> {
        let expected = self.certificate.algorithm().digest().output_len();
        let actual = digest.len();
        if actual == expected {
            Ok(())
        } else {
            Err(SignerError::WrongDigestLength { expected, actual })
        }
    }
}

impl Signer for OpenKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.check_length(digest)?;
        self.key.sign_digest(digest).map_err(SignerError::Failed)
    }

    fn sign_message(&self, message: &[u8], digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.check_length(digest)?;
        let signature = self.key.sign_message(message, digest);
        signature.map_err(SignerError::Failed)
    }

    fn signs_in_parallel(&self) -> bool {
        self.key.signs_in_parallel()
    }
}
