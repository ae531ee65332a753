use super::{
    ServiceState, Snapshot,
    service::{reader, service_state, states_of},
};
use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, Scope, State};
use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// While the service does not run there is nothing to wait on, so it is looked for now and then.
const SERVICE_RETRY: Duration = Duration::from_secs(2);

/// How long the end of a watch waits for its thread.
const PATIENCE: Duration = Duration::from_secs(1);

/// Watches readers and cards until it is dropped. One thread, which sleeps in PC/SC until something happens.
pub struct ReaderWatch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<Watching>,
    woken: Condvar,
}

#[derive(Default)]
struct Watching {
    stop: bool,
    context: Option<Context>,
}

impl ReaderWatch {
    /// Calls `changed` with what is there now, and again whenever that has changed: a reader or a card came or went, the
    /// service ended or is back. `changed` runs on the watch's own thread.
    #[must_use]
    pub fn start(mut changed: impl FnMut(&Snapshot) + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let watched = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            let mut last = None;
            let mut tell = |snapshot: Snapshot| {
                if last.as_ref() != Some(&snapshot) {
                    changed(&snapshot);
                    last = Some(snapshot);
                }
            };
            while !watched.stopped() {
                if let Err(error) = follow(&watched, &mut tell)
                    && !watched.stopped()
                {
                    tell(Snapshot {
                        service: service_state(error),
                        readers: Vec::new(),
                    });
                    watched.pause(SERVICE_RETRY);
                }
            }
        });
        Self {
            shared,
            thread: Some(thread),
        }
    }
}

impl Drop for ReaderWatch {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        self.shared.woken.notify_all();
        let Some(thread) = self.thread.take() else {
            return;
        };
        // The one that is called may be the last that needs the watch: the thread ends after the call.
        if thread.thread().id() == thread::current().id() {
            return;
        }
        let begun = Instant::now();
        // The thread may be on its way into the wait that this is to end: then the next one does.
        while !thread.is_finished() {
            // Nothing ends a call to a service that hangs: the thread ends by itself once that answers.
            if begun.elapsed() > PATIENCE {
                return;
            }
            let context = self.shared.lock().context.clone();
            if let Some(context) = context {
                let _ = context.cancel();
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = thread.join();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Watching> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.lock().stop
    }

    /// Sleeps, unless the watch is to end.
    fn pause(&self, time: Duration) {
        let state = self.lock();
        let _ = self
            .woken
            .wait_timeout_while(state, time, |state| !state.stop);
    }
}

/// Follows one run of the service, until that ends or the watch does.
fn follow(shared: &Shared, tell: &mut impl FnMut(Snapshot)) -> Result<(), Error> {
    let context = Context::establish(Scope::User)?;
    shared.lock().context = Some(context.clone());
    let result = events(&context, shared, tell);
    shared.lock().context = None;
    result
}

fn events(
    context: &Context,
    shared: &Shared,
    tell: &mut impl FnMut(Snapshot),
) -> Result<(), Error> {
    let mut known = Vec::new();
    while !shared.stopped() {
        let mut states = states_of(context, known)?;
        if !states.is_empty() {
            match context.get_status_change(Duration::ZERO, &mut states) {
                Ok(()) | Err(Error::Timeout) => {}
                // A reader went between the two calls.
                Err(Error::UnknownReader) => {
                    known = Vec::new();
                    continue;
                }
                Err(error) => return Err(error),
            }
        }
        tell(Snapshot {
            service: ServiceState::Running,
            readers: states.iter().filter_map(reader).collect(),
        });
        for state in &mut states {
            state.sync_current_state();
        }
        if HAS_NOTIFICATION {
            states.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
        }
        let outcome = if states.is_empty() {
            // No reader and no notification: nothing to wait on.
            shared.pause(WAIT);
            Ok(())
        } else {
            context.get_status_change(WAIT, &mut states)
        };
        match outcome {
            Ok(()) | Err(Error::Timeout | Error::Cancelled | Error::UnknownReader) => {}
            Err(error) => return Err(error),
        }
        states.retain(|state| state.name() != PNP_NOTIFICATION());
        known = states;
    }
    Ok(())
}

/// Apple's PC/SC has no notification about readers.
const HAS_NOTIFICATION: bool = cfg!(not(target_os = "macos"));

/// How long one wait lasts: events end it at once. Without the notification new readers are looked for.
const WAIT: Duration = if HAS_NOTIFICATION {
    Duration::from_secs(3600)
} else {
    Duration::from_secs(1)
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_watch_may_be_dropped_by_the_one_that_it_calls() {
        let place = Arc::new(Mutex::new(None));
        let (done, is_done) = mpsc::channel();
        {
            let mut watch = place.lock().unwrap();
            let own = place.clone();
            *watch = Some(ReaderWatch::start(move |_| {
                drop(own.lock().unwrap().take());
                let _ = done.send(());
            }));
        }
        is_done.recv_timeout(Duration::from_secs(20)).unwrap();
    }
}
