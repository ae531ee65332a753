mod errand;
mod reading;
mod streaming;

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use pki::Fetch;
use tokio::{sync::watch, task};
use tokio_util::sync::CancellationToken;
use window_messages::{Language, PasswordText, RequestId, SettingsView};

#[cfg(test)]
pub(crate) use self::reading::documents_of;
use self::{
    errand::Errand,
    reading::{Step, prepare},
};
pub use self::{reading::read_request, streaming::StreamedOutcome};
use crate::{
    caller::Caller,
    ceremony::End,
    certificates::{Certificates, How},
    connections::Connections,
    consent::Queue,
    error::Error,
    files::Picked,
    hex,
    home::Home,
    keys::{Finder, Found, Memory, Tries},
    limits::MESSAGE_BYTES,
    log,
    outcome::Outcome,
    protocol,
    reply::Reply,
    screen::Screen,
    settings::{NetworkChoice, SettingsFile},
    system_language,
    tokens::{Plugged, TokenConfig},
};

/// What an agent needs to know at its start.
pub struct Config {
    /// Folder of the agent's own files: settings and memory. Made when missing.
    pub data_dir: PathBuf,
    /// Folders to look for keys in; when there are any, neither the usual folders nor those of the settings are used.
    pub key_folders: Vec<PathBuf>,
    /// The window.
    pub screen: Arc<dyn Screen>,
    /// The way to the servers of certification authorities.
    pub fetch: Arc<dyn Fetch>,
    /// Takes the network over that the settings choose: called at the start and whenever they change.
    pub choose_network: Box<dyn Fn(NetworkChoice<'_>) + Send + Sync>,
    /// The way to tokens and cards; without it there are none.
    pub tokens: Option<TokenConfig>,
    /// Take test certificates of the national authority for real ones, whatever the settings say.
    pub trust_test_ca: bool,
}

/// The agent: answers requests, one window at a time.
pub struct Agent {
    shared: Arc<Shared>,
    queue: Queue,
    home: Arc<Home>,
    requests: AtomicU32,
    /// True while a search for keys runs that no window waits for.
    warming: Arc<AtomicBool>,
}

/// What ceremonies share with the agent.
pub(crate) struct Shared {
    pub(crate) screen: Arc<dyn Screen>,
    pub(crate) settings: SettingsFile,
    pub(crate) connections: Connections,
    pub(crate) picked: Picked,
    pub(crate) finder: Finder,
    pub(crate) plugged: Arc<Plugged>,
    pub(crate) memory: Memory,
    pub(crate) tries: Tries,
    pub(crate) certificates: Arc<Certificates>,
    /// Whether the HTTP interface for large documents is on.
    streaming: watch::Sender<bool>,
    choose_network: Box<dyn Fn(NetworkChoice<'_>) + Send + Sync>,
    trust_test_ca: bool,
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent").finish_non_exhaustive()
    }
}

impl Agent {
    /// Reads settings and memory.
    ///
    /// # Errors
    ///
    /// When the settings file is there but cannot be read or understood: it may forbid something.
    pub fn new(config: Config) -> Result<Arc<Self>, Error> {
        let settings = SettingsFile::load(&config.data_dir)?;
        (config.choose_network)(settings.get().network.choice());
        Ok(Arc::new(Self {
            shared: Arc::new(Shared {
                streaming: watch::Sender::new(settings.get().streaming),
                certificates: Arc::new(Certificates::new(&config.data_dir, config.fetch)),
                choose_network: config.choose_network,
                trust_test_ca: config.trust_test_ca,
                memory: Memory::load(&config.data_dir),
                screen: config.screen,
                connections: Connections::default(),
                picked: Picked::default(),
                finder: Finder::new(config.key_folders),
                plugged: Plugged::new(config.tokens, settings.get().module_choice()),
                tries: Tries::default(),
                settings,
            }),
            queue: Queue::new(),
            home: Arc::default(),
            requests: AtomicU32::new(1),
            warming: Arc::default(),
        }))
    }

    /// Whether the settings of this computer admit such a caller: for the handshake. [`Agent::answer`] refuses others
    /// too, in the words of the module that they ask.
    pub fn admits(&self, caller: &Caller) -> bool {
        self.shared
            .settings
            .get()
            .policy
            .admits(caller.origin.kind())
    }

    /// A page has connected: the window and the list of keys get ready for its request.
    ///
    /// Call it within a tokio runtime.
    pub fn page_connected(&self) {
        self.shared.screen.warm();
        self.shared.plugged.look();
        if !self.warming.swap(true, Ordering::Relaxed) {
            let (shared, warming) = (self.shared.clone(), self.warming.clone());
            task::spawn_blocking(move || {
                shared.certificates.refresh();
                shared.search(&AtomicBool::new(false));
                warming.store(false, Ordering::Relaxed);
            });
        }
    }

