use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use crate::caller::{Caller, Origin};

/// The files that a person picked in the chooser, by the connection that asked for it; forgotten with the connection.
#[derive(Debug, Default)]
pub(crate) struct Picked(Mutex<HashMap<u64, Connection>>);

#[derive(Debug)]
struct Connection {
    origin: Origin,
    files: HashSet<PathBuf>,
    gone: CancellationToken,
}

/// Picks that one connection can have; who picks more is asked again about the first.
const FILES: usize = 1000;

impl Picked {
    /// The person picked this very file for this caller.
    pub(crate) fn add(&self, caller: &Caller, file: PathBuf, gone: &CancellationToken) {
        let mut connections = self.lock();
        connections.retain(|_, connection| !connection.gone.is_cancelled());
        let connection = connections
            .entry(caller.connection)
            .or_insert_with(|| Connection {
                origin: caller.origin.clone(),
                files: HashSet::new(),
                gone: gone.clone(),
            });
        if connection.origin != caller.origin || connection.files.len() >= FILES {
            connection.origin = caller.origin.clone();
            connection.files.clear();
        }
        connection.files.insert(file);
    }

    /// Whether the person did.
    pub(crate) fn has(&self, caller: &Caller, file: &Path) -> bool {
        self.lock()
            .get(&caller.connection)
            .is_some_and(|connection| {
                connection.origin == caller.origin && connection.files.contains(file)
            })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(name: &str, connection: u64) -> Caller {
        Caller {
            origin: Origin::parse(Some(&format!("https://{name}.example"))).unwrap(),
            connection,
        }
    }

    #[test]
    fn a_pick_holds_for_one_file_one_site_and_one_connection() {
        let (picked, here) = (Picked::default(), CancellationToken::new());
        picked.add(&caller("a", 1), "/tmp/doc.pdf".into(), &here);
        assert!(picked.has(&caller("a", 1), Path::new("/tmp/doc.pdf")));
        assert!(!picked.has(&caller("a", 1), Path::new("/tmp/other.pdf")));
        assert!(!picked.has(&caller("a", 2), Path::new("/tmp/doc.pdf")));
        assert!(!picked.has(&caller("b", 1), Path::new("/tmp/doc.pdf")));
    }

    #[test]
    fn picks_are_forgotten_with_their_connection() {
        let (picked, gone) = (Picked::default(), CancellationToken::new());
        picked.add(&caller("a", 1), "/tmp/doc.pdf".into(), &gone);
        gone.cancel();
        picked.add(
            &caller("a", 2),
            "/tmp/doc.pdf".into(),
            &CancellationToken::new(),
        );
        assert_eq!(picked.lock().len(), 1);
    }
}
