//! What happens between the password and the signature: what is known of the certificate is weighed, the person may be
//! asked, and the signature may need a time stamp.

use std::time::Instant;

use keystore::{OpenKey, PinState};
use signing::cms::Message;
use window_messages::{
    CertificateStatus, KeyProblem, KeyState, NoTimeStamp, PasswordText, Question, StatusUnknown,
    ToWindow, Verb,
};

use super::{
    Ceremony, End,
    jobs::Failure,
    stage::{LATE, Opened, SOON, Signer, Stage, Unstamped},
};
use crate::{
    ask::Stance,
    certificates::{Issuer, Verdict},
    documents::Document,
    error::Error,
    keys::{self, Found, Place},
    outcome::{Outcome, Products, ShownKey, Signed},
};

impl Ceremony {
    /// The person consents with this key and password.
    pub(super) async fn unlock(
        &mut self,
        id: String,
        password: Option<PasswordText>,
        last_try: bool,
    ) -> Result<(), Error> {
        if !matches!(self.stage, Stage::Choosing) || self.plan.verb == Verb::AddTimeStamp {
            return Ok(());
        }
        let Some(key) = self.keys.iter().find(|key| key.id == id).cloned() else {
            return self.refuse(id, KeyProblem::Unreadable).await;
        };
        let (state, _) = keys::state(&key, &self.plan.filter, keys::now());
        if let KeyState::Unusable { problem } = state {
            return self.refuse(id, problem).await;
        }
        let wait = key
            .sha256
            .and_then(|file| self.shared.tries.wait(file, Instant::now()));
        if let Some(wait_seconds) = wait {
            return self
                .refuse(id, KeyProblem::TooManyTries { wait_seconds })
                .await;
        }
        let password = password.map(PasswordText::into_inner);
        match (&key.place, password) {
            (Place::File(path), Some(password)) => {
                self.jobs.unlock_file(path.clone(), password);
            }
            (Place::File(_), None) => return self.refuse(id, KeyProblem::WrongPassword).await,
            (Place::Token(token), password) => {
                let typed = password.filter(|_| !token.pin.pin_pad);
                self.jobs.unlock_token(token.clone(), typed, last_try);
            }
        }
        self.chosen = Some(id);
        self.stage = Stage::Opening(key);
        Ok(())
    }

    /// The key was opened, or not.
    pub(super) async fn unlocked(
        &mut self,
        file: Option<[u8; 32]>,
        pin: Option<PinState>,
        opened: Result<OpenKey, keystore::Error>,
    ) -> Result<Option<End>, Error> {
        let Stage::Opening(mut key) = self.stage.take() else {
            return Ok(None);
        };
        let open = match opened {
            Ok(open) => open,
            Err(error) if key.token().is_some() => {
                self.refused_by_token(key, error, pin).await?;
                return Ok(None);
            }
            Err(error) => {
                self.refused_by_file(key, file, error).await?;
                return Ok(None);
            }
        };
        if let Some(file) = file {
            self.shared.tries.right(file);
            key.sha256 = Some(file);
        }
        let certificate = pki::Signer::certificate(&open).clone();
        key.certificate = Some(certificate.clone());
        if let Some(name) = key.sha256
            && self.shared.settings.get().remember_keys
        {
            self.shared.memory.opened(name, key.path(), &certificate);
        }
        if self.plan.verb == Verb::ShowCertificate {
            self.put_back(&key);
            self.remember(Some(&key));
            return Ok(Some(End::Outcome(Outcome::Certificate(ShownKey {
                certificate,
                alias: open.alias().to_owned(),
            }))));
        }
        // The check may run since the key was shown, and often has its answer.
        key.verdict = self.check(&certificate);
        self.put_back(&key);
        self.stage = Stage::Waiting(Opened {
            key,
            open,
            certificate,
            since: Instant::now(),
            told: false,
            insists: false,
        });
        self.weigh().await
    }

