//! Keys: where they are, whose they are as far as is known, whether they fit, and in which order they are shown.

mod filter;
mod found;
mod memory;
mod search;
mod tries;
mod view;

pub(crate) use filter::Filter;
pub(crate) use found::{Found, Place, TokenKey};
pub(crate) use memory::Memory;
pub(crate) use search::{Finder, Stop};
pub(crate) use tries::Tries;
pub(crate) use view::{row, selected, state, views};

use keystore::Error;
use window_messages::KeyProblem;

use crate::tokens;

/// Why a key did not open, in the window's terms.
pub(crate) fn problem(error: Error) -> KeyProblem {
    match error {
        Error::WrongPassword => KeyProblem::WrongPassword,
        Error::Truncated => KeyProblem::Truncated,
        Error::NotPkcs12 => KeyProblem::NotAKeyFile,
        Error::NoKey => KeyProblem::NoKey,
        Error::NoCertificate => KeyProblem::NoCertificate,
        Error::SeveralKeys => KeyProblem::SeveralKeys,
        Error::UnsupportedAlgorithm(_) | Error::RsaKeySize => KeyProblem::OtherAlgorithm,
        Error::UnknownEntry | Error::Io(_) => KeyProblem::Unreadable,
        Error::Token(error) => tokens::problem(error, None),
        _ => KeyProblem::Damaged,
    }
}

/// Seconds since 1970 in UTC.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
