use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use keystore::{Entry, EntryId, P12Store, PinState, Store, TokenStore};
use pki::Certificate;
use window_messages::KeyProblem;

use crate::{certificates::Verdict, hex};

/// A key and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Its name within the agent.
    pub(crate) id: String,
    pub(crate) place: Place,
    /// What tells it from every other key, as far as that is known without the password: SHA-256 of its file, or of what
    /// its token says of itself and of the certificate.
    pub(crate) sha256: Option<[u8; 32]>,
    /// Why it is of no use, when that shows without the password or has shown with it.
    pub(crate) problem: Option<KeyProblem>,
    /// Its certificate; of a key file, once it has been opened.
    pub(crate) certificate: Option<Certificate>,
    /// What its certificate is worth, as far as that has been found out.
    pub(crate) verdict: Verdict,
    /// When it was last used, seconds since 1970 in UTC.
    pub(crate) last_used: Option<i64>,
    /// True when it is the key last used for the asking site.
    pub(crate) used_here: bool,
}

/// Where a key is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    File(PathBuf),
    Token(TokenKey),
}

/// A key on a token.
#[derive(Debug, Clone)]
pub(crate) struct TokenKey {
    pub(crate) store: Arc<TokenStore>,
    pub(crate) entry: EntryId,
    /// What the token last told of its PIN.
    pub(crate) pin: PinState,
    /// It was taken out while a request is shown, and may come back.
    pub(crate) removed: bool,
}

impl Found {
    /// Looks at one file (blocking).
    pub(crate) fn at(path: &Path) -> Self {
        let entry = P12Store::new([path.to_owned()]).entries().pop();
        Self {
            id: P12Store::entry_id(path).as_str().to_owned(),
            sha256: entry.as_ref().and_then(|entry| entry.file_sha256),
            problem: entry.and_then(|entry| entry.problem).map(super::problem),
            ..Self::new(Place::File(path.to_owned()))
        }
    }

    /// The keys of a token, as it was listed.
    pub(crate) fn on(store: &Arc<TokenStore>) -> impl Iterator<Item = Self> {
        let pin = store.listed_pin();
        store.listed_entries().into_iter().map(move |entry| {
            let Entry {
                id,
                certificate,
                problem,
                ..
            } = entry;
            Self {
                id: id.as_str().to_owned(),
                sha256: hex::decode(id.as_str()),
                problem: problem.map(super::problem),
                certificate,
                ..Self::new(Place::Token(TokenKey {
                    store: store.clone(),
                    entry: id,
                    pin,
                    removed: false,
                }))
            }
        })
    }

    fn new(place: Place) -> Self {
        Self {
            id: String::new(),
            place,
            sha256: None,
            problem: None,
            certificate: None,
            verdict: Verdict::default(),
            last_used: None,
            used_here: false,
        }
    }

    /// The file; none for a key on a token.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Token(_) => None,
        }
    }

    /// The token; none for a key in a file.
    pub(crate) fn token(&self) -> Option<&TokenKey> {
        match &self.place {
            Place::File(_) => None,
            Place::Token(token) => Some(token),
        }
    }

    pub(crate) fn token_mut(&mut self) -> Option<&mut TokenKey> {
        match &mut self.place {
            Place::File(_) => None,
            Place::Token(token) => Some(token),
        }
    }
}
