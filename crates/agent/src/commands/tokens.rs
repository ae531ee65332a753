//! Tokens and cards on the command line.

mod view;

pub use view::{ListedTokenKey, ModuleTrouble, PinView, TokenListing};

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

use keystore::{
    Deadlines, Entry, ModulePlaces, OpenKey, Password, PinState, Store as _, TokenError,
    TokenStore, Tokens, Unlock, WorkerProgram, find_modules, pcsc,
};
use zeroize::Zeroizing;

use super::{SignAs, read, sign};
use crate::{error::Error, hex};

/// A certificate may be named by this many digits of its fingerprint at least.
const FINGERPRINT_DIGITS: usize = 8;

/// Serves one PKCS#11 module (absolute path) to the agent that started this process. Nothing else may use stdin and stdout.
#[must_use]
pub fn serve_token_module(module: &Path) -> ExitCode {
    keystore::serve_module(module)
}

/// The tokens of this computer, for one command.
pub struct TokenDesk(Tokens);

/// What a person types or decides for a PIN.
pub struct Pin {
    /// What was typed here; `None` when it is typed on the token or its reader.
    pub typed: Option<Zeroizing<String>>,
    /// One try is left, and the person wants to use it.
    pub last_try_agreed: bool,
}

/// A token that the person named.
pub struct ChosenToken {
    // The processes of the modules go with it.
    _tokens: Tokens,
    store: TokenStore,
    entry: Option<Entry>,
}

impl TokenDesk {
    /// `program` with `arguments` and the path of a module calls [`serve_token_module`]. Looks at `modules`, or, when there
    /// are none, at those of known makers and those that the system lists.
    ///
    /// # Errors
    /// [`Error::File`] when a module's path cannot be made absolute.
    pub fn new(
        program: PathBuf,
        arguments: Vec<OsString>,
        modules: &[PathBuf],
    ) -> Result<Self, Error> {
        let absolute =
            |path: &PathBuf| std::path::absolute(path).map_err(|error| Error::file(path, &error));
        let modules = if modules.is_empty() {
            find_modules(&[], &ModulePlaces::usual())
        } else {
            modules.iter().map(absolute).collect::<Result<_, _>>()?
        };
        let program = WorkerProgram { program, arguments };
        Ok(Self(Tokens::new(program, modules, Deadlines::default())))
    }

    /// The keys of all tokens that are plugged in. Asks for no PIN.
    #[must_use]
    pub fn list(&self) -> TokenListing {
        view::listing(self.0.list(&pcsc::snapshot().cards()))
    }

    /// The token that is called so: by its serial number, its label, or a certificate on it by eight or more digits of its
    /// fingerprint (SHA-256).
    ///
    /// # Errors
    /// [`Error::NoSuchToken`], [`Error::SeveralTokens`].
    pub fn token(self, name: &str) -> Result<ChosenToken, Error> {
        self.choose(name, false)
    }

    /// The key that is called so: as [`token`](Self::token), where the token holds one key that signs documents.
    ///
    /// # Errors
    /// As [`token`](Self::token); [`Error::SeveralTokenKeys`] when only a fingerprint tells which is meant.
    pub fn key(self, name: &str) -> Result<ChosenToken, Error> {
        self.choose(name, true)
    }

    fn choose(self, name: &str, key: bool) -> Result<ChosenToken, Error> {
        let listing = self.0.list(&pcsc::snapshot().cards());
        let troubles = listing.troubles.first().map(|(_, error)| *error);
        let mut fitting: Vec<_> = listing
            .tokens
            .into_iter()
            .filter_map(|store| {
                let named = store.token().serial == name || store.token().label == name;
                let entries: Vec<_> = store
                    .entries()
                    .into_iter()
                    .filter(|entry| named || has_fingerprint(entry, name))
                    .collect();
                (named || !entries.is_empty()).then_some((store, entries))
            })
            .collect();
        if fitting.len() > 1 {
            return Err(Error::SeveralTokens);
        }
        let Some((store, entries)) = fitting.pop() else {
            return Err(troubles.map_or(Error::NoSuchToken, |error| Error::Token {
                token: name.to_owned(),
                error: error.into(),
            }));
        };
        Ok(ChosenToken {
            _tokens: self.0,
            entry: if key { Some(one(entries)?) } else { None },
            store,
        })
    }
}

