//! Tokens and cards: what is plugged in, kept true by events while somebody may look.

mod desk;
mod present;
mod view;

use std::{
    ffi::OsString,
    fmt,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use keystore::{
    Deadlines, ModulePlaces, TokenError, TokenStore, Tokens, WorkerProgram, find_modules,
    pcsc::{ReaderWatch, Snapshot},
};
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    task, time,
};

pub(crate) use self::{
    desk::PinDesk,
    present::Kinds,
    view::{pin, problem, readers, token},
};

/// Modules and readers are let go when nobody has looked for so long: a maker's library may be large, and the service for
/// readers ends when nobody needs it.
const REST: Duration = Duration::from_secs(60);

/// How long a listing waits for the first word of readers.
const FIRST_WORD: Duration = Duration::from_millis(300);

/// How the agent reaches tokens.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// `program` with `arguments` and the path of a module calls
    /// [`serve_token_module`](crate::commands::serve_token_module).
    pub program: PathBuf,
    /// See `program`.
    pub arguments: Vec<OsString>,
    /// Modules (absolute paths) to use; when there are any, neither the usual ones nor those of the settings are used.
    pub modules: Vec<PathBuf>,
}

/// Which modules the person wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ModuleChoice {
    pub(crate) chosen: Vec<PathBuf>,
    /// Those of known makers and those that the system lists, too.
    pub(crate) usual: bool,
}

/// The tokens that are plugged in.
pub(crate) struct Plugged {
    reach: Option<Reach>,
    now: watch::Sender<Now>,
    listing: Mutex<Listing>,
    /// What is in the readers has been told: for threads, and for tasks.
    told: Condvar,
    heard: Notify,
    watch: Mutex<Option<ReaderWatch>>,
    /// Who looks now, and who did last.
    lookers: AtomicUsize,
    last_look: Mutex<Instant>,
    resting: Mutex<bool>,
    glancing: AtomicBool,
}

struct Reach {
    tokens: Tokens,
    fixed: Vec<PathBuf>,
    choice: Mutex<ModuleChoice>,
}

/// What is plugged in at one moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Now {
    pub(crate) stores: Arc<[Arc<TokenStore>]>,
    pub(crate) troubles: Arc<[(PathBuf, TokenError)]>,
    pub(crate) readers: Arc<Snapshot>,
    /// True while modules are being asked; something else may follow.
    pub(crate) searching: bool,
}

#[derive(Default)]
struct Listing {
    runs: bool,
    /// Something has happened since it began.
    again: bool,
    /// The last one ended, and events have been watched since.
    done: bool,
    /// What is in the readers now, as soon as that has been told.
    seen: Option<Snapshot>,
    /// It waits for that.
    waits: bool,
    /// What was in the readers when the last one began.
    used: Option<Snapshot>,
}

/// As long as it lives, events are watched and modules stay loaded.
pub(crate) struct Look(Arc<Plugged>);

impl fmt::Debug for Plugged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugged").finish_non_exhaustive()
    }
}

impl Plugged {
    /// Without a configuration there are never any tokens.
    pub(crate) fn new(config: Option<TokenConfig>, choice: ModuleChoice) -> Arc<Self> {
        let reach = config.map(|config| Reach {
            tokens: Tokens::new(
                WorkerProgram {
                    program: config.program,
                    arguments: config.arguments,
                },
                Vec::new(),
                Deadlines::default(),
            ),
            fixed: config.modules,
            choice: Mutex::new(choice),
        });
        Arc::new(Self {
            reach,
            now: watch::Sender::default(),
            listing: Mutex::default(),
            told: Condvar::new(),
            heard: Notify::new(),
            watch: Mutex::default(),
            lookers: AtomicUsize::default(),
            last_look: Mutex::new(Instant::now()),
            resting: Mutex::new(true),
            glancing: AtomicBool::default(),
        })
    }

    /// Has everything looked for unless it is known already, and watches for changes until the look is dropped, and a
    /// while longer. Call it within a tokio runtime.
    pub(crate) fn look(self: &Arc<Self>) -> Look {
        self.lookers.fetch_add(1, Ordering::SeqCst);
        let look = Look(self.clone());
        if self.reach.is_none() {
            return look;
        }
        {
            // Held first, as in `rested`: what is let go is let go before anybody looks again.
            let mut watching = lock(&self.watch);
            if watching.is_none() {
                let plugged = Arc::downgrade(self);
                *watching = Some(ReaderWatch::start(move |readers| {
                    if let Some(plugged) = plugged.upgrade() {
                        plugged.changed(readers);
                    }
                }));
            }
        }
        if !lock(&self.listing).done {
            self.refresh();
        }
        self.rest_some_day();
        look
    }

    /// What is plugged in, now and whenever that changes.
    pub(crate) fn follow(&self) -> watch::Receiver<Now> {
        self.now.subscribe()
    }

    pub(crate) fn now(&self) -> Now {
        self.now.borrow().clone()
    }

    /// Uses other modules from now on; they are asked at once only if somebody looked lately.
    pub(crate) fn choose_modules(self: &Arc<Self>, choice: ModuleChoice) {
        let Some(reach) = &self.reach else { return };
        let changed = {
            let mut chosen = lock(&reach.choice);
            std::mem::replace(&mut *chosen, choice.clone()) != choice
        };
        if changed && !*lock(&self.resting) {
            self.refresh();
        }
    }

