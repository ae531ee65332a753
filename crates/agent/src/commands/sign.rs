use std::path::Path;

use keystore::{KeyFile, OpenKey, Password};
use pki::{Certificate, Signer as _};
use signing::xml::{Document, Layout};
use window_messages::KeyProblem;
use zeroize::Zeroizing;

use super::{moment, read};
use crate::{
    certificates::Verdict,
    error::Error,
    keys::{Filter, now},
};

/// The form of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignAs {
    /// CMS that holds the document (DER).
    CmsAttached,
    /// CMS beside the document (DER).
    CmsDetached,
    /// XMLDSig inside the document (text in UTF-8).
    Xml,
    /// The signature's bytes alone.
    Raw,
}

/// Signs a file with a key file and gives the signature, or the signed XML document, as bytes.
///
/// # Errors
///
/// When the document or the key file cannot be read, the password is wrong ([`Error::Key`] with
/// [`keystore::Error::WrongPassword`]), the certificate is not valid now, or the document is not XML that may be signed.
pub fn sign_file(
    document: &Path,
    key: &Path,
    password: Zeroizing<String>,
    form: SignAs,
) -> Result<Vec<u8>, Error> {
    let content = read(document)?;
    let opened = KeyFile::read(key).and_then(|file| file.open(&Password::new(password)));
    let key = opened.map_err(|error| Error::Key {
        path: key.to_owned(),
        error,
    })?;
    check_validity(key.certificate())?;
    sign_content(&key, &content, form)
}

/// Whether a certificate may sign now.
pub(super) fn check_validity(certificate: &Certificate) -> Result<(), Error> {
    match Filter::default().judge(certificate, &Verdict::default(), now()) {
        Err(KeyProblem::NotYetValid { from }) => Err(Error::KeyNotYetValid(moment(from))),
        Err(_) => Err(Error::KeyExpired(moment(certificate.not_after()))),
        Ok(_) => Ok(()),
    }
}

/// Signs with an open key, once.
pub(super) fn sign_content(key: &OpenKey, content: &[u8], form: SignAs) -> Result<Vec<u8>, Error> {
    let now = now();
    Ok(match form {
        SignAs::CmsAttached => signing::cms::sign_attached(key, content, now)?,
        SignAs::CmsDetached => signing::cms::sign_detached(key, content, now)?,
        SignAs::Raw => signing::raw::sign(key, content)?,
        SignAs::Xml => {
            let document = Document::from_bytes(content)?;
            signing::xml::sign_enveloped(key, &document, Layout::LineBreaks)?.into_bytes()
        }
    })
}
