use crate::{Entry, EntryId, Error, KeyFile, OpenKey, Password, Store, hex::hex};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Key files (PKCS#12) as a store: one entry a file.
///
/// Files are read anew at every call, so that a file that is replaced or taken away is noticed.
pub struct P12Store {
    paths: Vec<PathBuf>,
}

impl P12Store {
    /// A store of these files, listed in this order; files that stand twice are listed once.
    pub fn new(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut unique: Vec<PathBuf> = Vec::new();
        for path in paths {
            if !unique.contains(&path) {
                unique.push(path);
            }
        }
        Self { paths: unique }
    }

    /// The name of a file's entry, whether the store lists it or not.
    #[must_use]
    pub fn entry_id(path: &Path) -> EntryId {
        // Paths need not be text, and those that look the same as text are not the same file.
        EntryId::new(hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())))
    }

    fn path(&self, entry: &EntryId) -> Result<&PathBuf, Error> {
        self.paths
            .iter()
            .find(|path| Self::entry_id(path) == *entry)
            .ok_or(Error::UnknownEntry)
    }
}

impl Store for P12Store {
    fn name(&self) -> &'static str {
        "PKCS12"
    }

    fn entries(&self) -> Vec<Entry> {
        self.paths
            .iter()
            .map(|path| {
                let file = KeyFile::read(path);
                Entry {
                    id: Self::entry_id(path),
                    label: path
                        .file_name()
                        .unwrap_or(path.as_os_str())
                        .to_string_lossy()
                        .into_owned(),
                    path: Some(path.clone()),
                    alias: file.as_ref().ok().and_then(KeyFile::alias),
                    file_sha256: file.as_ref().ok().map(KeyFile::sha256),
                    certificate: None,
                    problem: file.err(),
                }
            })
            .collect()
    }

    fn unlock(&self, entry: &EntryId, password: &Password) -> Result<OpenKey, Error> {
        KeyFile::read(self.path(entry)?)?.open(password)
    }

    fn tries_left(&self, entry: &EntryId) -> Result<Option<u32>, Error> {
        self.path(entry).map(|_| None)
    }
}
