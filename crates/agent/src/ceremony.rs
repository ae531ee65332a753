//! From a plan to an open key and a signature: show, choose, unlock, check, sign. A wrong password loops here and is
//! never seen by the page.

mod jobs;
mod list;
mod opened;
mod plugged;
mod stage;
mod token_signer;

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{self, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use window_messages::{
    FromWindow, KeyProblem, ReadersView, RequestId, RequestView, Step, ToWindow, Verb,
};

use self::{
    jobs::{Event, Jobs},
    plugged::Pins,
    stage::Stage,
};
use crate::{
    agent::Shared,
    caller::Caller,
    certificates::Verdict,
    error::Error,
    keys::{self, Found},
    outcome::Outcome,
    plan::Plan,
    screen::ScreenLink,
    tokens::{self, Look, Now, PinDesk},
};

/// How long a window may take to appear, and to take one message.
pub(crate) const PAINTED_WITHIN: Duration = Duration::from_secs(60);
pub(crate) const TAKEN_WITHIN: Duration = Duration::from_secs(10);

/// How often modules are asked whether something was plugged in, while the person chooses: not every token is in a reader
/// that tells.
const GLANCE: Duration = Duration::from_millis(700);

/// How a ceremony ended.
pub(crate) enum End {
    /// The page has left; there is nobody to answer.
    Gone,
    Outcome(Outcome),
}

/// One request in its window.
pub(crate) struct Ceremony {
    shared: Arc<Shared>,
    caller: Caller,
    gone: CancellationToken,
    request: RequestId,
    plan: Arc<Plan>,
    window: ScreenLink,
    jobs: Jobs,
    keys: Vec<Found>,
    /// Files that the person opened by hand: they stay in the list whatever a search finds.
    opened: Vec<Found>,
    /// True while files are looked for.
    searching: bool,
    /// What is plugged in.
    tokens: watch::Receiver<Now>,
    _look: Look,
    desk: PinDesk,
    /// The row that the person chose.
    chosen: Option<String>,
    /// While a token signs.
    pins: Option<Pins>,
    /// What has been found out about certificates, by their SHA-256.
    verdicts: HashMap<[u8; 32], Verdict>,
    stage: Stage,
}

impl Ceremony {
    /// Opens the window.
    pub(crate) fn begin(
        shared: Arc<Shared>,
        caller: Caller,
        gone: CancellationToken,
        request: RequestId,
        mut plan: Plan,
    ) -> Result<Self, Error> {
        let window = shared
            .screen
            .open()
            .map_err(|error| Error::Window(error.kind()))?;
        if shared.settings.get().policy.sign_any_digest_length {
            plan.take_any_digest_length();
        }
        let keyed = plan.verb != Verb::AddTimeStamp;
        let keys = if keyed {
            shared.finder.last()
        } else {
            Vec::new()
        };
        let language = shared.language(caller.connection);
        let mut ceremony = Self {
            jobs: Jobs::new(),
            plan: Arc::new(plan),
            opened: Vec::new(),
            searching: keyed,
            _look: shared.plugged.look(),
            tokens: shared.plugged.follow(),
            desk: PinDesk::new(shared.plugged.clone(), language),
            chosen: None,
            pins: None,
            verdicts: HashMap::new(),
            stage: Stage::Choosing,
            shared,
            caller,
            gone,
            request,
            window,
            keys,
        };
        if keyed {
            ceremony.list_tokens();
        }
        ceremony.recall();
        Ok(ceremony)
    }

    /// Shows the plan and does what the person decides.
    pub(crate) async fn run(mut self) -> Result<End, Error> {
        let end = self.decide().await;
        self.leave_token();
        let last = match &end {
            Ok(End::Gone) => Some(ToWindow::Withdrawn {
                request: self.request,
            }),
            // The window hid itself when the person said no.
            Ok(End::Outcome(Outcome::Cancelled)) => None,
            Ok(End::Outcome(_)) => Some(ToWindow::Done {
                request: self.request,
            }),
            Err(error) => Some(ToWindow::Failed {
                request: self.request,
                document: error.document().and_then(|index| u32::try_from(index).ok()),
            }),
        };
        if let Some(last) = last {
            // The request is over whether the window hears it or not.
            let _ = self.tell(last).await;
        }
        end
    }

    async fn decide(&mut self) -> Result<End, Error> {
        let keyed = self.plan.verb != Verb::AddTimeStamp;
        if keyed {
            self.jobs.search(&self.shared);
        }
        let view = self.view();
        self.chosen.clone_from(&view.selected);
        self.tell(ToWindow::Request(Box::new(view))).await?;
        let mut glances = time::interval(GLANCE);
        glances.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let late = time::sleep(PAINTED_WITHIN);
        tokio::pin!(late);
        let mut painted = false;
        loop {
            let alarm = self.stage.alarm();
            let alarm = async {
                match alarm {
                    Some(at) => time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let end = tokio::select! {
                biased;
                () = self.gone.cancelled() => Some(End::Gone),
                message = self.window.from.recv() => {
                    let message = message.ok_or(Error::WindowLost)?;
                    painted |= matches!(message, FromWindow::Painted { request } if request == self.request);
                    self.hear(message).await?
                }
                event = self.jobs.next() => self.advance(event).await?,
                Ok(()) = self.tokens.changed(), if keyed => {
                    self.tokens_changed().await?;
                    None
                }
                news = self.desk.next() => {
                    for message in news {
                        self.tell(message).await?;
                    }
                    None
                }
                _ = glances.tick(), if keyed && matches!(self.stage, Stage::Choosing) => {
                    self.shared.plugged.glance();
                    None
                }
                () = alarm => self.weigh().await?,
                () = &mut late, if !painted => return Err(Error::WindowLost),
            };
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    /// What the person did.
    async fn hear(&mut self, message: FromWindow) -> Result<Option<End>, Error> {
        let Some(message) = self.desk.hear(message) else {
            return Ok(None);
        };
        match message {
            FromWindow::Cancel { request } if request == self.request => {
                if let Stage::Unstamped(_, why) = self.stage {
                    return Err(opened::given_up(why));
                }
                return Ok(Some(End::Outcome(Outcome::Cancelled)));
            }
            FromWindow::Sign {
                request,
                key,
                password,
                last_try,
            } if request == self.request => self.unlock(key, password, last_try).await?,
            FromWindow::Pin {
                request,
                pin,
                last_try,
            } if request == self.request => self.pin_given(pin, last_try),
            FromWindow::Agree { request } if request == self.request => self.agreed().await?,
            FromWindow::Answer { request, yes } if request == self.request => {
                if !yes && self.pin_declined() {
                    return Ok(None);
                }
                return self.answered(yes).await;
            }
            FromWindow::Selected { request, key } if request == self.request => {
                self.chosen = Some(key.clone());
                self.check_row(&key).await?;
            }
            FromWindow::CheckAgain { request, key } if request == self.request => {
                self.check_row(&key).await?;
            }
            FromWindow::View { request, document } if request == self.request => {
                self.jobs.preview(self.plan.clone(), document);
            }
            FromWindow::OpenFile { request, path } if request == self.request => {
                let path = PathBuf::from(path);
                if path.is_absolute() {
                    self.jobs.look_at(path);
                }
            }
            FromWindow::Refresh { request } if request == self.request => {
                self.searching = true;
                self.shared.plugged.refresh();
                self.jobs.search(&self.shared);
            }
            FromWindow::SetLanguage { language } => {
                self.shared
                    .connections
                    .person_speaks(self.caller.connection, language, &self.gone);
                self.shared.save_language(language);
            }
            FromWindow::SaveSettings {
                settings,
                proxy_password,
            } => {
                self.shared.save_settings(settings, proxy_password);
                // What was found out under the old settings does not hold any more.
                self.verdicts.clear();
                self.recall();
                self.searching = true;
                self.jobs.search(&self.shared);
            }
            // Of another request, or nothing to do.
            _ => {}
        }
        Ok(None)
    }

    /// What has been done meanwhile.
    async fn advance(&mut self, event: Event) -> Result<Option<End>, Error> {
        match event {
            Event::Found(found) => {
                self.searching = false;
                self.keys.retain(|key| key.token().is_some());
                self.keys.extend(found);
                let opened = std::mem::take(&mut self.opened);
                for key in opened {
                    self.add_opened(key);
                }
                self.recall();
                let selected = self.selected();
                self.tell_keys(selected).await?;
            }
            Event::LookedAt(key) => {
                let id = self.add_opened(key);
                self.recall();
                self.tell_keys(Some(id)).await?;
            }
            Event::Preview { document, preview } => {
                self.tell(ToWindow::Preview {
                    request: self.request,
                    document,
                    preview,
                })
                .await?;
            }
            Event::Unlocked { file, pin, opened } => {
                return self.unlocked(file, pin, opened).await;
            }
            Event::PinWanted {
                document,
                wrong,
                pin,
            } => self.pin_wanted(document, wrong, pin).await?,
            Event::TokenFailed { error, pin } => self.token_failed(error, pin).await?,
            Event::Declined => self.declined().await?,
            Event::Verdict {
                certificate,
                verdict,
            } => {
                self.learned(certificate, verdict).await?;
                return self.weigh().await;
            }
            Event::Progress(done) => self.progress(done).await?,
            Event::Finished(products) => return self.signed(products?).await,
            Event::Stamped {
                stamped,
                rest,
                failure,
            } => return self.stamped(stamped, rest, failure).await,
            Event::BrokenOff => return Err(Error::Inside),
        }
        Ok(None)
    }

    fn view(&self) -> RequestView {
        let keys = keys::views(&self.keys, &self.plan.filter, keys::now());
        RequestView {
            request: self.request,
            verb: self.plan.verb,
            site: self
                .caller
                .origin
                .view(!self.shared.memory.knows_site(&self.caller.origin)),
            documents: self.plan.document_views(),
            file: None,
            logo: self.plan.logo.clone(),
            form: self.plan.form(),
            time_stamp: self.plan.time_stamp,
            warnings: self.plan.warnings.clone(),
            test_certificates: self.shared.how().test_ca,
            selected: keys::selected(&keys),
            keys,
            searching: self.is_searching(),
            tokens_only: !self.plan.filter.takes_files(),
            readers: self.readers(),
            language: self.shared.language(self.caller.connection),
        }
    }

    fn is_searching(&self) -> bool {
        self.searching || self.tokens.borrow().searching
    }

    fn readers(&self) -> ReadersView {
        tokens::readers(&self.tokens.borrow())
    }

    async fn refuse(&self, key: String, problem: KeyProblem) -> Result<(), Error> {
        self.tell(ToWindow::Refused {
            request: self.request,
            key,
            problem,
        })
        .await
    }

    async fn progress(&self, done: usize) -> Result<(), Error> {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (done, total) = (number(done), number(self.plan.documents.len()));
        let step = match self.stage {
            Stage::Stamping(_) => Step::Stamping,
            _ => Step::Signing,
        };
        self.tell(ToWindow::Progress {
            request: self.request,
            step,
            done,
            total,
        })
        .await
    }

    async fn tell(&self, message: ToWindow) -> Result<(), Error> {
        match time::timeout(TAKEN_WITHIN, self.window.to.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Error::WindowLost),
        }
    }
}
