//! Issuers' certificates from the addresses that certificates give (RFC 5280 §4.2.2.1, id-ad-caIssuers).

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{IssuerFetchError, MAX_FETCHES};
use crate::{Certificate, Fetch, FetchError, FetchRequest, fetch};

/// Certificates have two kilobytes, bundles of them a few tens.
const MAX_BYTES: u64 = 256 << 10;
/// The most certificates of one answer that are looked at.
const MAX_CERTIFICATES: usize = 32;
const TIMEOUT: Duration = Duration::from_secs(5);
/// For all addresses of one chain.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

type Answer = Result<Arc<[Certificate]>, IssuerFetchError>;

/// The way to missing certificates for one chain.
pub(super) struct Aia<'a> {
    fetch: Option<&'a dyn Fetch>,
    cache: &'a IssuerCache,
    left: usize,
    /// When the first address was asked.
    since: Option<Instant>,
}

impl<'a> Aia<'a> {
    pub(super) fn new(fetch: Option<&'a dyn Fetch>, cache: &'a IssuerCache) -> Self {
        Self {
            fetch,
            cache,
            left: MAX_FETCHES,
            since: None,
        }
    }

    /// Everything at the addresses that a certificate gives for its issuer.
    ///
    /// # Errors
    /// Why the last address gave nothing; `None` when there was no address to ask.
    pub(super) fn issuers_of(
        &mut self,
        certificate: &Certificate,
    ) -> Result<Vec<Certificate>, Option<IssuerFetchError>> {
        let mut found = Vec::new();
        let mut failure = None;
        for url in certificate.ca_issuers_urls() {
            if !fetch::is_address(url) {
                continue;
            }
            match self.at(url) {
                Some(Ok(certificates)) => found.extend(certificates.iter().cloned()),
                Some(Err(error)) => failure = Some(error),
                None => {}
            }
        }
        if found.is_empty() {
            return Err(failure);
        }
        Ok(found)
    }

    /// Drops what was found for a certificate, none of which signed it: whoever answers plain HTTP in another's place
    /// must not spoil the cache for a day.
    pub(super) fn forget(&self, certificate: &Certificate) {
        for url in certificate.ca_issuers_urls() {
            self.cache.forget_certificates(url);
        }
    }

    /// `None` when it was not asked before and must not be asked.
    fn at(&mut self, url: &str) -> Option<Answer> {
        if let Some(answer) = self.cache.get(url) {
            return Some(answer);
        }
        let server = self.fetch?;
        self.left = self.left.checked_sub(1)?;
        let spent = self.since.get_or_insert_with(Instant::now).elapsed();
        let timeout = TIMEOUT.min(TOTAL_TIMEOUT.saturating_sub(spent));
        if timeout.is_zero() {
            return Some(Err(FetchError::Timeout.into()));
        }
        let answer = ask(server, url, timeout);
        // Staying off the network costs nothing and ends when a person says so.
        if !matches!(answer, Err(IssuerFetchError::Fetch(FetchError::Offline))) {
            self.cache.put(url, answer.clone());
        }
        Some(answer)
    }
}

fn ask(server: &dyn Fetch, url: &str, timeout: Duration) -> Answer {
    let body = server.fetch_all(&FetchRequest {
        url,
        body: None,
        max_bytes: MAX_BYTES,
        timeout,
    })?;
    let certificates: Arc<[_]> = Certificate::all_from_bytes(&body)
        .map_err(|_| IssuerFetchError::NoCertificate)?
        .into_iter()
        .flatten()
        .take(MAX_CERTIFICATES)
        .collect();
    if certificates.is_empty() {
        return Err(IssuerFetchError::NoCertificate);
    }
    Ok(certificates)
}

/// Issuers' certificates that were fetched, so that the next certificate of the same issuer needs no network.
///
/// It holds the answers of at most 32 addresses: certificates for a day, failures for a minute. What it holds is not
/// believed: every signature is checked anew.
#[derive(Default)]
pub struct IssuerCache(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    by_url: HashMap<String, (Instant, Answer)>,
    /// The addresses, the oldest first.
    order: VecDeque<String>,
}

impl IssuerCache {
    const MAX_ENTRIES: usize = 32;
    const KEEP_CERTIFICATES: Duration = Duration::from_secs(24 * 60 * 60);
    const KEEP_FAILURES: Duration = Duration::from_secs(60);

    /// An empty cache.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything, as when the settings of the network change.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Entries::default();
    }

    fn get(&self, url: &str) -> Option<Answer> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, answer) = entries.by_url.get(url)?;
        let keep = match answer {
            Ok(_) => Self::KEEP_CERTIFICATES,
            Err(_) => Self::KEEP_FAILURES,
        };
        (since.elapsed() < keep).then(|| answer.clone())
    }

    fn forget_certificates(&self, url: &str) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, Ok(_))) = entries.by_url.get(url) {
            entries.by_url.remove(url);
            entries.order.retain(|other| other != url);
        }
    }

    fn put(&self, url: &str, answer: Answer) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.order.retain(|other| other != url);
        if entries.order.len() == Self::MAX_ENTRIES
            && let Some(oldest) = entries.order.pop_front()
        {
            entries.by_url.remove(&oldest);
        }
        entries.order.push_back(url.to_owned());
        entries
            .by_url
            .insert(url.to_owned(), (Instant::now(), answer));
    }
}

impl fmt::Debug for IssuerCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "IssuerCache({} addresses)", entries.order.len())
    }
}