    async fn refused_by_file(
        &mut self,
        mut key: Found,
        file: Option<[u8; 32]>,
        error: keystore::Error,
    ) -> Result<(), Error> {
        let problem = keys::problem(error);
        if problem == KeyProblem::WrongPassword {
            if let Some(file) = file {
                self.shared.tries.wrong(file, Instant::now());
            }
        } else {
            key.problem = Some(problem.clone());
            self.put_back(&key);
            self.tell_keys(None).await?;
        }
        self.refuse(key.id, problem).await
    }

    /// The key is open: signs, waits, asks or refuses, by what is known of its certificate.
    pub(super) async fn weigh(&mut self) -> Result<Option<End>, Error> {
        let Some(opened) = self.stage.take_waiting() else {
            return Ok(None);
        };
        let known = self.verdicts.get(&opened.certificate.fingerprint_sha256());
        let mut verdict = known.cloned().unwrap_or_default();
        let certain = self
            .shared
            .settings
            .get()
            .requires_certainty(&self.caller.origin);
        let filter = &self.plan.filter;
        let mut judged = filter.judge(&opened.certificate, &verdict, keys::now());
        // What can be told without the answer is told at once.
        if judged.is_ok() && !verdict.is_settled() {
            let needed = certain && verdict.status == CertificateStatus::Checking
                || filter.unknown_issuer != Stance::Allow && verdict.issuer == Issuer::Checking;
            let limit = if needed { LATE } else { SOON };
            if opened.since.elapsed() < limit {
                return self.wait(opened).await;
            }
            verdict = verdict.given_up();
            judged = filter.judge(&opened.certificate, &verdict, keys::now());
        }
        match judged {
            Err(problem) => self.turned_down(opened, verdict, problem).await?,
            Ok(cautions) if !cautions.is_empty() && !opened.insists => {
                self.ask(opened, Question::UseAnyway { cautions }).await?;
            }
            Ok(_) => match verdict.status {
                CertificateStatus::Unknown { why } if certain => {
                    self.ask(opened, Question::StatusUnknown { why }).await?;
                }
                CertificateStatus::NotChecked | CertificateStatus::Checking if certain => {
                    let why = StatusUnknown::NoAnswer;
                    self.ask(opened, Question::StatusUnknown { why }).await?;
                }
                _ => {
                    self.begin_signing(opened);
                    self.progress(0).await?;
                }
            },
        }
        Ok(None)
    }

    /// Waits for the answer about the certificate; the row says so from the first moment on.
    async fn wait(&mut self, opened: Opened) -> Result<Option<End>, Error> {
        let row = keys::row(&opened.key, &self.plan.filter, keys::now());
        let is_news = !opened.told;
        self.stage = Stage::Waiting(Opened {
            told: true,
            ..opened
        });
        if is_news {
            self.tell(ToWindow::Key {
                request: self.request,
                key: Box::new(row),
            })
            .await?;
        }
        Ok(None)
    }

    /// The key does not fit after all: it is closed, its row says why, and the person chooses another.
    async fn turned_down(
        &mut self,
        opened: Opened,
        verdict: Verdict,
        problem: KeyProblem,
    ) -> Result<(), Error> {
        self.verdicts
            .insert(opened.certificate.fingerprint_sha256(), verdict);
        let id = opened.key.id.clone();
        drop(opened);
        self.recall();
        self.tell_keys(None).await?;
        self.refuse(id, problem).await
    }

    async fn ask(&mut self, opened: Opened, question: Question) -> Result<(), Error> {
        self.stage = Stage::Asking(opened, question.clone());
        self.tell(ToWindow::Question {
            request: self.request,
            question,
        })
        .await
    }

