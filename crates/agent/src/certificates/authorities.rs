use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use pki::{Certificate, trust::TrustAnchors};

use super::Trust;

/// Folder of authorities that the person or an administrator added, in the data folder.
const FOLDER: &str = "authorities";
/// Files that are looked at, and bytes of one.
const FILES: usize = 200;
const BYTES: u64 = 256 * 1024;

/// The authorities that this computer trusts besides the national one: certificates in a folder, DER, PEM or PKCS #7.
#[derive(Debug)]
pub(super) struct Authorities {
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// None until the folder has been read.
    added: Option<Vec<Certificate>>,
    /// Files that were complained of already.
    unreadable: HashSet<PathBuf>,
}

impl Authorities {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self {
            folder: data_dir.join(FOLDER),
            state: Mutex::default(),
        }
    }

    /// Reads the folder (blocking). True when it holds others than before.
    pub(super) fn read(&self) -> bool {
        let mut state = self.lock();
        let added = Some(self.certificates(&mut state.unreadable));
        let changed = state.added.is_some() && state.added != added;
        state.added = added;
        changed
    }

    /// The national authority, with `test_ca` its test authority, and those in the folder (blocking at first).
    pub(super) fn trust(&self, test_ca: bool) -> Trust {
        if self.lock().added.is_none() {
            self.read();
        }
        let added = self.lock().added.clone().unwrap_or_default();
        let national = TrustAnchors::national();
        let national = if test_ca {
            national.with_test_ca()
        } else {
            national
        };
        Trust::new(national.with_added(added))
    }

    /// What cannot be read is told once and passed over.
    fn certificates(&self, unreadable: &mut HashSet<PathBuf>) -> Vec<Certificate> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut files: Vec<_> = entries
            .take(FILES)
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file())
            .collect();
        files.sort_unstable();
        let mut certificates = Vec::new();
        for file in files {
            let found = read(&file)
                .ok()
                .and_then(|bytes| Certificate::all_from_bytes(&bytes).ok())
                .unwrap_or_default();
            let before = certificates.len();
            certificates.extend(found.into_iter().filter_map(Result::ok));
            if certificates.len() > before {
                unreadable.remove(&file);
            } else {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                if !unreadable.contains(&file) {
                    tracing::warn!(%name, "this file in the folder of authorities holds no certificate");
                }
                unreadable.insert(file);
            }
        }
        certificates
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ca(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../keystore-fixtures/ca")
            .join(name)
    }

    #[test]
    fn authorities_are_read_from_the_folder_and_what_is_none_is_passed_over() {
        let data = tempfile::tempdir().unwrap();
        let authorities = Authorities::new(data.path());
        let national = authorities.trust(false);
        let folder = data.path().join(FOLDER);
        fs::create_dir(&folder).unwrap();
        assert!(!authorities.read());
        fs::copy(ca("tanba_demo_gost.cer"), folder.join("gost.cer")).unwrap();
        let rsa = Certificate::from_bytes(&fs::read(ca("tanba_demo_rsa.cer")).unwrap()).unwrap();
        fs::write(folder.join("rsa.pem"), rsa.to_pem()).unwrap();
        fs::write(folder.join("notes.txt"), "remember the milk").unwrap();
        fs::write(folder.join("empty.cer"), "").unwrap();
        assert!(authorities.read());
        assert!(!authorities.read());
        let with_ours = authorities.trust(false);
        assert_eq!(
            with_ours.anchors().iter().count(),
            national.anchors().iter().count() + 2
        );
        assert_ne!(with_ours.id(), national.id());
        assert_ne!(with_ours.id(), authorities.trust(true).id());
        fs::remove_dir_all(&folder).unwrap();
        assert!(authorities.read());
        assert_eq!(authorities.trust(false).id(), national.id());
    }
}
