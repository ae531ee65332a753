//! The tokens on the screen: their PINs are changed and unblocked here.

use std::sync::Arc;

use keystore::{Password, PinState, TokenError, TokenStore};
use tokio::{
    sync::{mpsc, watch},
    task,
};
use window_messages::{FromWindow, Language, PasswordText, ToWindow, TokensView};

use super::{Look, Now, Plugged, view};

/// One window's view of the tokens.
pub(crate) struct PinDesk {
    plugged: Arc<Plugged>,
    language: Language,
    open: Option<Open>,
    done: mpsc::UnboundedReceiver<Done>,
    report: mpsc::UnboundedSender<Done>,
    /// The act that is going on; one at a time.
    busy: Option<Busy>,
}

struct Busy {
    /// The person types on the token or its reader.
    pin_pad: bool,
    /// Keeps the modules while they are needed.
    _look: Look,
}

struct Open {
    now: watch::Receiver<Now>,
    _look: Look,
}

struct Done {
    token: String,
    outcome: Result<(), TokenError>,
    pin: Option<PinState>,
}

/// What is done to a PIN.
enum Act {
    Change {
        old: Option<Password>,
        new: Option<Password>,
        last_try: bool,
    },
    Unblock {
        puk: Option<Password>,
        new: Option<Password>,
    },
}

impl PinDesk {
    pub(crate) fn new(plugged: Arc<Plugged>, language: Language) -> Self {
        let (report, done) = mpsc::unbounded_channel();
        Self {
            plugged,
            language,
            open: None,
            done,
            report,
            busy: None,
        }
    }

    /// Does what the person wants, if it is about tokens; gives back what is not.
    pub(crate) fn hear(&mut self, message: FromWindow) -> Option<FromWindow> {
        match message {
            FromWindow::OpenTokens => {
                self.plugged.refresh();
                let mut now = self.plugged.follow();
                now.mark_changed();
                let _look = self.plugged.look();
                self.open = Some(Open { now, _look });
            }
            FromWindow::ChangePin {
                token,
                old,
                new,
                last_try,
            } => self.act(
                token,
                Act::Change {
                    old: old.map(password),
                    new: new.map(password),
                    last_try,
                },
            ),
            FromWindow::UnblockPin { token, puk, new } => self.act(
                token,
                Act::Unblock {
                    puk: puk.map(password),
                    new: new.map(password),
                },
            ),
            FromWindow::LeftTokens => self.open = None,
            FromWindow::CancelPin => {
                if self.busy.is_some() {
                    self.plugged.end_modules();
                }
            }
            other => return Some(other),
        }
        None
    }

    /// What the window is to hear next; never comes while nothing happens.
    pub(crate) async fn next(&mut self) -> Vec<ToWindow> {
        let changed = async {
            if let Some(open) = &mut self.open
                && open.now.changed().await.is_ok()
            {
                return;
            }
            std::future::pending().await
        };
        tokio::select! {
            () = changed => vec![self.list()],
            Some(done) = self.done.recv() => self.ended(done),
        }
    }

    fn list(&mut self) -> ToWindow {
        let now = match &mut self.open {
            Some(open) => open.now.borrow_and_update().clone(),
            None => self.plugged.now(),
        };
        let tokens = now.stores.iter();
        ToWindow::Tokens(TokensView {
            tokens: tokens
                .map(|store| view::token(store, &store.listed_pin()))
                .collect(),
            readers: view::readers(&now),
            searching: now.searching,
            language: self.language,
        })
    }

    fn ended(&mut self, done: Done) -> Vec<ToWindow> {
        self.busy = None;
        // The rows show the PINs as they are now.
        self.plugged.refresh();
        let mut list = self.list();
        if let (ToWindow::Tokens(tokens), Some(pin)) = (&mut list, &done.pin) {
            let changed = tokens.tokens.iter_mut().filter(|row| row.id == done.token);
            changed.for_each(|row| row.pin = view::pin(pin));
        }
        let problem = done.outcome.err();
        let problem = problem.map(|error| view::problem(error, done.pin.as_ref()));
        vec![
            list,
            ToWindow::PinDone {
                token: done.token,
                problem,
            },
        ]
    }

    fn act(&mut self, token: String, act: Act) {
        if self.busy.is_some() {
            return;
        }
        let now = self.plugged.now();
        let store = now
            .stores
            .iter()
            .find(|store| store.token().fingerprint() == token)
            .cloned();
        self.busy = Some(Busy {
            pin_pad: store
                .as_ref()
                .is_some_and(|store| store.listed_pin().pin_pad),
            _look: self.plugged.look(),
        });
        let (report, watch) = (self.report.clone(), self.report.clone());
        let name = token.clone();
        let thread = task::spawn_blocking(move || {
            let (outcome, pin) = match store {
                Some(store) => (act.carry_out(&store), store.pin_now().ok()),
                None => (Err(TokenError::Removed), None),
            };
            // The window may be closed.
            let _ = report.send(Done {
                token,
                outcome,
                pin,
            });
        });
        task::spawn(async move {
            if thread.await.is_err() {
                let _ = watch.send(Done {
                    token: name,
                    outcome: Err(TokenError::ModuleUnreachable),
                    pin: None,
                });
            }
        });
    }
}

impl Drop for PinDesk {
    /// A person who left does not type on a token any more, and the next request does not wait for that.
    fn drop(&mut self) {
        if self.busy.as_ref().is_some_and(|busy| busy.pin_pad) {
            self.plugged.end_modules();
        }
    }
}

impl Act {
    fn carry_out(&self, store: &TokenStore) -> Result<(), TokenError> {
        match self {
            Self::Change { old, new, last_try } => {
                store.change_pin(old.as_ref(), new.as_ref(), *last_try)
            }
            Self::Unblock { puk, new } => store.unblock(puk.as_ref(), new.as_ref()),
        }
    }
}

fn password(text: PasswordText) -> Password {
    Password::new(text.into_inner())
}
