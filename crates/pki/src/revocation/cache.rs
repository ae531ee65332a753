use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    CLOCK_ALLOWANCE, RevocationStatus, UnknownCause,
    files::{Folder, ListKey, NewFile},
};
use crate::{
    Certificate, DigestAlgorithm, FetchError, Hasher,
    chain::Issuer,
    crl::{CrlFindings, CrlQuery, search_crl, search_known_crl},
};

/// Answers about more certificates than anybody has.
const MAX_ANSWERS: usize = 1024;

/// How long and how much a [`RevocationCache`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLimits {
    /// How long an OCSP answer is given again without asking.
    pub answer_age: Duration,
    /// How long a list is used without asking for a newer one.
    pub list_new: Duration,
    /// How long a list is used when no newer one is to be had; never past its own nextUpdate.
    pub list_age: Duration,
    /// The greatest list that is read, in bytes.
    pub list_bytes: u64,
    /// The room that all lists may take on disk, in bytes.
    pub total_bytes: u64,
}

impl Default for CacheLimits {
    /// Five minutes, an hour, a week, 64 MiB, 256 MiB.
    fn default() -> Self {
        Self {
            answer_age: Duration::from_secs(5 * 60),
            list_new: Duration::from_secs(60 * 60),
            list_age: Duration::from_secs(7 * 24 * 60 * 60),
            list_bytes: 64 << 20,
            total_bytes: 256 << 20,
        }
    }
}

/// What checks have learned: OCSP answers in memory, revocation lists on disk.
///
/// Nothing on disk is believed because it is there: the signature of a list is checked again by the first search of
/// every process, and by later ones when its SHA-256 is not the same any more. A file that does not hold is removed
/// and fetched anew. Several processes may use one folder.
#[derive(Debug)]
pub struct RevocationCache {
    folder: Option<Folder>,
    limits: CacheLimits,
    answers: Mutex<HashMap<AnswerKey, (i64, RevocationStatus)>>,
    /// SHA-256 of the lists on disk whose signatures this process has checked.
    known: Mutex<HashMap<ListKey, Vec<u8>>>,
}

/// SHA-256 of the certificate and the issuer's SubjectPublicKeyInfo.
type AnswerKey = ([u8; 32], Vec<u8>);

/// A list on disk.
pub(super) struct Kept {
    pub(super) findings: CrlFindings,
    /// Whether there is no need to ask for a newer one.
    pub(super) is_new: bool,
}

/// A list that was just read from the network.
pub(super) struct Received {
    pub(super) findings: CrlFindings,
    key: ListKey,
    digest: Vec<u8>,
    file: Option<NewFile>,
}