    /// Asks the modules again, in the background.
    pub(crate) fn refresh(self: &Arc<Self>) {
        if self.reach.is_none() {
            return;
        }
        {
            let mut listing = lock(&self.listing);
            if listing.runs {
                listing.again = true;
                return;
            }
            listing.runs = true;
        }
        self.now
            .send_if_modified(|now| !std::mem::replace(&mut now.searching, true));
        let plugged = self.clone();
        let listing = thread::Builder::new().spawn(move || while plugged.list() {});
        if listing.is_err() {
            lock(&self.listing).runs = false;
            self.now.send_modify(|now| now.searching = false);
        }
    }

    /// Has the modules asked whether something came or went that readers do not tell of. Call it within a tokio runtime.
    pub(crate) fn glance(self: &Arc<Self>) {
        let Some(reach) = &self.reach else { return };
        if self.glancing.swap(true, Ordering::SeqCst) {
            return;
        }
        let (plugged, tokens) = (self.clone(), reach.tokens.clone());
        task::spawn_blocking(move || {
            if tokens.changed() {
                plugged.refresh();
            }
            plugged.glancing.store(false, Ordering::SeqCst);
        });
    }

    /// Ends every module at once: the person does not want to wait for a PIN pad. Keys that are open are lost.
    pub(crate) fn end_modules(self: &Arc<Self>) {
        if let Some(reach) = &self.reach {
            reach.tokens.end();
            // A listing that ran was ended, too.
            self.refresh();
        }
    }

    /// Readers have changed, or are told of for the first time.
    fn changed(self: &Arc<Self>, readers: &Snapshot) {
        let news = {
            let mut listing = lock(&self.listing);
            listing.seen = Some(readers.clone());
            self.told.notify_all();
            self.heard.notify_waiters();
            !listing.waits && listing.used.as_ref() != Some(readers)
        };
        if news {
            self.refresh();
        }
    }

    /// What is in the readers; waits a moment for the first word of them, and not for a service that hangs.
    fn readers(&self) -> Snapshot {
        let mut listing = lock(&self.listing);
        if listing.seen.is_none() {
            listing.waits = true;
            let unknown = |listing: &mut Listing| listing.seen.is_none();
            listing = self
                .told
                .wait_timeout_while(listing, FIRST_WORD, unknown)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            listing.waits = false;
        }
        let seen = listing.seen.clone();
        listing.used.clone_from(&seen);
        seen.unwrap_or_default()
    }

    /// One listing (blocking). True when another one is needed.
    fn list(&self) -> bool {
        let Some(reach) = &self.reach else {
            return false;
        };
        reach.tokens.set_modules(reach.modules());
        let readers = self.readers();
        let found = reach.tokens.list(&readers.cards());
        for (module, error) in &found.troubles {
            tracing::warn!(module = %module.display(), %error, "a token module did not answer");
        }
        let mut listing = lock(&self.listing);
        let again = std::mem::take(&mut listing.again);
        listing.runs = again;
        listing.done = true;
        self.now.send_replace(Now {
            stores: found.tokens.into_iter().map(Arc::new).collect(),
            troubles: found.troubles.into(),
            readers: Arc::new(readers),
            searching: again,
        });
        again
    }

    /// Sees to it that modules and readers are let go some time after the last look.
    fn rest_some_day(self: &Arc<Self>) {
        *lock(&self.last_look) = Instant::now();
        if !std::mem::replace(&mut *lock(&self.resting), false) {
            return;
        }
        let plugged = Arc::downgrade(self);
        Handle::current().spawn(async move {
            loop {
                time::sleep(REST).await;
                match plugged.upgrade() {
                    Some(plugged) if !plugged.rested() => {}
                    _ => return,
                }
            }
        });
    }

    /// Lets go if nobody looks. True when it did.
    fn rested(&self) -> bool {
        let mut watch = lock(&self.watch);
        let mut resting = lock(&self.resting);
        let looked = lock(&self.last_look).elapsed() < REST;
        let mut listing = lock(&self.listing);
        if looked || listing.runs || self.lookers.load(Ordering::SeqCst) > 0 {
            return false;
        }
        *resting = true;
        *listing = Listing::default();
        self.now.send_replace(Now::default());
        if let Some(reach) = &self.reach {
            reach.tokens.end();
        }
        // The end of its thread may take a moment.
        let watch = watch.take();
        thread::spawn(move || drop(watch));
        true
    }
}

impl Reach {
    fn modules(&self) -> Vec<PathBuf> {
        if !self.fixed.is_empty() {
            return self.fixed.clone();
        }
        let choice = lock(&self.choice).clone();
        let places = if choice.usual {
            ModulePlaces::usual()
        } else {
            ModulePlaces::default()
        };
        find_modules(&choice.chosen, &places)
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        self.0.lookers.fetch_sub(1, Ordering::SeqCst);
        *lock(&self.0.last_look) = Instant::now();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_that_are_chosen_while_nobody_looks_are_not_started() {
        let config = TokenConfig {
            program: "no/such/program".into(),
            arguments: Vec::new(),
            modules: Vec::new(),
        };
        let plugged = Plugged::new(Some(config), ModuleChoice::default());
        plugged.choose_modules(ModuleChoice {
            chosen: vec!["/no/such/module.so".into()],
            usual: false,
        });
        assert!(!lock(&plugged.listing).runs && !plugged.now().searching);
        assert!(plugged.now().troubles.is_empty());
    }
}
