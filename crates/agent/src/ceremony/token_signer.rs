//! A key on a token as one that signs: the person is asked again where the token wants its PIN for each document, and what
//! the token said when it failed is kept for the window.

use std::{
    error::Error,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use keystore::{OpenKey, Password, TokenError};
use pki::{Certificate, Signer, SignerError};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::jobs::Event;
use crate::keys::TokenKey;

/// A PIN for the next document.
pub(super) struct Pin {
    pub(super) text: Zeroizing<String>,
    /// The person knows that one try is left, and wants to use it.
    pub(super) last_try_agreed: bool,
}

/// Why a token did not sign.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum TokenEnd {
    /// It is not to blame.
    #[default]
    Fine,
    Failed(keystore::Error),
    /// The person did not give the PIN.
    Declined,
}

pub(super) struct TokenSigner<'a> {
    key: &'a OpenKey,
    token: &'a TokenKey,
    report: &'a mpsc::UnboundedSender<Event>,
    pins: Mutex<mpsc::UnboundedReceiver<Pin>>,
    signed: AtomicUsize,
    end: Mutex<TokenEnd>,
}

/// The person did not give the PIN, or nobody is there any more to be asked.
#[derive(Debug, thiserror::Error)]
#[error("the PIN was not given again")]
struct NoPin;

impl<'a> TokenSigner<'a> {
    pub(super) fn new(
        key: &'a OpenKey,
        token: &'a TokenKey,
        pins: mpsc::UnboundedReceiver<Pin>,
        report: &'a mpsc::UnboundedSender<Event>,
    ) -> Self {
        Self {
            key,
            token,
            report,
            pins: Mutex::new(pins),
            signed: AtomicUsize::default(),
            end: Mutex::default(),
        }
    }

    /// Why the last signature was not made.
    pub(super) fn end(&self) -> TokenEnd {
        *lock(&self.end)
    }

    fn sign(
        &self,
        attempt: impl Fn() -> Result<Vec<u8>, SignerError>,
    ) -> Result<Vec<u8>, SignerError> {
        let first = self.signed.load(Ordering::Relaxed) == 0;
        if self.key.pin_each_time() && !first && !self.token.pin.pin_pad {
            self.ask(false)?;
        }
        loop {
            let error = match attempt() {
                Err(SignerError::Failed(error)) => error,
                other => return other,
            };
            match error.downcast_ref::<keystore::Error>() {
                _ if self.token.pin.pin_pad => return Err(SignerError::Failed(error)),
                Some(keystore::Error::Token(TokenError::PinAgain)) => self.ask(false)?,
                Some(keystore::Error::WrongPassword) => self.ask(true)?,
                _ => return Err(SignerError::Failed(error)),
            }
        }
    }

    /// Has the person type the PIN once more (blocking).
    fn ask(&self, mut wrong: bool) -> Result<(), SignerError> {
        loop {
            let pin = self.token.store.pin_now().map_err(failed)?;
            if pin.locked {
                return Err(failed(TokenError::PinLocked));
            }
            let wanted = Event::PinWanted {
                document: self.signed.load(Ordering::Relaxed),
                wrong,
                pin,
            };
            let _ = self.report.send(wanted);
            let given = lock(&self.pins).blocking_recv();
            let Some(given) = given else {
                return Err(SignerError::Failed(Box::new(NoPin)));
            };
            if pin.last_try && !given.last_try_agreed {
                continue;
            }
            let password = Password::new(given.text);
            match self.key.give_pin(&password) {
                Err(keystore::Error::Token(TokenError::PinLength { .. })) => wrong = true,
                given => return given.map_err(|error| SignerError::Failed(Box::new(error))),
            }
        }
    }
}

impl Signer for TokenSigner<'_> {
    fn certificate(&self) -> &Certificate {
        self.key.certificate()
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.noted(self.sign(|| self.key.sign_digest(digest)))
    }

    fn sign_message(&self, message: &[u8], digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.noted(self.sign(|| self.key.sign_message(message, digest)))
    }
}

impl TokenSigner<'_> {
    fn noted(&self, signature: Result<Vec<u8>, SignerError>) -> Result<Vec<u8>, SignerError> {
        match &signature {
            Ok(_) => {
                self.signed.fetch_add(1, Ordering::Relaxed);
            }
            Err(SignerError::Failed(error)) => *lock(&self.end) = end_of(error.as_ref()),
            Err(_) => {}
        }
        signature
    }
}

fn failed(error: TokenError) -> SignerError {
    SignerError::Failed(Box::new(keystore::Error::from(error)))
}

fn end_of(error: &(dyn Error + Send + Sync + 'static)) -> TokenEnd {
    match error.downcast_ref::<keystore::Error>() {
        Some(error) => TokenEnd::Failed(*error),
        None if error.is::<NoPin>() => TokenEnd::Declined,
        None => TokenEnd::Fine,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
