//! What the command line does with files: sign, verify, list keys and tokens. Blocking; no window, no page.

mod list;
mod sign;
mod tokens;
mod verify;

pub use list::{ListedKey, list_keys};
pub use sign::{SignAs, sign_file};
pub use tokens::{
    ChosenToken, ListedTokenKey, ModuleTrouble, Pin, PinView, TokenDesk, TokenListing,
    serve_token_module,
};
pub use verify::{Signature, Signer, Verification, VerifyOptions, verify_file};

pub(crate) use tokens::advice as token_advice;

use std::{fs::File, io::Read, path::Path};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use window_messages::Language;

use crate::{
    error::Error,
    limits::MESSAGE_BYTES,
    settings::{NetworkChoice, SettingsFile},
    system_language,
};

/// The language of the session, when it is one that this program speaks.
#[must_use]
pub fn session_language() -> Option<Language> {
    system_language::read()
}

/// Gives `take` the way to the network that the settings in `data_dir` choose; without settings, the system's.
///
/// # Errors
///
/// When there is a settings file that cannot be read or understood.
pub fn with_network_choice<T>(
    data_dir: &Path,
    take: impl FnOnce(NetworkChoice<'_>) -> T,
) -> Result<T, Error> {
    Ok(take(SettingsFile::load(data_dir)?.get().network.choice()))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let limit = MESSAGE_BYTES as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| Error::file(path, &error))?;
    if bytes.len() > MESSAGE_BYTES {
        return Err(Error::FileTooLarge {
            path: path.to_owned(),
        });
    }
    Ok(bytes)
}

/// A moment as RFC 3339 has it, in UTC.
fn moment(seconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(seconds).ok();
    moment
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| seconds.to_string())
}
