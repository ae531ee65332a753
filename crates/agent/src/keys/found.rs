use std::path::{Path, PathBuf};

use keystore::{P12Store, Store};
use pki::Certificate;
use window_messages::KeyProblem;

use crate::certificates::Verdict;

/// A key file and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Its name within the agent.
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    /// SHA-256 of the file, where it could be read.
    pub(crate) sha256: Option<[u8; 32]>,
    /// Why it is of no use, when that shows without the password or has shown with it.
    pub(crate) problem: Option<KeyProblem>,
    /// Its certificate, once the file has been opened.
    pub(crate) certificate: Option<Certificate>,
    /// What its certificate is worth, as far as that has been found out.
    pub(crate) verdict: Verdict,
    /// When it was last used, seconds since 1970 in UTC.
    pub(crate) last_used: Option<i64>,
    /// True when it is the key last used for the asking site.
    pub(crate) used_here: bool,
}

impl Found {
    /// Looks at one file (blocking).
    pub(crate) fn at(path: &Path) -> Self {
        let entry = P12Store::new([path.to_owned()]).entries().pop();
        Self {
            id: P12Store::entry_id(path).as_str().to_owned(),
            path: path.to_owned(),
            sha256: entry.as_ref().and_then(|entry| entry.file_sha256),
            problem: entry.and_then(|entry| entry.problem).map(super::problem),
            certificate: None,
            verdict: Verdict::default(),
            last_used: None,
            used_here: false,
        }
    }
}
