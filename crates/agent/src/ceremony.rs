//! From a plan to an open key and a signature: show, choose, unlock, check, sign. A wrong password loops here and is
//! never seen by the page.

mod jobs;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use pki::Certificate;
use tokio::time;
use tokio_util::sync::CancellationToken;
use window_messages::{
    FromWindow, KeyProblem, KeyState, PasswordText, RequestId, RequestView, ToWindow, Verb,
};

use self::jobs::{Event, Jobs};
use crate::{
    agent::Shared,
    caller::Caller,
    error::Error,
    keys::{self, Found},
    outcome::{Outcome, ShownKey, Signed},
    plan::Plan,
    screen::ScreenLink,
};

/// How long a window may take to appear, and to take one message.
const PAINTED_WITHIN: Duration = Duration::from_secs(60);
const TAKEN_WITHIN: Duration = Duration::from_secs(10);

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
    /// The key that is being opened or signs; further acts of consent wait for its end.
    busy: Option<Found>,
    /// The certificate of the key that signs.
    certificate: Option<Certificate>,
}

impl Ceremony {
    /// Opens the window.
    pub(crate) fn begin(
        shared: Arc<Shared>,
        caller: Caller,
        gone: CancellationToken,
        request: RequestId,
        plan: Plan,
    ) -> Result<Self, Error> {
        let window = shared
            .screen
            .open()
            .map_err(|error| Error::Window(error.kind()))?;
        let keys = shared.finder.last();
        let mut ceremony = Self {
            jobs: Jobs::new(),
            plan: Arc::new(plan),
            opened: Vec::new(),
            busy: None,
            certificate: None,
            shared,
            caller,
            gone,
            request,
            window,
            keys,
        };
        ceremony.recall();
        Ok(ceremony)
    }

    /// Shows the plan and does what the person decides.
    pub(crate) async fn run(mut self) -> Result<End, Error> {
        let end = self.decide().await;
        let last = match &end {
            Ok(End::Gone) => Some(ToWindow::Withdrawn {
                request: self.request,
            }),
            // The window hid itself when the person said no.
            Ok(End::Outcome(Outcome::Cancelled)) => None,
            Ok(End::Outcome(_)) => Some(ToWindow::Done {
                request: self.request,
            }),
            Err(_) => Some(ToWindow::Failed {
                request: self.request,
            }),
        };
        if let Some(last) = last {
            // The request is over whether the window hears it or not.
            let _ = self.tell(last).await;
        }
        end
    }

