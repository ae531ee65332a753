//! The one place where a key signs and where a signature is checked.

use crate::Error;
use pki::Signer;

/// Signs `digest` and makes sure that the certificate agrees: a fault in a token or a mixed-up certificate ends here, not at
/// the portal.
pub(crate) fn make(signer: &dyn Signer, digest: &[u8]) -> Result<Vec<u8>, Error> {
    let signature = signer
        .sign_digest(digest)
        .map_err(|error| Error::Signer(error.to_string()))?;
    signer
        .certificate()
        .public_key()
        .verify_digest(digest, &signature)
        .map_err(|_| Error::WrongSignature)?;
    Ok(signature)
}
