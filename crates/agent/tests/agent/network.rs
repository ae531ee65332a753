//! The servers of the demo CA, without a network: revocation lists from the fixtures, silence, nothing at all.

use std::{
    fs,
    io::{Cursor, Read},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use pki::{Fetch, FetchError, FetchRequest};

/// Nobody is reached.
pub(crate) struct Offline;

impl Fetch for Offline {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        Err(FetchError::Offline)
    }
}

/// How the servers behave.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// The lists are there; nothing else is.
    Lists,
    /// Connections are refused.
    Refusing,
    /// Nothing comes until the time is up.
    Silent,
    /// A web page comes, whatever was asked for.
    WebPage,
}

/// Servers that the test rules.
pub(crate) struct Servers {
    mood: Mutex<Mood>,
    /// Requests so far.
    pub(crate) asked: AtomicUsize,
}

impl Servers {
    pub(crate) fn that_are(mood: Mood) -> Self {
        Self {
            mood: Mutex::new(mood),
            asked: AtomicUsize::new(0),
        }
    }

    pub(crate) fn become_(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

impl Fetch for Servers {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mood = *self.mood.lock().unwrap();
        let list = request.url.strip_prefix("http://127.0.0.1:17680/crl/");
        match (mood, list) {
            (Mood::Silent, _) => {
                thread::sleep(request.timeout.min(Duration::from_secs(30)));
                Err(FetchError::Timeout)
            }
            (Mood::WebPage, _) => Ok(Box::new(Cursor::new(
                b"<!doctype html><p>Log in to the Wi-Fi".to_vec(),
            ))),
            (Mood::Lists, Some(name)) => {
                let folder =
                    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures/ca");
                let bytes = fs::read(folder.join(name)).map_err(|_| FetchError::Status(404))?;
                Ok(Box::new(Cursor::new(bytes)))
            }
            (Mood::Lists | Mood::Refusing, _) => Err(FetchError::CannotConnect),
        }
    }
}