    async fn decide(&mut self) -> Result<End, Error> {
        self.jobs.search(&self.shared);
        self.tell(ToWindow::Request(Box::new(self.view()))).await?;
        let late = time::sleep(PAINTED_WITHIN);
        tokio::pin!(late);
        let mut painted = false;
        loop {
            let end = tokio::select! {
                biased;
                () = self.gone.cancelled() => Some(End::Gone),
                message = self.window.from.recv() => {
                    let message = message.ok_or(Error::WindowLost)?;
                    painted |= matches!(message, FromWindow::Painted { request } if request == self.request);
                    self.hear(message).await?
                }
                event = self.jobs.next() => self.advance(event).await?,
                () = &mut late, if !painted => return Err(Error::WindowLost),
            };
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    /// What the person did.
    async fn hear(&mut self, message: FromWindow) -> Result<Option<End>, Error> {
        match message {
            FromWindow::Cancel { request } if request == self.request => {
                return Ok(Some(End::Outcome(Outcome::Cancelled)));
            }
            FromWindow::Sign {
                request,
                key,
                password,
            } if request == self.request => self.unlock(key, password).await?,
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
                self.jobs.search(&self.shared)
            }
            FromWindow::SetLanguage { language } => {
                self.shared
                    .connections
                    .person_speaks(self.caller.connection, language, &self.gone);
                self.shared.save_language(language);
            }
            FromWindow::SaveSettings { settings } => {
                self.shared.save_settings(settings);
                self.recall();
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
                self.keys = found;
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
            Event::Unlocked {
                file,
                opened: Err(error),
            } => {
                if let Some(key) = self.busy.take() {
                    self.refused_by_store(key, file, error).await?;
                }
            }
            Event::Unlocked {
                file,
                opened: Ok(open),
            } => {
                let Some(mut key) = self.busy.take() else {
                    return Ok(None);
                };
                self.shared.tries.right(file);
                let certificate = pki::Signer::certificate(&open).clone();
                key.sha256 = Some(file);
                key.certificate = Some(certificate.clone());
                if self.shared.settings.get().remember_keys {
                    self.shared.memory.opened(file, &key.path, &certificate);
                }
                self.put_back(&key);
                if let Some(problem) = self.plan.filter.problem(&certificate, keys::now()) {
                    self.tell_keys(None).await?;
                    self.refuse(key.id, problem).await?;
                    return Ok(None);
                }
                if self.plan.verb == Verb::ShowCertificate {
                    let shown = ShownKey {
                        certificate,
                        alias: open.alias().to_owned(),
                    };
                    self.remember(&key);
                    return Ok(Some(End::Outcome(Outcome::Certificate(shown))));
                }
                self.progress(0).await?;
                self.certificate = Some(certificate);
                self.busy = Some(key);
                self.jobs.sign(self.plan.clone(), open);
            }
            Event::Progress(done) => self.progress(done).await?,
            Event::Finished(products) => {
                let (Some(key), Some(certificate)) = (self.busy.take(), self.certificate.take())
                else {
                    return Err(Error::Inside);
                };
                let products = products?;
                self.remember(&key);
                return Ok(Some(End::Outcome(Outcome::Signed(Signed {
                    certificate,
                    products,
                }))));
            }
            Event::BrokenOff => return Err(Error::Inside),
        }
        Ok(None)
    }

    /// The person consents with this key and password.
    async fn unlock(&mut self, id: String, password: PasswordText) -> Result<(), Error> {
        if self.busy.is_some() {
            return Ok(());
        }
        let Some(key) = self.keys.iter().find(|key| key.id == id).cloned() else {
            return self.refuse(id, KeyProblem::Unreadable).await;
        };
        if let KeyState::Unusable { problem } = keys::state(&key, &self.plan.filter, keys::now()) {
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
        self.jobs.unlock(key.path.clone(), password.into_inner());
        self.busy = Some(key);
        Ok(())
    }

    async fn refused_by_store(
        &mut self,
        mut key: Found,
        file: [u8; 32],
        error: keystore::Error,
    ) -> Result<(), Error> {
        let problem = keys::problem(error);
        if problem == KeyProblem::WrongPassword {
            self.shared.tries.wrong(file, Instant::now());
        } else {
            key.problem = Some(problem.clone());
            self.put_back(&key);
            self.tell_keys(None).await?;
        }
        self.refuse(key.id, problem).await
    }

    /// A file that the person opened comes into the list, unless its content is there already. Gives its row.
    fn add_opened(&mut self, key: Found) -> String {
        let same = |known: &&Found| {
            known.id == key.id || (known.sha256.is_some() && known.sha256 == key.sha256)
        };
        if let Some(known) = self.keys.iter().find(same) {
            return known.id.clone();
        }
        let id = key.id.clone();
        self.opened.push(key.clone());
        self.keys.push(key);
        id
    }

    fn put_back(&mut self, key: &Found) {
        for known in self
            .keys
            .iter_mut()
            .chain(&mut self.opened)
            .filter(|known| known.id == key.id)
        {
            known.clone_from(key);
        }
    }

    fn recall(&mut self) {
        self.shared
            .memory
            .recall(&mut self.keys, &self.caller.origin);
    }

    /// After the signature, and not before: a site that was refused stays new.
    fn remember(&self, key: &Found) {
        let remembered = self.shared.settings.get().remember_keys;
        let key = match (&key.sha256, &key.certificate) {
            (Some(file), Some(certificate)) if remembered => {
                Some((*file, key.path.as_path(), certificate))
            }
            _ => None,
        };
        self.shared
            .memory
            .signed(&self.caller.origin, key, keys::now());
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
            form: self.plan.form(),
            warnings: self.plan.warnings.clone(),
            selected: keys::selected(&keys),
            keys,
            searching: true,
            language: self.shared.language(self.caller.connection),
        }
    }

    fn selected(&self) -> Option<String> {
        keys::selected(&keys::views(&self.keys, &self.plan.filter, keys::now()))
    }

    async fn tell_keys(&self, selected: Option<String>) -> Result<(), Error> {
        let keys = keys::views(&self.keys, &self.plan.filter, keys::now());
        self.tell(ToWindow::Keys {
            request: self.request,
            keys,
            selected,
        })
        .await
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
        self.tell(ToWindow::Progress {
            request: self.request,
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
