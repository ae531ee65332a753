//! Revocation lists on disk: one file for an address and an issuer's key, replaced as a whole.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use crate::{DigestAlgorithm, PublicKey, asn1};

/// What a file begins with; after it the time at which the list was fetched (big-endian), then the list (DER).
const MAGIC: &[u8; 8] = b"crlfile1";
const EXTENSION: &str = "crl";
const UNFINISHED: &str = "part";
/// Files that nobody finished for so long never will be.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Which list a file holds; it is the file's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ListKey(String);

impl ListKey {
    pub(super) fn new(url: &str, issuer: &PublicKey) -> Self {
        let mut hasher = DigestAlgorithm::Sha256.hasher();
        hasher.update(&DigestAlgorithm::Sha256.digest(issuer.spki_der()));
        hasher.update(url.as_bytes());
        Self(asn1::hex(&hasher.finish()))
    }
}

#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    fn path(&self, key: &ListKey) -> PathBuf {
        self.0.join(&key.0).with_extension(EXTENSION)
    }

    /// The file, read up to the list, and when the list was fetched.
    pub(super) fn open(&self, key: &ListKey) -> Option<(File, i64)> {
        let mut file = File::open(self.path(key)).ok()?;
        let (mut magic, mut time) = ([0; 8], [0; 8]);
        file.read_exact(&mut magic).ok()?;
        file.read_exact(&mut time).ok()?;
        (magic == *MAGIC).then(|| (file, i64::from_be_bytes(time)))
    }

    pub(super) fn remove(&self, key: &ListKey) {
        // What cannot be removed will be replaced.
        let _ = fs::remove_file(self.path(key));
    }

    /// Begins a new file beside the old one; `None` where nothing can be written.
    pub(super) fn create(&self, key: &ListKey, at: i64) -> Option<NewFile> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(&self.0).ok()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}.{UNFINISHED}", std::process::id());
        let unfinished = self.0.join(name);
        let mut file = NewFile {
            file: File::create(&unfinished).ok()?,
            unfinished,
            path: self.path(key),
        };
        file.write(MAGIC).ok()?;
        file.write(&at.to_be_bytes()).ok()?;
        Some(file)
    }

    /// Removes the oldest lists but `keep` until all take no more than `total_bytes`, and what others left unfinished.
    pub(super) fn prune(&self, keep: &ListKey, total_bytes: u64) {
        let Ok(entries) = fs::read_dir(&self.0) else {
            return;
        };
        let mut lists = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if has_extension(&path, EXTENSION) {
                lists.push((modified, metadata.len(), path));
            } else if has_extension(&path, UNFINISHED)
                && modified.elapsed().is_ok_and(|age| age > ABANDONED)
            {
                let _ = fs::remove_file(path);
            }
        }
        lists.sort();
        let mut total: u64 = lists.iter().map(|(_, bytes, _)| bytes).sum();
        for (_, bytes, path) in lists {
            if total > total_bytes && path != self.path(keep) && fs::remove_file(path).is_ok() {
                total -= bytes;
            }
        }
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// A file in the making; without [`finish`](Self::finish) it leaves nothing behind.
pub(super) struct NewFile {
    file: File,
    unfinished: PathBuf,
    path: PathBuf,
}

impl NewFile {
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    /// Puts the file in the place of the old one.
    pub(super) fn finish(self) -> io::Result<()> {
        fs::rename(&self.unfinished, &self.path)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.unfinished);
    }
}