    /// The person's answer.
    pub(super) async fn answered(&mut self, yes: bool) -> Result<Option<End>, Error> {
        match self.stage.take() {
            Stage::Asking(opened, _) if !yes => {
                // The key is closed here; its row stays filled in.
                drop(opened);
                self.recall();
                self.tell_keys(None).await?;
                Ok(None)
            }
            Stage::Asking(mut opened, question) => {
                match question {
                    Question::StatusUnknown { .. } => {
                        opened.key.verdict = self.check(&opened.certificate);
                        opened.since = Instant::now();
                        opened.told = false;
                    }
                    Question::UseAnyway { .. }
                    | Question::NoTimeStamp { .. }
                    | Question::PinAgain { .. } => {
                        opened.insists = true;
                    }
                }
                self.stage = Stage::Waiting(opened);
                self.weigh().await
            }
            Stage::Unstamped(_, why) if !yes => Err(given_up(why)),
            Stage::Unstamped(unstamped, _) => {
                self.stamp(unstamped).await?;
                Ok(None)
            }
            other => {
                self.stage = other;
                Ok(None)
            }
        }
    }

    /// Everything is signed; it goes to the page, or to the time-stamping authority first.
    pub(super) async fn signed(&mut self, products: Products) -> Result<Option<End>, Error> {
        let Stage::Signing(signer) = self.stage.take() else {
            return Err(Error::Inside);
        };
        match products {
            Products::Cms(rest) if self.plan.time_stamp => {
                self.stamp(Unstamped {
                    signer: Some(signer),
                    stamped: Vec::new(),
                    rest,
                })
                .await?;
                Ok(None)
            }
            _ if self.plan.time_stamp => Err(Error::Inside),
            products => Ok(Some(self.finish(signer, products))),
        }
    }

    fn finish(&self, signer: Signer, products: Products) -> End {
        self.remember(Some(&signer.key));
        End::Outcome(Outcome::Signed(Signed {
            certificate: signer.certificate,
            products,
        }))
    }

    /// The person wants time stamps on the page's own signatures.
    pub(super) async fn agreed(&mut self) -> Result<(), Error> {
        if self.plan.verb != Verb::AddTimeStamp || !matches!(self.stage, Stage::Choosing) {
            return Ok(());
        }
        let cms = self.plan.documents.iter();
        self.stamp(Unstamped {
            signer: None,
            stamped: Vec::new(),
            rest: cms.map(Document::message).collect(),
        })
        .await
    }

    async fn stamp(&mut self, unstamped: Unstamped) -> Result<(), Error> {
        let Unstamped {
            signer,
            stamped,
            rest,
        } = unstamped;
        self.stage = Stage::Stamping(signer);
        self.progress(stamped.len()).await?;
        self.jobs
            .stamp(&self.shared, stamped, rest, self.plan.stamps_last_only());
        Ok(())
    }

    /// Everything has its time stamp, or something has none.
    pub(super) async fn stamped(
        &mut self,
        stamped: Vec<Message>,
        rest: Vec<Message>,
        failure: Option<Failure>,
    ) -> Result<Option<End>, Error> {
        let Stage::Stamping(signer) = self.stage.take() else {
            return Err(Error::Inside);
        };
        match failure {
            None if rest.is_empty() => Ok(Some(match signer {
                Some(signer) => self.finish(signer, Products::Cms(stamped)),
                None => {
                    self.remember(None);
                    End::Outcome(Outcome::Stamped(stamped))
                }
            })),
            None => Err(Error::Inside),
            Some(Failure::Error(error)) => Err(error),
            Some(Failure::NoTimeStamp(why)) => {
                let unstamped = Unstamped {
                    signer,
                    stamped,
                    rest,
                };
                self.stage = Stage::Unstamped(unstamped, why);
                self.tell(ToWindow::Question {
                    request: self.request,
                    question: Question::NoTimeStamp { why },
                })
                .await?;
                Ok(None)
            }
        }
    }
}

/// What the page hears when the person does not wait for a time stamp any longer: a failure, because everything was
/// agreed to and signed, and never a signature without the time stamp.
pub(super) fn given_up(why: NoTimeStamp) -> Error {
    Error::NoTimeStamp(match why {
        NoTimeStamp::Offline => "the settings of this computer say to work offline",
        NoTimeStamp::NoAnswer => "the time-stamping authority does not answer",
        NoTimeStamp::Refused => "the time-stamping authority refused",
        NoTimeStamp::Clock => "the clocks of the time-stamping authority and this computer differ",
        NoTimeStamp::BadAnswer => "the answer of the time-stamping authority is not valid",
    })
}