    /// Answers the text of one frame; none when there is nothing to answer, or nobody to answer to.
    ///
    /// `gone` is cancelled when the connection ends: the window is withdrawn then, and nothing is signed.
    /// Frames of one connection are to be handed over one after the other.
    pub async fn answer(
        &self,
        caller: &Caller,
        text: impl Into<String>,
        gone: CancellationToken,
    ) -> Option<Reply> {
        let text = text.into();
        let entry = log::Entry::begin(text.len());
        let (label, step) = prepare(text, self.shared.settings.modules()).await;
        let mut key = None;
        let (reply, outcome) = match step {
            Step::Ignore => (None, "ignored"),
            Step::Reply(reply) => (Some(reply), "answered"),
            Step::ChangeLanguage { language, reply } => {
                if let Some(language) = language {
                    self.shared
                        .connections
                        .page_speaks(caller.connection, language, &gone);
                }
                (reply.map(Reply::from), "answered")
            }
            Step::NotFound(missing) => {
                if let Some(missing) = missing.filter(|_| self.admits(caller)) {
                    let (shared, queue) = (self.shared.clone(), self.queue.clone());
                    self.home.notice(shared, queue, caller, missing);
                }
                (Some(protocol::MODULE_NOT_FOUND.into()), "not found")
            }
            Step::ShowSettings { reply } => {
                self.home.show_settings(self.shared.clone(), &self.queue);
                (Some(reply.into()), "answered")
            }
            Step::ListTokens(form) if self.admits(caller) => {
                let kinds = self.shared.plugged.kinds().await;
                (Some(form.render(&Ok(Outcome::Tokens(kinds)))), "answered")
            }
            Step::ListTokens(form) => (Some(form.render(&Err(Error::NotAdmitted))), "refused"),
            Step::Refuse(error, form) => (Some(form.render(&Err(error))), "refused"),
            Step::Ask(errand, form) => match self.ask(caller, errand, gone).await {
                Ok(End::Gone) => (None, "withdrawn"),
                Ok(End::Outcome(outcome)) => {
                    key = fingerprint(&outcome);
                    let word = if matches!(outcome, Outcome::Cancelled) {
                        "cancelled"
                    } else {
                        "done"
                    };
                    (Some(form.render(&Ok(outcome))), word)
                }
                Err(error) => {
                    let word = if matches!(error, Error::Busy) {
                        "busy"
                    } else {
                        "failed"
                    };
                    (Some(form.render(&Err(error))), word)
                }
            },
        };
        entry.end(
            &caller.origin,
            &label,
            outcome,
            key.as_deref(),
            reply.as_ref(),
        );
        reply
    }

    /// Answers a message that was longer than [`MESSAGE_BYTES`] and therefore not kept; `head` and `tail` are what is
    /// left of its beginning and its end, to tell whom it was for.
    pub fn refuse_too_long(&self, caller: &Caller, head: &[u8], tail: &[u8]) -> Reply {
        let entry = log::Entry::begin(MESSAGE_BYTES);
        let (label, reply) = protocol::refuse_too_long(head, tail, self.shared.settings.modules());
        entry.end(&caller.origin, &label, "too long", None, Some(&reply));
        reply
    }

    async fn ask(
        &self,
        caller: &Caller,
        errand: Errand,
        gone: CancellationToken,
    ) -> Result<End, Error> {
        if !self.admits(caller) {
            return Err(Error::NotAdmitted);
        }
        if let Some(kind) = errand.token_kind()
            && !self.shared.plugged.has_kind(kind).await
        {
            return Err(Error::TokenAbsent);
        }
        if let Errand::Plan(plan) = &errand {
            plan.check_digests(self.shared.settings.get().policy.sign_any_digest_length)?;
        }
        if let Errand::Plan(plan) = &errand
            && let Some(language) = plan.language
        {
            self.shared
                .connections
                .page_speaks(caller.connection, language, &gone);
        }
        let place = self.queue.enter(&caller.origin).ok_or(Error::Busy)?;
        let Some(_turn) = place.turn(&gone).await else {
            return Ok(End::Gone);
        };
        self.run(caller, errand, gone).await
    }

    fn next_request(&self) -> RequestId {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }
}

impl Shared {
    /// Looks for keys (blocking).
    pub(crate) fn search(&self, stop: &AtomicBool) -> Vec<Found> {
        self.finder
            .search(&self.settings.get(), self.memory.paths(), stop)
    }

    /// The language of this connection's window: what page or person chose, the settings', the system's.
    pub(crate) fn language(&self, connection: u64) -> Language {
        self.connections
            .language(connection)
            .unwrap_or_else(|| self.own_language())
    }

    /// The language of windows that no page asked for.
    pub(crate) fn own_language(&self) -> Language {
        let chosen = self.settings.get().language;
        chosen.or_else(system_language::read).unwrap_or_default()
    }

    pub(crate) fn save_language(&self, language: Language) {
        warn_if_not_saved(self.settings.save_language(language));
    }

    /// How certificates are checked now.
    pub(crate) fn how(&self) -> How {
        self.settings.get().how(self.trust_test_ca)
    }

    pub(crate) fn settings_view(&self) -> SettingsView {
        let settings = self.settings.get();
        let test_ca = settings.how(self.trust_test_ca).test_ca;
        settings.view(test_ca)
    }

    pub(crate) fn save_settings(
        &self,
        settings: SettingsView,
        proxy_password: Option<PasswordText>,
    ) {
        let remember = settings.remember_keys;
        let proxy_password = proxy_password.map(PasswordText::into_inner);
        warn_if_not_saved(self.settings.save(settings, proxy_password));
        let saved = self.settings.get();
        (self.choose_network)(saved.network.choice());
        self.streaming.send_if_modified(|streaming| {
            std::mem::replace(streaming, saved.streaming) != saved.streaming
        });
        self.plugged.choose_modules(saved.module_choice());
        self.certificates.forget();
        if !remember {
            self.memory.forget_keys();
        }
    }
}

fn warn_if_not_saved(saved: Result<(), Error>) {
    if let Err(error) = saved {
        tracing::warn!(%error, "the settings were not saved");
    }
}

/// The first 8 hexadecimal digits of the certificate's SHA-256, for the log.
fn fingerprint(outcome: &Outcome) -> Option<String> {
    let certificate = match outcome {
        Outcome::Cancelled | Outcome::Stamped(_) | Outcome::Chosen(_) | Outcome::Tokens(_) => {
            return None;
        }
        Outcome::Certificate(shown) => &shown.certificate,
        Outcome::Signed(signed) => &signed.certificate,
    };
    certificate.fingerprint_sha256().get(..4).map(hex::encode)
}
