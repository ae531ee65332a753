use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use keystore::{SEARCH_DEPTH, find_key_files, usual_folders};

use super::Found;
use crate::settings::Settings;

/// Looks for key files and keeps the last list, so that the next window has one at once.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    /// Folders given at start; they stand for all others.
    folders: Vec<PathBuf>,
    last: Mutex<Vec<Found>>,
}

/// Ends searches and signing when dropped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Finder {
    pub(crate) fn new(folders: Vec<PathBuf>) -> Self {
        Self {
            folders,
            last: Mutex::default(),
        }
    }

    /// What the last search found.
    pub(crate) fn last(&self) -> Vec<Found> {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Searches (blocking): the folders, and the files that were used before. The same file in two places is listed
    /// once; nothing is kept of a search that was stopped.
    pub(crate) fn search(
        &self,
        settings: &Settings,
        used: Vec<PathBuf>,
        stop: &AtomicBool,
    ) -> Vec<Found> {
        let mut folders = self.folders.clone();
        if folders.is_empty() {
            folders.clone_from(&settings.key_folders);
            if settings.usual_folders {
                folders.extend(usual_folders());
            }
        }
        let there = find_key_files(&folders, SEARCH_DEPTH, stop)
            .into_iter()
            .map(|file| file.path);
        let used = used.into_iter().filter(|path| path.is_file());
        let (mut paths, mut contents) = (HashSet::new(), HashSet::new());
        let found: Vec<Found> = there
            .chain(used)
            .filter(|path| paths.insert(path.clone()))
            .take_while(|_| !stop.load(Ordering::Relaxed))
            .map(|path| Found::at(&path))
            .filter(|found| found.sha256.is_none_or(|sha256| contents.insert(sha256)))
            .collect();
        if !stop.load(Ordering::Relaxed) {
            self.last
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone_from(&found);
        }
        found
    }
}
