//! Work that would hold up the window: it runs on threads of its own and reports by events.

use std::{
    cell::Cell,
    collections::VecDeque,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use keystore::{KeyFile, OpenKey, Password, PinState, Store as _, Unlock};
use pki::FetchError;
use signing::{
    cms::Message,
    timestamp::{TimestampAuthority, TimestampError},
};
use tokio::{
    sync::{mpsc, watch},
    task,
};
use window_messages::{NoTimeStamp, Preview};
use zeroize::Zeroizing;

use crate::{
    agent::Shared,
    certificates::Verdict,
    error::Error,
    keys::{self, Found, Stop, TokenKey},
    outcome::Products,
    plan::Plan,
    sign,
};

use super::token_signer::{Pin, TokenEnd, TokenSigner};

/// How long a time-stamping authority may take for one signature.
const STAMP_LIMIT: Duration = Duration::from_secs(10);

/// Progress is told after so long, and then as often: a window has better things to do than to count to ten thousand.
const PROGRESS_FROM: Duration = Duration::from_millis(300);
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Something has been done.
pub(super) enum Event {
    Found(Vec<Found>),
    LookedAt(Found),
    Preview {
        document: u32,
        preview: Preview,
    },
    Unlocked {
        /// SHA-256 of the file as it was opened; none for a token.
        file: Option<[u8; 32]>,
        /// What the token told of its PIN after it refused.
        pin: Option<PinState>,
        opened: Result<OpenKey, keystore::Error>,
    },
    /// The token wants its PIN for another document.
    PinWanted {
        document: usize,
        wrong: bool,
        pin: PinState,
    },
    /// The token did not sign, and nothing was signed.
    TokenFailed {
        error: keystore::Error,
        pin: Option<PinState>,
    },
    /// The person did not give the PIN for another document, and nothing was signed.
    Declined,
    /// More is known of the certificate with this SHA-256.
    Verdict {
        certificate: [u8; 32],
        verdict: Verdict,
    },
    Progress(usize),
    Finished(Result<Products, Error>),
    /// `rest`: CMS that have no time stamp, because of the failure.
    Stamped {
        stamped: Vec<Message>,
        rest: Vec<Message>,
        failure: Option<Failure>,
    },
    /// A thread panicked.
    BrokenOff,
}

/// Why there is no time stamp.
pub(super) enum Failure {
    /// It may come at another try.
    NoTimeStamp(NoTimeStamp),
    /// It never will.
    Error(Error),
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

    pub(super) fn unlock_file(&self, path: PathBuf, password: Zeroizing<String>) {
        self.run(move |_| {
            let password = Password::new(password);
            let (file, opened) = match KeyFile::read(&path) {
                Ok(file) => (Some(file.sha256()), file.open(&password)),
                Err(error) => (None, Err(error)),
            };
            Some(Event::Unlocked {
                file,
                pin: None,
                opened,
            })
        });
    }

    /// Without a PIN it is typed on the token.
    pub(super) fn unlock_token(
        &self,
        token: TokenKey,
        pin: Option<Zeroizing<String>>,
        last_try_agreed: bool,
    ) {
        self.run(move |_| {
            let password = pin.map(Password::new);
            let how = Unlock {
                password: password.as_ref(),
                last_try_agreed,
            };
            let opened = token.store.unlock_as(&token.entry, how);
            let pin = match &opened {
                Ok(_) => None,
                Err(_) => token.store.pin_now().ok(),
            };
            Some(Event::Unlocked {
                file: None,
                pin,
                opened,
            })
        });
    }

    /// Reports what is found out about a certificate until that is settled.
    pub(super) fn follow(&self, certificate: [u8; 32], mut verdict: watch::Receiver<Verdict>) {
        let report = self.report.clone();
        task::spawn(async move {
            loop {
                // A check that breaks off leaves no answer.
                let ended = verdict.changed().await.is_err();
                let verdict = verdict.borrow_and_update().clone();
                let settled = verdict.is_settled();
                let verdict = if ended { verdict.given_up() } else { verdict };
                let event = Event::Verdict {
                    certificate,
                    verdict,
                };
                if report.send(event).is_err() || settled || ended {
                    return;
                }
            }
        });
    }

    /// `token`: the one that signs, and where PINs for further documents come from.
    pub(super) fn sign(
        &self,
        plan: Arc<Plan>,
        key: OpenKey,
        token: Option<(TokenKey, mpsc::UnboundedReceiver<Pin>)>,
    ) {
        let stop = self.stop.flag();
        self.run(move |report| {
            let last = Cell::new(Instant::now() + PROGRESS_FROM - PROGRESS_EVERY);
            let progress = |done| {
                if last.get().elapsed() < PROGRESS_EVERY {
                    return;
                }
                last.set(Instant::now());
                // Nobody listens any more: the next look at `stop` ends it.
                let _ = report.send(Event::Progress(done));
            };
            let Some((token, pins)) = token else {
                return sign::sign(&plan, &key, keys::now(), &stop, progress).map(Event::Finished);
            };
            let signer = TokenSigner::new(&key, &token, pins, report);
            let signed = sign::sign(&plan, &signer, keys::now(), &stop, progress)?;
            Some(match (signed, signer.end()) {
                (Err(_), TokenEnd::Failed(error)) => Event::TokenFailed {
                    error,
                    pin: token.store.pin_now().ok(),
                },
                (Err(_), TokenEnd::Declined) => Event::Declined,
                (signed, _) => Event::Finished(signed),
            })
        });
    }

    /// Has time stamps put on the rest, in order; stops at the first that does not come. `last_only`: on the last signature
    /// of each only.
    pub(super) fn stamp(
        &self,
        shared: &Arc<Shared>,
        mut stamped: Vec<Message>,
        rest: Vec<Message>,
        last_only: bool,
    ) {
        let (shared, stop) = (shared.clone(), self.stop.flag());
        self.run(move |report| {
            let settings = shared.settings.get();
            let trust = shared.certificates.trust(&shared.how());
            let mut rest = VecDeque::from(rest);
            let mut failure = None;
            while let Some(message) = rest.pop_front() {
                if stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return None;
                }
                let authority = TimestampAuthority {
                    fetch: shared.certificates.fetch(),
                    url: settings.services.tsa_url(),
                    anchors: trust.anchors(),
                    at: keys::now(),
                    timeout: STAMP_LIMIT,
                };
                let mut cms = message.into_vec();
                let added = if last_only {
                    signing::cms::add_last_timestamp(&mut cms, &authority)
                } else {
                    signing::cms::add_timestamps(&mut cms, &authority)
                };
                match added {
                    Ok(()) => {
                        stamped.push(cms.into());
                        let _ = report.send(Event::Progress(stamped.len()));
                    }
                    Err(error) => {
                        tracing::warn!(reason = kind(&error), "no time stamp");
                        rest.push_front(cms.into());
                        failure = Some(failure_of(error));
                        break;
                    }
                }
            }
            Some(Event::Stamped {
                stamped,
                rest: rest.into(),
                failure,
            })
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

fn failure_of(error: TimestampError) -> Failure {
    Failure::NoTimeStamp(match error {
        TimestampError::Signature(error) => return Failure::Error(error.into()),
        TimestampError::UnknownSignature | TimestampError::NoRandomness => {
            return Failure::Error(Error::NoTimeStamp(kind(&error)));
        }
        TimestampError::Fetch(FetchError::Offline) => NoTimeStamp::Offline,
        TimestampError::Fetch(_) => NoTimeStamp::NoAnswer,
        TimestampError::Rejected { .. } => NoTimeStamp::Refused,
        TimestampError::Clock { .. } => NoTimeStamp::Clock,
        _ => NoTimeStamp::BadAnswer,
    })
}

/// What went wrong, without any name or address: for the log and for pages.
fn kind(error: &TimestampError) -> &'static str {
    match error {
        TimestampError::Signature(_) => "the signature cannot be read",
        TimestampError::UnknownSignature => "a signature is of an unknown kind",
        TimestampError::NoRandomness => "there are no random numbers",
        TimestampError::Fetch(error) => fetch_kind(error),
        TimestampError::Rejected { .. } => "the authority refused",
        TimestampError::Clock { .. } => "the clocks differ",
        _ => "the answer is not valid",
    }
}

fn fetch_kind(error: &FetchError) -> &'static str {
    match error {
        FetchError::Offline => "working offline",
        FetchError::Timeout => "no answer in time",
        FetchError::Status(_) => "an error instead of an answer",
        _ => "no answer",
    }
}