impl RevocationCache {
    /// Keeps lists as files in `folder`, which is made when it is needed and holds nothing else.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, limits: CacheLimits) -> Self {
        Self::with_folder(Some(Folder::new(folder.into())), limits)
    }

    /// Keeps OCSP answers only; lists are read from the network each time.
    #[must_use]
    pub fn in_memory(limits: CacheLimits) -> Self {
        Self::with_folder(None, limits)
    }

    fn with_folder(folder: Option<Folder>, limits: CacheLimits) -> Self {
        Self {
            folder,
            limits,
            answers: Mutex::default(),
            known: Mutex::default(),
        }
    }

    pub(super) fn limits(&self) -> &CacheLimits {
        &self.limits
    }

    /// The answer that a responder gave a short while ago.
    pub(super) fn answer(
        &self,
        certificate: &Certificate,
        issuer: &Issuer,
        at: i64,
    ) -> Option<RevocationStatus> {
        let key = answer_key(certificate, issuer);
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept_at, status) = answers.get(&key)?;
        let mut status = (age(*kept_at, at)? < self.limits.answer_age).then(|| status.clone())?;
        if let RevocationStatus::Good(evidence) | RevocationStatus::Revoked { evidence, .. } =
            &mut status
        {
            evidence.cached = true;
            let is_over = evidence.next_update.is_some_and(|until| until < at);
            return (!is_over).then_some(status);
        }
        None
    }

    pub(super) fn keep_answer(
        &self,
        certificate: &Certificate,
        issuer: &Issuer,
        at: i64,
        status: &RevocationStatus,
    ) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MAX_ANSWERS {
            answers.clear();
        }
        answers.insert(answer_key(certificate, issuer), (at, status.clone()));
    }

    /// Looks through the list on disk.
    pub(super) fn find(&self, url: &str, query: &CrlQuery<'_>, at: i64) -> Option<Kept> {
        let folder = self.folder.as_ref()?;
        let key = ListKey::new(url, query.issuer_key);
        let (file, kept_at) = folder.open(&key)?;
        let age = age(kept_at, at)?;
        if age > self.limits.list_age {
            return None;
        }
        match self.search_file(file, &key, query) {
            Ok(findings) => Some(Kept {
                findings,
                is_new: age < self.limits.list_new,
            }),
            Err(_) => {
                self.forget(&key);
                folder.remove(&key);
                None
            }
        }
    }

    fn search_file(
        &self,
        mut file: File,
        key: &ListKey,
        query: &CrlQuery<'_>,
    ) -> Result<CrlFindings, UnknownCause> {
        let broken = |_| UnknownCause::Fetch(FetchError::Broken);
        let known = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(key).cloned()
        };
        if let Some(known) = known {
            let start = file.stream_position().map_err(broken)?;
            let mut list = Digesting::new(&file);
            if let Ok(findings) = search_known_crl(&mut list, query)
                && list.digest.finish() == known
            {
                return Ok(findings);
            }
            self.forget(key);
            file.seek(SeekFrom::Start(start)).map_err(broken)?;
        }
        let mut list = Digesting::new(&file);
        let findings = search_crl(&mut list, query)?;
        self.remember(key, list.digest.finish());
        Ok(findings)
    }

    /// Looks through a list that comes from the network, and writes it into a file on the way.
    pub(super) fn receive(
        &self,
        url: &str,
        body: Box<dyn Read + Send>,
        query: &CrlQuery<'_>,
        at: i64,
        until: Instant,
    ) -> Result<Received, UnknownCause> {
        let key = ListKey::new(url, query.issuer_key);
        let mut list = Digesting::new(Receiving {
            body,
            left: self.limits.list_bytes,
            until,
            file: self
                .folder
                .as_ref()
                .and_then(|folder| folder.create(&key, at)),
        });
        let findings = search_crl(&mut list, query)?;
        Ok(Received {
            findings,
            key,
            digest: list.digest.finish(),
            file: list.inner.file,
        })
    }

    /// Keeps a list for later. What cannot be written is fetched again next time.
    pub(super) fn keep(&self, received: Received) -> CrlFindings {
        if let (Some(folder), Some(file)) = (&self.folder, received.file)
            && file.finish().is_ok()
        {
            self.remember(&received.key, received.digest);
            folder.prune(&received.key, self.limits.total_bytes);
        }
        received.findings
    }

    fn remember(&self, key: &ListKey, digest: Vec<u8>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key.clone(), digest);
    }

    fn forget(&self, key: &ListKey) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(key);
    }
}

fn answer_key(certificate: &Certificate, issuer: &Issuer) -> AnswerKey {
    let issuer = DigestAlgorithm::Sha256.digest(issuer.public_key().spki_der());
    (certificate.fingerprint_sha256(), issuer)
}

/// How old something is; `None` for what was kept in the future: the clock was wrong then or is wrong now.
fn age(kept_at: i64, at: i64) -> Option<Duration> {
    let age = at.saturating_sub(kept_at);
    (age >= -CLOCK_ALLOWANCE).then(|| Duration::from_secs(age.max(0).unsigned_abs()))
}

/// A reader that makes SHA-256 of all that passes.
struct Digesting<R> {
    inner: R,
    digest: Hasher,
}

impl<R> Digesting<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            digest: DigestAlgorithm::Sha256.hasher(),
        }
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(room)?;
        self.digest.update(room.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// A body that is cut off at the limits and written into a file on the way.
struct Receiving {
    body: Box<dyn Read + Send>,
    left: u64,
    until: Instant,
    file: Option<NewFile>,
}

impl Read for Receiving {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        // An implementation of `Fetch` keeps both limits itself; one that does not must not do harm.
        if Instant::now() >= self.until {
            return Err(FetchError::Timeout.into());
        }
        let count = self.body.read(room)?;
        let piece = room.get(..count).unwrap_or_default();
        self.left = self
            .left
            .checked_sub(piece.len() as u64)
            .ok_or(FetchError::TooLarge)?;
        if let Some(file) = &mut self.file
            && file.write(piece).is_err()
        {
            self.file = None;
        }
        Ok(piece.len())
    }
}
