//! Work that would hold up the window: it runs on threads of its own and reports by events.

use std::{path::PathBuf, sync::Arc};

use keystore::{KeyFile, OpenKey, Password};
use tokio::{sync::mpsc, task};
use window_messages::Preview;
use zeroize::Zeroizing;

use crate::{
    agent::Shared,
    error::Error,
    keys::{self, Found, Stop},
    outcome::Products,
    plan::Plan,
    sign,
};

/// Something has been done.
pub(super) enum Event {
    Found(Vec<Found>),
    LookedAt(Found),
    Preview {
        document: u32,
        preview: Preview,
    },
    /// `file`: SHA-256 of the file as it was opened.
    Unlocked {
        file: [u8; 32],
        opened: Result<OpenKey, keystore::Error>,
    },
    Progress(usize),
    Finished(Result<Products, Error>),
    /// A thread panicked.
    BrokenOff,
}

/// The jobs of one ceremony; dropping them stops them, and what they still report is dropped with its secrets.
pub(super) struct Jobs {
    events: mpsc::UnboundedReceiver<Event>,
    report: mpsc::UnboundedSender<Event>,
    stop: Stop,
}

impl Jobs {
    pub(super) fn new() -> Self {
        let (report, events) = mpsc::unbounded_channel();
        Self {
            events,
            report,
            stop: Stop::default(),
        }
    }

    pub(super) async fn next(&mut self) -> Event {
        // We hold a sender ourselves: there is always a next one.
        self.events.recv().await.unwrap_or(Event::BrokenOff)
    }

    pub(super) fn search(&self, shared: &Arc<Shared>) {
        let (shared, stop) = (shared.clone(), self.stop.flag());
        self.run(move |_| Some(Event::Found(shared.search(&stop))));
    }

    pub(super) fn look_at(&self, path: PathBuf) {
        self.run(move |_| Some(Event::LookedAt(Found::at(&path))));
    }

    pub(super) fn preview(&self, plan: Arc<Plan>, document: u32) {
        self.run(move |_| {
            let shown = plan.documents.get(usize::try_from(document).ok()?)?;
            Some(Event::Preview {
                document,
                preview: shown.preview(),
            })
        });
    }

    pub(super) fn unlock(&self, path: PathBuf, password: Zeroizing<String>) {
        self.run(move |_| {
            let password = Password::new(password);
            Some(match KeyFile::read(&path) {
                Ok(file) => Event::Unlocked {
                    file: file.sha256(),
                    opened: file.open(&password),
                },
                Err(error) => Event::Unlocked {
                    file: [0; 32],
                    opened: Err(error),
                },
            })
        });
    }

    pub(super) fn sign(&self, plan: Arc<Plan>, key: OpenKey) {
        let stop = self.stop.flag();
        self.run(move |report| {
            let progress = |done| {
                // Nobody listens any more: the next look at `stop` ends it.
                let _ = report.send(Event::Progress(done));
            };
            sign::sign(&plan, &key, keys::now(), &stop, progress).map(Event::Finished)
        });
    }

    fn run(
        &self,
        job: impl FnOnce(&mpsc::UnboundedSender<Event>) -> Option<Event> + Send + 'static,
    ) {
        let (report, watch) = (self.report.clone(), self.report.clone());
        let thread = task::spawn_blocking(move || {
            if let Some(event) = job(&report) {
                // The ceremony may be over.
                let _ = report.send(event);
            }
        });
        task::spawn(async move {
            if thread.await.is_err() {
                let _ = watch.send(Event::BrokenOff);
            }
        });
    }
}
