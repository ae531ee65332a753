//! The text forms in which a CMS travels.

use crate::{Error, base64_text};
use std::borrow::Cow;

/// The bytes of a CMS given as DER, as base64 or as PEM under any label, with any line ends.
///
/// # Errors
/// [`Error::NotCms`] when it is none of these.
///
/// Source: NCALayer 1.4 gives base64 from commonUtils and PEM (`BEGIN CMS`) from basics.
pub fn from_text(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if bytes.first() == Some(&crate::asn1::SEQUENCE) {
        return Ok(Cow::Borrowed(bytes));
    }
    let text = core::str::from_utf8(bytes).map_err(|_| Error::NotCms)?;
    let body = match text.split_once("-----BEGIN ") {
        None => text,
        Some((_, rest)) => {
            let (_, after_label) = rest.split_once("-----").ok_or(Error::NotCms)?;
            let (body, _) = after_label.split_once("-----END ").ok_or(Error::NotCms)?;
            body
        }
    };
    base64_text::decode(body)
        .map(Cow::Owned)
        .ok_or(Error::NotCms)
}

/// PEM as NCALayer's basics module gives it: `-----BEGIN CMS-----`, lines of 64 characters, LF at each end.
pub fn to_pem(der: &[u8]) -> String {
    format!(
        "-----BEGIN CMS-----\n{}\n-----END CMS-----\n",
        base64_text::encode_in_lines(der, 64)
    )
}
