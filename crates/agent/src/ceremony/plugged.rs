//! Tokens that come, go, refuse and want their PIN again while a request is shown.

use std::collections::HashSet;

use keystore::PinState;
use tokio::sync::mpsc;
use window_messages::{KeyProblem, KeyState, PasswordText, Question, ToWindow};

use super::{
    Ceremony,
    stage::{Opened, Signer, Stage},
    token_signer::Pin,
};
use crate::{
    error::Error,
    keys::{self, Found},
    tokens,
};

/// The way of PINs to the token that signs.
pub(super) struct Pins {
    to: mpsc::UnboundedSender<Pin>,
    /// True while the person is asked for one.
    asked: bool,
}

impl Ceremony {
    /// Something was plugged in or taken out, or has been found out about tokens.
    pub(super) async fn tokens_changed(&mut self) -> Result<(), Error> {
        let chosen = self.chosen();
        let before = chosen.as_deref().map(|id| self.is_removed(id));
        self.list_tokens();
        self.recall();
        let after = chosen.as_deref().map(|id| self.is_removed(id));
        let choosing = matches!(self.stage, Stage::Choosing);
        match (chosen, before, after) {
            (Some(id), Some(false), Some(true)) if choosing => {
                // It is the one to go on with when it is back.
                self.chosen = Some(id.clone());
                self.tell_keys(None).await?;
                self.refuse(id, KeyProblem::TokenRemoved).await
            }
            (Some(id), Some(true), Some(false)) => self.tell_keys(Some(id)).await,
            (Some(_), ..) => self.tell_keys(None).await,
            (None, ..) => {
                let selected = self.selected();
                self.tell_keys(selected).await
            }
        }
    }

    /// The rows of tokens as they are now. One that was taken out stays in the list: it may be on its way back.
    pub(super) fn list_tokens(&mut self) {
        let now = self.tokens.borrow_and_update().clone();
        let fresh: Vec<Found> = now.stores.iter().flat_map(Found::on).collect();
        let plugged: HashSet<_> = now.stores.iter().map(|store| store.token()).collect();
        let known: HashSet<_> = fresh.iter().map(|key| key.id.as_str()).collect();
        let gone: Vec<Found> = self
            .keys
            .iter()
            .filter(|key| !known.contains(key.id.as_str()))
            .filter(|key| {
                let token = key.token();
                token.is_some_and(|token| !plugged.contains(token.store.token()))
            })
            .cloned()
            .map(|mut key| {
                if let Some(token) = key.token_mut() {
                    token.removed = true;
                }
                key
            })
            .collect();
        self.keys.retain(|key| key.token().is_none());
        self.keys.extend(fresh);
        self.keys.extend(gone);
    }

    /// The row that the window has selected, as far as can be known here.
    fn chosen(&self) -> Option<String> {
        self.chosen.clone().or_else(|| {
            let rows = keys::views(&self.keys, &self.plan.filter, keys::now());
            let mut usable = rows
                .into_iter()
                .filter(|row| !matches!(row.state, KeyState::Unusable { .. }));
            let only = usable.next().filter(|_| usable.next().is_none());
            only.map(|row| row.id)
        })
    }

    fn is_removed(&self, id: &str) -> bool {
        let key = self.keys.iter().find(|key| key.id == id);
        key.and_then(Found::token)
            .is_some_and(|token| token.removed)
    }

    /// A token did not open its key, or did not sign: its rows say what they can, and the person decides what to do.
    pub(super) async fn refused_by_token(
        &mut self,
        mut key: Found,
        error: keystore::Error,
        pin: Option<PinState>,
    ) -> Result<(), Error> {
        let problem = match error {
            keystore::Error::WrongPassword => {
                tokens::problem(keystore::TokenError::WrongPin, pin.as_ref())
            }
            keystore::Error::Token(error) => tokens::problem(error, pin.as_ref()),
            other => keys::problem(other),
        };
        let removed = problem == KeyProblem::TokenRemoved;
        if stays(&problem) {
            key.problem = Some(problem.clone());
        }
        self.put_back(&key);
        if let Some(token) = key.token() {
            let id = token.store.token();
            for row in self.keys.iter_mut().filter_map(Found::token_mut) {
                if row.store.token() == id {
                    row.pin = pin.unwrap_or(row.pin);
                    row.removed |= removed;
                }
            }
        }
        // Also because a listing that runs may have looked before.
        self.shared.plugged.refresh();
        self.chosen = Some(key.id.clone());
        self.recall();
        self.tell_keys(None).await?;
        self.refuse(key.id, problem).await
    }

    /// Has the open key sign.
    pub(super) fn begin_signing(&mut self, opened: Opened) {
        let token = opened.key.token().cloned().map(|token| {
            let (to, pins) = mpsc::unbounded_channel();
            self.pins = Some(Pins { to, asked: false });
            (token, pins)
        });
        self.stage = Stage::Signing(Signer {
            key: opened.key,
            certificate: opened.certificate,
        });
        self.jobs.sign(self.plan.clone(), opened.open, token);
    }

    /// The token wants its PIN for another document.
    pub(super) async fn pin_wanted(
        &mut self,
        document: usize,
        wrong: bool,
        pin: PinState,
    ) -> Result<(), Error> {
        if let Some(pins) = &mut self.pins {
            pins.asked = true;
        }
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.tell(ToWindow::Question {
            request: self.request,
            question: Question::PinAgain {
                document: number(document),
                total: number(self.plan.documents.len()),
                wrong,
                pin: tokens::pin(&pin),
            },
        })
        .await
    }

    /// The person typed it.
    pub(super) fn pin_given(&mut self, pin: PasswordText, last_try: bool) {
        if let Some(pins) = self.pins.as_mut().filter(|pins| pins.asked) {
            pins.asked = false;
            // A job that has ended reports so itself.
            let _ = pins.to.send(Pin {
                text: pin.into_inner(),
                last_try_agreed: last_try,
            });
        }
    }

    /// The person does not want to type it: the batch ends, and nothing of it is kept. True when that was asked.
    pub(super) fn pin_declined(&mut self) -> bool {
        let asked = self.pins.as_ref().is_some_and(|pins| pins.asked);
        if asked {
            self.pins = None;
        }
        asked
    }

    /// The batch has ended without the PIN.
    pub(super) async fn declined(&mut self) -> Result<(), Error> {
        self.stage.take();
        self.recall();
        self.tell_keys(None).await
    }

    pub(super) async fn token_failed(
        &mut self,
        error: keystore::Error,
        pin: Option<PinState>,
    ) -> Result<(), Error> {
        self.pins = None;
        match self.stage.take() {
            Stage::Signing(signer) => self.refused_by_token(signer.key, error, pin).await,
            _ => Err(Error::Inside),
        }
    }

    /// What is still going on at a token when the request has ended: a person who left does not type on it any more.
    pub(super) fn leave_token(&self) {
        let key = match &self.stage {
            Stage::Opening(key) | Stage::Signing(Signer { key, .. }) => key,
            _ => return,
        };
        if key.token().is_some_and(|token| token.pin.pin_pad) {
            self.shared.plugged.end_modules();
        }
    }
}

/// Whether a token's row is of no use until it is listed anew; otherwise the person may try again at once.
fn stays(problem: &KeyProblem) -> bool {
    matches!(
        problem,
        KeyProblem::TokenWithoutKey
            | KeyProblem::OtherAlgorithm
            | KeyProblem::PinExpired
            | KeyProblem::Unreadable
            | KeyProblem::Damaged
    )
}
