//! Looking for one certificate in a revocation list while the list passes by (RFC 5280 §5).
//!
//! A list may be a file of fifty megabytes; [`search_crl`] needs 64 KiB for any. What it finds counts only because
//! the signature at the list's end held; what the list is good for, [`CrlFindings::check`] says.

mod entry;
mod list;
mod scope;
mod stream;

use std::io::Read;

pub use self::{entry::CrlEntry, list::CrlFindings};
use crate::{Name, PublicKey, revocation::UnknownCause};

/// What is looked for in a list, and who must have signed it.
#[derive(Clone, Copy, Debug)]
pub struct CrlQuery<'a> {
    /// The issuer's name: the list must be of the same.
    pub issuer_name: &'a Name,
    /// The issuer's key: it must have signed the list.
    pub issuer_key: &'a PublicKey,
    /// The certificate's serial number, content bytes of the INTEGER.
    pub serial_number: &'a [u8],
}

/// Reads a list (DER, nothing after it) to its end, checks its signature, and says what it has about the certificate.
///
/// Neither size nor age are limited here; the reader does the one, [`CrlFindings::check`] the other.
///
/// # Errors
/// The [`UnknownCause`] that the list cannot be believed for: it cannot be read, is no list, was signed by somebody
/// else or not at all, has unknown critical extensions, or belongs to several issuers.
///
/// Source: RFC 5280 §5.1.
pub fn search_crl(list: impl Read, query: &CrlQuery<'_>) -> Result<CrlFindings, UnknownCause> {
    list::search(list, query, list::Signature::Check)
}

/// As [`search_crl`], for a list whose signature was checked before and whose bytes the caller compares with those.
pub(crate) fn search_known_crl(
    list: impl Read,
    query: &CrlQuery<'_>,
) -> Result<CrlFindings, UnknownCause> {
    list::search(list, query, list::Signature::Known)
}
