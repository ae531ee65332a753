//! The window's program as a child process: started when a page connects, spoken to in JSON lines, ended when idle.

mod child;
mod lines;
mod program;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use agent::{Screen, ScreenLink};
use tokio::process::Child;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use program::WindowProgram;

use child::{Ending, Visit};

/// Messages on their way in one direction.
const QUEUE: usize = 16;

/// Shows requests in a window program of its own.
#[derive(Clone)]
pub(crate) struct ChildScreen(Arc<Inner>);

struct Inner {
    program: WindowProgram,
    /// After so long without a conversation the window is ended.
    idle: Duration,
    runtime: Handle,
    running: Mutex<Option<Running>>,
    leave: CancellationToken,
    tasks: TaskTracker,
    starts: AtomicU64,
}

/// The window that runs now.
struct Running {
    number: u64,
    visits: mpsc::UnboundedSender<Visit>,
    knocks: mpsc::Sender<()>,
}

impl ChildScreen {
    /// Must be called inside the runtime that is to watch the child.
    pub(crate) fn new(program: WindowProgram, idle: Duration) -> Self {
        Self(Arc::new(Inner {
            program,
            idle,
            runtime: Handle::current(),
            running: Mutex::new(None),
            leave: CancellationToken::new(),
            tasks: TaskTracker::new(),
            starts: AtomicU64::new(0),
        }))
    }

    /// Ends the window and waits for it.
    pub(crate) async fn close(&self) {
        self.0.leave.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }
}

impl Screen for ChildScreen {
    fn open(&self) -> io::Result<ScreenLink> {
        let (to, shown) = mpsc::channel(QUEUE);
        let (person, from) = mpsc::channel(QUEUE);
        self.0.visit(Visit { shown, person })?;
        Ok(ScreenLink { to, from })
    }

    fn warm(&self) {
        let mut running = self
            .0
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.as_ref() {
            // A full queue has a knock in it already.
            running.knocks.try_send(()).ok();
        } else if let Err(error) = self.0.start(&mut running) {
            tracing::warn!(window = %self.0.program, %error, "the window does not start");
        }
    }
}

impl Inner {
    /// Hands a conversation to the running window, starting one if there is none.
    fn visit(self: &Arc<Self>, mut visit: Visit) -> io::Result<()> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = running.as_ref() {
            match window.visits.send(visit) {
                Ok(()) => return Ok(()),
                Err(refused) => visit = refused.0,
            }
        }
        self.start(&mut running)?;
        let started = running.as_ref().ok_or(io::ErrorKind::NotFound)?;
        started
            .visits
            .send(visit)
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }

    fn start(self: &Arc<Self>, running: &mut Option<Running>) -> io::Result<()> {
        if self.leave.is_cancelled() {
            return Err(io::Error::new(
                io::ErrorKind::Interrupted,
                "the agent is closing",
            ));
        }
        let child = {
            let _inside = self.runtime.enter();
            self.program.command().spawn()?
        };
        tracing::debug!(window = %self.program, process = child.id(), "the window starts");
        let number = self.starts.fetch_add(1, Ordering::Relaxed);
        let (visits, visitors) = mpsc::unbounded_channel();
        let (knocks, knocked) = mpsc::channel(1);
        *running = Some(Running {
            number,
            visits,
            knocks,
        });
        let inner = Arc::clone(self);
        self.tasks.spawn_on(
            async move { inner.attend(number, child, visitors, knocked).await },
            &self.runtime,
        );
        Ok(())
    }

    /// Serves one child to its end; conversations that it never began go to a successor.
    async fn attend(
        self: Arc<Self>,
        number: u64,
        mut child: Child,
        mut visitors: mpsc::UnboundedReceiver<Visit>,
        mut knocks: mpsc::Receiver<()>,
    ) {
        let process = child.id();
        // Decided under the lock: a request that comes now either finds this window or starts another.
        let retire = |visitors: &mpsc::UnboundedReceiver<Visit>| {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            if !visitors.is_empty() {
                return false;
            }
            running.take_if(|window| window.number == number);
            true
        };
        let ending = child::attend(
            &mut child,
            &mut visitors,
            &mut knocks,
            self.idle,
            &self.leave,
            retire,
        )
        .await;
        {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.take_if(|window| window.number == number);
        }
        match &ending {
            Ending::Idle => tracing::debug!(process, "the window is not needed now"),
            Ending::Leaving => tracing::debug!(process, "the window closes with the agent"),
            Ending::Lost(reason) => {
                tracing::warn!(process, %reason, "the window was lost; what it showed is withdrawn")
            }
        }
        child::end(child, matches!(ending, Ending::Lost(_))).await;
        visitors.close();
        while let Ok(visit) = visitors.try_recv() {
            if let Err(error) = self.visit(visit) {
                tracing::warn!(%error, "the window does not start again");
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
