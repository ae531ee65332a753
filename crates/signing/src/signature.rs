//! The one place where a key signs and where a signature is checked.

use crate::Error;
use pki::{Signer, SignerError};

/// Signs a message and makes sure that the certificate agrees: a fault in a token or a mixed-up certificate ends here, not at
/// the portal.
pub(crate) fn make(signer: &dyn Signer, message: &[u8]) -> Result<Vec<u8>, Error> {
    let digest = signer.certificate().algorithm().digest().digest(message);
    make_with_digest(signer, message, &digest)
}

/// As [`make`], with the message's digest made before.
pub(crate) fn make_with_digest(
    signer: &dyn Signer,
    message: &[u8],
    digest: &[u8],
) -> Result<Vec<u8>, Error> {
    check(signer, digest, signer.sign_message(message, digest))
}

/// As [`make`], of a message of which only the digest is known.
pub(crate) fn make_of_digest(signer: &dyn Signer, digest: &[u8]) -> Result<Vec<u8>, Error> {
    check(signer, digest, signer.sign_digest(digest))
}

fn check(
    signer: &dyn Signer,
    digest: &[u8],
    signature: Result<Vec<u8>, SignerError>,
) -> Result<Vec<u8>, Error> {
    let signature = signature.map_err(|error| Error::Signer(error.to_string()))?;
    signer
        .certificate()
        .public_key()
        .verify_digest(digest, &signature)
        .map_err(|_| Error::WrongSignature)?;
    Ok(signature)
}

/// Refuses a digest that is not as long as the key's own: no verifier could ever accept its signature.
pub(crate) fn check_length(signer: &dyn Signer, digest: &[u8]) -> Result<(), Error> {
    let expected = signer.certificate().algorithm().digest().output_len();
    let actual = digest.len();
    if actual == expected {
        Ok(())
    } else {
        Err(Error::DigestLength { expected, actual })
    }
}
