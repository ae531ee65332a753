//! All modules of the person, and the tokens that they show.

use super::{
    PinState, TokenId,
    client::{Deadlines, Worker, WorkerProgram, lock},
    modules::processor_fits,
    store::TokenStore,
    wire::{ListedCertificate, ListedToken, Reply, Request},
};
use crate::{TokenError, TokenModel, pcsc::InsertedCard};
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, RwLock},
    thread,
    time::{Duration, Instant},
};

/// How long a module that hung is left alone: each attempt would cost the person the whole deadline again.
const REST_AFTER_TIMEOUT: Duration = Duration::from_secs(30);

/// The tokens of this computer, through the PKCS#11 modules of their makers. Each module runs in a process of its own.
///
/// Cheap to clone; all clones share the processes, which end with the last of them and of the keys opened through it.
#[derive(Clone)]
pub struct Tokens(Arc<Hub>);

/// What [`Tokens::list`] found.
pub struct Listing {
    /// The tokens, each a store of its own; the order is that of the modules.
    pub tokens: Vec<TokenStore>,
    /// Modules that did not answer, and why.
    pub troubles: Vec<(PathBuf, TokenError)>,
}

pub(super) struct Hub {
    program: WorkerProgram,
    deadlines: Deadlines,
    modules: RwLock<Vec<PathBuf>>,
    workers: Mutex<HashMap<PathBuf, Arc<Worker>>>,
    /// One start of a module at a time: two of its processes would fight over the token.
    starting: Mutex<HashMap<PathBuf, Arc<Mutex<()>>>>,
    resting: Mutex<HashMap<PathBuf, Instant>>,
    learned: Mutex<Learned>,
}

/// What showed only after a log-in.
#[derive(Default)]
pub(super) struct Learned {
    /// Certificates that hide before it.
    pub(super) hidden: HashMap<TokenId, Vec<ListedCertificate>>,
    /// Certificates (DER) whose private key is not on the token.
    pub(super) keyless: HashSet<(TokenId, Vec<u8>)>,
}

impl Tokens {
    /// The tokens that these modules (absolute paths, most trusted first) show. Starts nothing yet.
    #[must_use]
    pub fn new(program: WorkerProgram, modules: Vec<PathBuf>, deadlines: Deadlines) -> Self {
        Self(Arc::new(Hub {
            program,
            deadlines,
            modules: RwLock::new(modules),
            workers: Mutex::default(),
            starting: Mutex::default(),
            resting: Mutex::default(),
            learned: Mutex::default(),
        }))
    }

    /// Uses other modules from now on. Keys that are open stay open.
    pub fn set_modules(&self, modules: Vec<PathBuf>) {
        lock(&self.0.workers).retain(|path, _| modules.contains(path));
        *self
            .0
            .modules
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = modules;
    }