/// The only usable key; of several, the only one that signs documents.
fn one(mut entries: Vec<Entry>) -> Result<Entry, Error> {
    if entries.iter().any(|entry| entry.problem.is_none()) {
        entries.retain(|entry| entry.problem.is_none());
    }
    if entries.len() > 1 {
        let signs = |entry: &Entry| {
            let certificate = entry.certificate.as_ref();
            certificate.is_some_and(|certificate| certificate.purpose().signing)
        };
        entries.retain(signs);
    }
    match (entries.pop(), entries.is_empty()) {
        (Some(entry), true) => Ok(entry),
        (Some(_), false) => Err(Error::SeveralTokenKeys),
        (None, _) => Err(Error::NoSuchToken),
    }
}

fn has_fingerprint(entry: &Entry, digits: &str) -> bool {
    let digits = digits.to_lowercase();
    digits.len() >= FINGERPRINT_DIGITS
        && entry.certificate.as_ref().is_some_and(|certificate| {
            hex::encode(&certificate.fingerprint_sha256()).starts_with(&digits)
        })
}

impl ChosenToken {
    /// What to call it in a question: its label, or its product's name.
    #[must_use]
    pub fn name(&self) -> String {
        view::name(&self.store)
    }

    /// What the token tells of its PIN now.
    ///
    /// # Errors
    /// [`Error::Token`].
    pub fn pin(&self) -> Result<PinView, Error> {
        let state: PinState = self.store.pin_now().map_err(|error| self.error(error))?;
        Ok(PinView::of(&state))
    }

    /// Signs a file and gives the signature, or the signed XML document, as bytes. Takes the PIN for one signature.
    ///
    /// # Errors
    /// When the document cannot be read or is not XML that may be signed; [`Error::Token`] when the PIN is wrong or the token
    /// cannot sign; when the certificate is not valid now.
    pub fn sign_file(&self, document: &Path, pin: Pin, form: SignAs) -> Result<Vec<u8>, Error> {
        let content = read(document)?;
        let entry = self.entry.as_ref().ok_or(Error::NoSuchToken)?;
        if let Some(certificate) = &entry.certificate {
            // Before a try is spent.
            sign::check_validity(certificate)?;
        }
        let password = pin.typed.map(Password::new);
        let how = Unlock {
            password: password.as_ref(),
            last_try_agreed: pin.last_try_agreed,
        };
        let key: OpenKey = self
            .store
            .unlock_as(&entry.id, how)
            .map_err(|error| self.error(error))?;
        sign::sign_content(&key, &content, form)
    }

    /// Sets another PIN; on a token with keys of its own both are typed there.
    ///
    /// # Errors
    /// [`Error::Token`].
    pub fn change_pin(&self, old: Pin, new: Option<Zeroizing<String>>) -> Result<(), Error> {
        let (typed, new) = (old.typed.map(Password::new), new.map(Password::new));
        self.store
            .change_pin(typed.as_ref(), new.as_ref(), old.last_try_agreed)
            .map_err(|error| self.error(error))
    }

    /// Sets a PIN with the unblocking code (PUK); on a token with keys of its own both are typed there.
    ///
    /// # Errors
    /// [`Error::Token`].
    pub fn unblock(
        &self,
        puk: Option<Zeroizing<String>>,
        new: Option<Zeroizing<String>>,
    ) -> Result<(), Error> {
        let (puk, new) = (puk.map(Password::new), new.map(Password::new));
        self.store
            .unblock(puk.as_ref(), new.as_ref())
            .map_err(|error| self.error(error))
    }

    fn error(&self, error: impl Into<keystore::Error>) -> Error {
        Error::Token {
            token: self.name(),
            error: error.into(),
        }
    }
}

/// What to do about a token's fault, in English; `None` where the fault says it.
pub(crate) fn advice(error: TokenError) -> Option<&'static str> {
    Some(match error {
        TokenError::PinLocked => "unblock it with its PUK: tanba pin unblock",
        TokenError::LastTry => "if you are sure of the PIN, add --last-try",
        TokenError::CannotUnblock => "use the program that the token's maker gives out",
        TokenError::PinExpired => "change it: tanba pin change",
        TokenError::ModuleMissing => "install the token maker's software, or check the path",
        TokenError::OtherProcessor => {
            "install the token maker's software for this system (64 bits)"
        }
        TokenError::ModuleTimeout | TokenError::ModuleCrashed => {
            "take the token out, put it in again, and try once more"
        }
        TokenError::Busy => "close the other program, and try once more",
        TokenError::Removed => "put the token in, and try once more",
        _ => return None,
    })
}
