use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

use serde::Serialize;

use super::Signer;
use crate::{
    caller::Origin,
    error::Error,
    keys::{Filter, Finder, Memory, now, views},
    settings::SettingsFile,
};

/// A key file.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ListedKey {
    /// Where it is.
    pub path: PathBuf,
    /// Whose it is; absent until the file has been opened once on this computer: the password covers the certificate.
    pub owner: Option<Signer>,
    /// Why it is of no use as it is, in English; absent when nothing speaks against it.
    pub problem: Option<String>,
}

/// Lists the key files that a window would show, in its order: in `folders`, or where the settings say when there are
/// none.
///
/// # Errors
///
/// When the settings file cannot be understood.
pub fn list_keys(data_dir: &Path, folders: Vec<PathBuf>) -> Result<Vec<ListedKey>, Error> {
    let settings = SettingsFile::load(data_dir)?.get();
    let memory = Memory::load(data_dir);
    // Folders that were named stand for all other places.
    let used = if folders.is_empty() {
        memory.paths()
    } else {
        Vec::new()
    };
    let mut keys = Finder::new(folders).search(&settings, used, &AtomicBool::new(false));
    memory.recall(&mut keys, &Origin::program());
    let now = now();
    let rows = views(&keys, &Filter::default(), now);
    let key_of = |row: &window_messages::KeyView| keys.iter().find(|key| key.id == row.id);
    Ok(rows
        .iter()
        .filter_map(|row| {
            let key = key_of(row)?;
            let problem = match &row.state {
                window_messages::KeyState::Unusable { problem } => Some(words(problem)),
                _ => None,
            };
            Some(ListedKey {
                path: key.path()?.to_owned(),
                owner: key.certificate.as_ref().map(Signer::of),
                problem,
            })
        })
        .collect())
}

pub(super) fn words(problem: &window_messages::KeyProblem) -> String {
    use window_messages::KeyProblem as Problem;
    match problem {
        Problem::Unreadable => "the file cannot be read",
        Problem::NotAKeyFile => "not a PKCS#12 key file",
        Problem::Truncated => "the file breaks off before its end",
        Problem::NoKey => "there is no private key in it",
        Problem::NoCertificate => "there is no certificate in it",
        Problem::SeveralKeys => "there are several keys in it",
        Problem::OtherAlgorithm => "its algorithm is not supported",
        Problem::Expired { .. } => "the certificate has expired",
        Problem::NotYetValid { .. } => "the certificate is not valid yet",
        _ => "the file is damaged",
    }
    .to_owned()
}
