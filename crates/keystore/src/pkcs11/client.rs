//! The worker of one module, seen from the agent: a child process, requests with deadlines.

use super::wire::{self, Reply, Request};
use crate::TokenError;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// The program that serves modules: this one, with a sub-command that people do not see.
#[derive(Debug, Clone)]
pub struct WorkerProgram {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments; the module's path is added to them. It must then call
    /// [`serve_module`](crate::serve_module).
    pub arguments: Vec<OsString>,
}

/// How long modules may take before their process is ended.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Loading, listing, tries left.
    pub listing: Duration,
    /// PINs and signatures.
    pub signing: Duration,
    /// PINs that are typed on the token or its reader.
    pub pin_pad: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            listing: Duration::from_secs(10),
            signing: Duration::from_secs(60),
            pin_pad: Duration::from_secs(90),
        }
    }
}

/// A running worker. Dropping it lets the process end in peace.
pub(super) struct Worker {
    /// Held for a whole question, so that answers do not mix.
    replies: Mutex<Receiver<Reply>>,
    input: Mutex<ChildStdin>,
    child: Arc<Mutex<Child>>,
    /// The process was ended, or ended.
    dead: AtomicBool,
    /// A token of it went away: for the next listing another process is started, because modules seldom recover.
    retired: AtomicBool,
}

impl Worker {
    /// Starts the process and has it load the module.
    pub(super) fn start(
        program: &WorkerProgram,
        module: &Path,
        deadline: Duration,
    ) -> Result<Arc<Self>, TokenError> {
        let mut child = Command::new(&program.program)
            .args(&program.arguments)
            .arg(module)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Modules write there what they like; nobody knows what stands in it.
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| TokenError::ModuleUnreachable)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(TokenError::ModuleUnreachable);
        };
        let child = Arc::new(Mutex::new(child));
        let worker = Arc::new(Self {
            replies: Mutex::new(replies(output, Arc::clone(&child))),
            input: Mutex::new(input),
            child,
            dead: AtomicBool::new(false),
            retired: AtomicBool::new(false),
        });
        let reply = worker.wait(&lock(&worker.replies), deadline)?;
        match reply {
            Reply::Ready => Ok(worker),
            Reply::Failed(error) => Err(error),
            _ => Err(TokenError::ModuleUnreachable),
        }
    }

    /// Asks, and waits for the answer; ends the process when none comes in time.
    pub(super) fn ask(
        &self,
        request: &Request,
        secrets: &[&[u8]],
        deadline: Duration,
    ) -> Result<Reply, TokenError> {
        let replies = lock(&self.replies);
        if self.is_dead() {
            return Err(TokenError::ModuleCrashed);
        }
        if wire::write(&mut *lock(&self.input), request, secrets).is_err() {
            self.end();
            return Err(TokenError::ModuleCrashed);
        }
        match self.wait(&replies, deadline)? {
            Reply::Failed(error) => {
                if error == TokenError::Removed {
                    self.retired.store(true, Ordering::Relaxed);
                }
                Err(error)
            }
            reply => Ok(reply),
        }
    }

    /// Says that a key is not needed any more, and waits for nothing: keys are dropped where nobody has time. The process
    /// reads also while its module works.
    pub(super) fn close(&self, key: u32) {
        if !self.is_dead() {
            let _ = wire::write(&mut *lock(&self.input), &Request::Close { key }, &[]);
        }
    }

    fn wait(&self, replies: &Receiver<Reply>, deadline: Duration) -> Result<Reply, TokenError> {
        match replies.recv_timeout(deadline) {
            Ok(reply) => Ok(reply),
            Err(RecvTimeoutError::Timeout) => {
                self.end();
                Err(TokenError::ModuleTimeout)
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.dead.store(true, Ordering::Relaxed);
                Err(TokenError::ModuleCrashed)
            }
        }
    }

    /// Ends the process at once. Whoever waits for it hears of a crash.
    pub(super) fn end(&self) {
        self.dead.store(true, Ordering::Relaxed);
        let _ = lock(&self.child).kill();
    }

    /// Whether another process must be started for this module.
    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    /// Whether a token went away while it was in use.
    pub(super) fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Relaxed)
    }

    /// The process's number, for tests and logs.
    pub(super) fn id(&self) -> u32 {
        lock(&self.child).id()
    }
}

/// Reads answers until the process ends, and then sees to it that nothing of it stays behind.
fn replies(mut output: ChildStdout, child: Arc<Mutex<Child>>) -> Receiver<Reply> {
    /// Longer than the worker gives its module to end.
    const PATIENCE: Duration = Duration::from_secs(4);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        while let Ok(Some((reply, _))) = wire::read(&mut output) {
            if sender.send(reply).is_err() {
                break;
            }
        }
        drop(sender);
        let begun = Instant::now();
        loop {
            let mut child = lock(&child);
            match child.try_wait() {
                Ok(None) if begun.elapsed() < PATIENCE => {}
                Ok(None) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return;
                }
                _ => return,
            }
            drop(child);
            thread::sleep(Duration::from_millis(20));
        }
    });
    receiver
}

/// A panic elsewhere does not make what is behind the lock wrong.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
