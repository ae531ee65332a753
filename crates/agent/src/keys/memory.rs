use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use pki::Certificate;
use serde::{Deserialize, Serialize};

use super::Found;
use crate::{caller::Origin, hex, private_file};

const FILE: &str = "memory.json";
/// Keys and sites beyond these are forgotten, the longest unused first.
const KEYS: usize = 200;
const SITES: usize = 1000;

/// What the agent remembers: sites that got a signature, and public data of keys that were used. Never a password.
#[derive(Debug)]
pub(crate) struct Memory {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    sites: Vec<Site>,
    keys: Vec<Key>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Site {
    origin: String,
    /// The last signature, seconds since 1970 in UTC.
    last: i64,
    /// SHA-256 of the key file used last.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Key {
    /// SHA-256 of the file, or what stands for it with a token.
    file: String,
    /// None for a key on a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    /// DER in base64: in the file it lies under the password.
    certificate: String,
    /// The last signature with it; none when the file was only opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<i64>,
}

impl Memory {
    /// Reads the memory; what cannot be understood is forgotten.
    pub(crate) fn load(data_dir: &Path) -> Self {
        let path = data_dir.join(FILE);
        let state = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(file = %path.display(), line = error.line(), "the memory of keys and sites was damaged");
                State::default()
            }),
            Err(_) => State::default(),
        };
        Self {
            path,
            state: Mutex::new(state),
        }
    }

    /// True when the site has got a signature before.
    pub(crate) fn knows_site(&self, origin: &Origin) -> bool {
        let origin = origin.to_string();
        self.lock().sites.iter().any(|site| site.origin == origin)
    }

    /// Files that were used before, wherever they are.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.lock()
            .keys
            .iter()
            .filter_map(|key| key.path.clone())
            .collect()
    }

    /// Fills in what is remembered of these keys.
    pub(crate) fn recall(&self, found: &mut [Found], origin: &Origin) {
        let origin = origin.to_string();
        let state = self.lock();
        let here = state
            .sites
            .iter()
            .find(|site| site.origin == origin)
            .and_then(|site| site.key.as_deref());
        for found in found {
            let Some(file) = found.sha256.map(|sha256| hex::encode(&sha256)) else {
                continue;
            };
            let Some(key) = state.keys.iter().find(|key| key.file == file) else {
                continue;
            };
            found.used_here = here == Some(file.as_str());
            found.last_used = key.used;
            if found.certificate.is_none() {
                let der = BASE64_STANDARD.decode(&key.certificate).ok();
                found.certificate = der.and_then(|der| Certificate::from_der(&der).ok());
            }
        }
    }

    /// A key was opened: its certificate is known from now on.
    pub(crate) fn opened(&self, file: [u8; 32], path: Option<&Path>, certificate: &Certificate) {
        self.change(|state| state.key(file, path, certificate));
    }

    /// A site got a signature; the key is remembered only when given.
    pub(crate) fn signed(
        &self,
        origin: &Origin,
        key: Option<([u8; 32], Option<&Path>, &Certificate)>,
        now: i64,
    ) {
        self.change(|state| {
            if let Some((file, path, certificate)) = key {
                state.key(file, path, certificate);
                let file = hex::encode(&file);
                if let Some(key) = state.keys.iter_mut().find(|key| key.file == file) {
                    key.used = Some(now);
                }
            }
            let origin = origin.to_string();
            let key = key.map(|(file, ..)| hex::encode(&file));
            state.sites.retain(|site| site.origin != origin);
            state.sites.push(Site {
                origin,
                last: now,
                key,
            });
            state.sites.sort_by_key(|site| std::cmp::Reverse(site.last));
            state.sites.truncate(SITES);
        });
    }

    /// The person wants keys not to be remembered.
    pub(crate) fn forget_keys(&self) {
        self.change(|state| {
            state.keys.clear();
            state.sites.iter_mut().for_each(|site| site.key = None);
        });
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        let written = serde_json::to_vec(&*state)
            .map_err(std::io::Error::from)
            .and_then(|bytes| private_file::write(&self.path, &bytes));
        if let Err(error) = written {
            // A signature is not refused because it cannot be remembered.
            tracing::warn!(file = %self.path.display(), %error, "the memory of keys and sites was not written");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn key(&mut self, file: [u8; 32], path: Option<&Path>, certificate: &Certificate) {
        // What cannot be written as text cannot be written down.
        if path.is_some_and(|path| path.to_str().is_none()) {
            return;
        }
        let file = hex::encode(&file);
        let used = self
            .keys
            .iter()
            .find(|key| key.file == file)
            .and_then(|key| key.used);
        self.keys.retain(|key| key.file != file);
        let certificate = BASE64_STANDARD.encode(certificate.der());
        self.keys.push(Key {
            file,
            path: path.map(Path::to_owned),
            certificate,
            used,
        });
        if self.keys.len() > KEYS {
            self.keys.sort_by_key(|key| std::cmp::Reverse(key.used));
            self.keys.truncate(KEYS);
        }
    }
}