    /// Lists what is plugged in, all modules at once. Blocks up to the deadline for listing. Asks for no PIN.
    ///
    /// `cards` are the readers and cards that PC/SC sees, by which some models are told apart; may be empty.
    /// A token that two modules show is listed once, by the module that stands first, and one that a module shows in two
    /// slots as in the first of them: a PIN goes to the first one of that name.
    #[must_use]
    pub fn list(&self, cards: &[InsertedCard]) -> Listing {
        let modules = self
            .0
            .modules
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone();
        let answers: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = modules
                .iter()
                .map(|module| scope.spawn(|| self.0.list(module)))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or(Err(TokenError::ModuleUnreachable)))
                .collect()
        });
        let mut listing = Listing {
            tokens: Vec::new(),
            troubles: Vec::new(),
        };
        let (mut elsewhere, mut names) = (HashSet::new(), HashSet::new());
        for (module, answer) in modules.into_iter().zip(answers) {
            match answer {
                Err(error) => listing.troubles.push((module, error)),
                Ok(tokens) => {
                    let tokens: Vec<_> = tokens
                        .into_iter()
                        .filter(|token| !marks(token).any(|mark| elsewhere.contains(&mark)))
                        .filter(|token| names.insert(token.id.clone()))
                        .collect();
                    elsewhere.extend(tokens.iter().flat_map(marks));
                    listing.tokens.extend(tokens.into_iter().map(|token| {
                        let model = TokenModel::recognise(&token.id, &token.reader, cards);
                        TokenStore::new(self.clone(), module.clone(), token, model)
                    }));
                }
            }
        }
        listing
    }

    /// Whether a token has come or gone since this was asked last, or tokens were listed, as far as running modules can
    /// tell.
    ///
    /// For tokens without PC/SC; with it, a [`ReaderWatch`](crate::pcsc::ReaderWatch) tells without being asked.
    #[must_use]
    pub fn changed(&self) -> bool {
        let workers: Vec<_> = lock(&self.0.workers).values().cloned().collect();
        workers
            .iter()
            // One that broke off is started again when something is looked for, not for this.
            .filter(|worker| !worker.is_dead())
            .filter(|worker| {
                let answer = worker.ask(&Request::Changed, &[], self.0.deadlines.listing);
                !matches!(answer, Ok(Reply::Changed(false)))
            })
            .count()
            > 0
    }

    /// Ends every module's process at once: whoever waits for one hears of a crash. For a person who does not want to wait
    /// for a PIN pad, and for the program's end.
    pub fn end(&self) {
        for (_, worker) in lock(&self.0.workers).drain() {
            worker.end();
        }
    }

    /// The numbers of the modules' processes.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        lock(&self.0.workers)
            .values()
            .map(|worker| worker.id())
            .collect()
    }

    pub(super) fn hub(&self) -> &Hub {
        &self.0
    }
}

impl Hub {
    pub(super) fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// How long a question with a PIN may take.
    pub(super) fn pin_deadline(&self, pin: &PinState) -> Duration {
        if pin.pin_pad {
            self.deadlines.pin_pad
        } else {
            self.deadlines.signing
        }
    }

    pub(super) fn learned(&self) -> std::sync::MutexGuard<'_, Learned> {
        lock(&self.learned)
    }

    /// The tokens of one module.
    pub(super) fn list(&self, module: &Path) -> Result<Vec<ListedToken>, TokenError> {
        let worker = self.worker(module, true)?;
        match worker.ask(&Request::List, &[], self.deadlines.listing) {
            Ok(Reply::Tokens(tokens)) => Ok(tokens),
            Ok(_) => Err(TokenError::ModuleUnreachable),
            Err(error) => {
                self.note(module, error);
                Err(error)
            }
        }
    }

    /// The running worker of a module, or another one. For listings, not one whose token went away.
    pub(super) fn worker(&self, module: &Path, fresh: bool) -> Result<Arc<Worker>, TokenError> {
        let starting = Arc::clone(lock(&self.starting).entry(module.to_owned()).or_default());
        let _one_at_a_time = lock(&starting);
        let resting = lock(&self.resting).get(module).copied();
        if resting.is_some_and(|since| since.elapsed() < REST_AFTER_TIMEOUT) {
            return Err(TokenError::ModuleTimeout);
        }
        let known = lock(&self.workers).get(module).cloned();
        if let Some(worker) = known
            && !worker.is_dead()
            && !(fresh && worker.is_retired())
        {
            return Ok(worker);
        }
        processor_fits(module)?;
        let started = Worker::start(&self.program, module, self.deadlines.listing);
        match started {
            Ok(worker) => {
                lock(&self.workers).insert(module.to_owned(), Arc::clone(&worker));
                Ok(worker)
            }
            Err(error) => {
                lock(&self.workers).remove(module);
                self.note(module, error);
                Err(error)
            }
        }
    }

    fn note(&self, module: &Path, error: TokenError) {
        if error == TokenError::ModuleTimeout {
            lock(&self.resting).insert(module.to_owned(), Instant::now());
        }
    }
}

/// What is the same when two modules show one token: maker and serial number, or a certificate.
fn marks(token: &ListedToken) -> impl Iterator<Item = Vec<u8>> {
    let TokenId {
        manufacturer,
        serial,
        ..
    } = &token.id;
    let name = (!serial.is_empty()).then(|| format!("{manufacturer}\0{serial}").into_bytes());
    let certificates = token.certificates.iter().map(|listed| listed.der.clone());
    name.into_iter().chain(certificates)
}
