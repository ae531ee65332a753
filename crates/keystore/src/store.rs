use crate::{Error, OpenKey, Password, PinState, TokenError};
use pki::Certificate;
use std::path::PathBuf;

/// A place that keeps private keys: key files, a token.
///
/// What every implementation must hold to is written down as tests in `tests/keystore/suite.rs`.
pub trait Store: Send + Sync {
    /// The name by which NCALayer's protocol calls this kind of store, such as `PKCS12`.
    fn name(&self) -> &'static str;

    /// The keys that are there now. Asks for no password and changes nothing.
    fn entries(&self) -> Vec<Entry>;

    /// Opens a key with its password or PIN.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`] when the key is not there (any more); [`Error::WrongPassword`]; otherwise why this key
    /// cannot be used.
    fn unlock(&self, entry: &EntryId, password: &Password) -> Result<OpenKey, Error>;

    /// How many wrong passwords the store still bears before it locks the key; `None` when it does not count.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`] when the key is not there (any more).
    fn tries_left(&self, entry: &EntryId) -> Result<Option<u32>, Error>;

    /// What is known of the PIN before it is asked for. Files know nothing of theirs.
    ///
    /// # Errors
    /// [`Error::UnknownEntry`] when the key is not there (any more); otherwise why the token does not answer.
    fn pin(&self, entry: &EntryId) -> Result<PinState, Error> {
        let tries_left = self.tries_left(entry)?;
        Ok(PinState {
            tries_left,
            ..PinState::default()
        })
    }

    /// Opens a key as [`unlock`](Self::unlock) does, where the person types the PIN on the token's own keys, or has agreed
    /// to use the last try.
    ///
    /// # Errors
    /// As [`unlock`](Self::unlock); [`TokenError::LastTry`] when one try is left and nobody agreed to use it;
    /// [`TokenError::NoPinPad`] without a password where there is no other place to type one, [`TokenError::PinPadOnly`] with
    /// one where there is.
    fn unlock_as(&self, entry: &EntryId, how: Unlock<'_>) -> Result<OpenKey, Error> {
        let password = how.password.ok_or(TokenError::NoPinPad)?;
        self.unlock(entry, password)
    }
}

/// How a person opens a key.
#[derive(Clone, Copy)]
pub struct Unlock<'a> {
    /// What was typed here; `None` when the PIN is typed on the token or its reader.
    pub password: Option<&'a Password>,
    /// The person knows that one try is left, and wants to use it.
    pub last_try_agreed: bool,
}

/// The name of a key within one store. Means nothing outside it; stays the same while the key stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(String);

impl EntryId {
    /// A name as a store made it before.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key as a store lists it, before any password.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Entry {
    /// Its name within the store.
    pub id: EntryId,
    /// What people call it: the file's name, the token's label.
    pub label: String,
    /// The file that holds it; `None` for tokens.
    pub path: Option<PathBuf>,
    /// The alias, where it shows without a password.
    pub alias: Option<String>,
    /// SHA-256 of the file that holds it, by which a certificate seen before can be found again; `None` for tokens and
    /// for files that could not be read.
    pub file_sha256: Option<[u8; 32]>,
    /// The certificate, where it shows without a password. Key files hide it.
    pub certificate: Option<Certificate>,
    /// Why the key cannot be used, when that shows without a password.
    pub problem: Option<Error>,
}
