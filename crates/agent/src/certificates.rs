//! Whether certificates can be trusted: who issued them, and whether they have been revoked since.
//!
//! Checks run on threads of their own while the person reads and types; whoever wants to know listens. What is asked of
//! servers has limits of time and size: [`STATUS_LIMIT`] here, those of [`pki::chain`] for issuers.

mod authorities;
mod trust;
mod verdict;

pub(crate) use trust::Trust;
pub(crate) use verdict::{Issuer, Verdict};

use std::{
    collections::HashMap,
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use pki::{
    Certificate, Fetch,
    chain::{ChainContext, IssuerCache, build_chain},
    revocation::{CacheLimits, RevocationCache, RevocationContext, check_chain_revocation},
};
use tokio::{
    sync::{Semaphore, watch},
    task,
};
use window_messages::{CertificateStatus, StatusUnknown};

use self::authorities::Authorities;
use crate::keys;

/// How long it may take to learn whether a certificate is revoked; OCSP has the first half of it.
const STATUS_LIMIT: Duration = Duration::from_secs(6);
/// How long an answer serves for further requests.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// Checks that run at once; a server that answers slowly does not hold up more.
const AT_ONCE: usize = 8;
/// Answers that are kept.
const KEPT: usize = 256;
/// Folder of kept revocation lists.
const LISTS: &str = "revocation";

/// Checks certificates.
pub(crate) struct Certificates {
    fetch: Arc<dyn Fetch>,
    authorities: Authorities,
    issuers: IssuerCache,
    revocations: RevocationCache,
    checks: Mutex<HashMap<Subject, Check>>,
    turns: Arc<Semaphore>,
}

/// How certificates are checked, as the settings have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct How {
    /// Take test certificates for real ones.
    pub(crate) test_ca: bool,
    /// Whom to ask instead of the OCSP responder that the certificate names.
    pub(crate) ocsp_url: Option<String>,
    /// The list to read instead of those that the certificate names.
    pub(crate) crl_url: Option<String>,
}

/// What is checked: a certificate, by its SHA-256, under these authorities; none are ours.
type Subject = ([u8; 32], Option<[u8; 32]>);

struct Check {
    verdict: watch::Receiver<Verdict>,
    begun: Instant,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl Certificates {
    /// Reaches servers by `fetch` and keeps lists in a folder of `data_dir`.
    pub(crate) fn new(data_dir: &Path, fetch: Arc<dyn Fetch>) -> Self {
        Self {
            fetch,
            authorities: Authorities::new(data_dir),
            issuers: IssuerCache::new(),
            revocations: RevocationCache::new(data_dir.join(LISTS), CacheLimits::default()),
            checks: Mutex::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Starts checking a certificate, or joins the check that runs, or gives the answer of a short while ago. What the
    /// receiver holds changes until it is settled.
    ///
    /// `issuers`: the authorities to believe; none: ours. Call it within a tokio runtime.
    pub(crate) fn check(
        self: &Arc<Self>,
        certificate: &Certificate,
        issuers: Option<&Arc<Trust>>,
        how: How,
    ) -> watch::Receiver<Verdict> {
        let subject = (
            certificate.fingerprint_sha256(),
            issuers.map(|trust| *trust.id()),
        );
        let mut checks = self.lock();
        if let Some(check) = checks.get(&subject).filter(|check| check.serves()) {
            return check.verdict.clone();
        }
        if checks.len() >= KEPT {
            checks.retain(|_, check| check.serves());
        }
        let (tell, verdict) = watch::channel(Verdict::checking());
        let check = Check {
            verdict: verdict.clone(),
            begun: Instant::now(),
        };
        checks.insert(subject, check);
        drop(checks);

        let (this, turns) = (self.clone(), self.turns.clone());
        let (certificate, issuers) = (certificate.clone(), issuers.cloned());
        task::spawn(async move {
            // Nobody closes it.
            let Ok(turn) = turns.acquire_owned().await else {
                return;
            };
            task::spawn_blocking(move || {
                this.run(&certificate, issuers.as_deref(), &how, &tell);
                drop(turn);
            });
        });
        verdict
    }

    /// Whom we believe (blocking).
    pub(crate) fn trust(&self, how: &How) -> Trust {
        self.authorities.trust(how.test_ca)
    }

    /// Looks whether authorities were added or taken away (blocking).
    pub(crate) fn refresh(&self) {
        if self.authorities.read() {
            self.forget();
        }
    }

    /// Whoever asks from now on gets a new answer: the settings have changed.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    pub(crate) fn fetch(&self) -> &dyn Fetch {
        &*self.fetch
    }

    /// The check itself (blocking).
    fn run(
        &self,
        certificate: &Certificate,
        issuers: Option<&Trust>,
        how: &How,
        tell: &watch::Sender<Verdict>,
    ) {
        let begun = Instant::now();
        let ours;
        let trust = match issuers {
            Some(trust) => trust,
            None => {
                ours = self.trust(how);
                &ours
            }
        };
        let now = keys::now();
        let chain = build_chain(
            certificate,
            &ChainContext {
                anchors: trust.anchors(),
                candidates: trust.candidates(),
                // Whether the certificate itself is in its time is another question.
                at: now.clamp(
                    certificate.not_before(),
                    certificate.not_after().max(certificate.not_before()),
                ),
                fetch: Some(&*self.fetch),
                cache: Some(&self.issuers),
            },
        );
        let verdict = match chain {
            Err(_) => Verdict {
                issuer: Issuer::Unknown,
                status: unknown(StatusUnknown::NoIssuer),
            },
            Ok(chain) => {
                let known = Verdict {
                    issuer: Issuer::Known,
                    ..Verdict::checking()
                };
                tell.send_replace(known.clone());
                known.after(&check_chain_revocation(
                    &chain,
                    &RevocationContext {
                        fetch: &*self.fetch,
                        at: now,
                        ocsp_url: how.ocsp_url.as_deref(),
                        crl_url: how.crl_url.as_deref(),
                        cache: &self.revocations,
                        deadline: STATUS_LIMIT,
                    },
                ))
            }
        };
        // Neither serial numbers nor addresses: they lead to a person.
        tracing::debug!(
            issuer = ?verdict.issuer,
            status = verdict.status_word(),
            milliseconds = begun.elapsed().as_millis() as u64,
            "a certificate was checked"
        );
        tell.send_replace(verdict);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, Check>> {
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Check {
    /// True while it runs, and for a while after it gave an answer. No answer is asked for again.
    fn serves(&self) -> bool {
        let verdict = self.verdict.borrow();
        if !verdict.is_settled() {
            // A check that broke off never settles.
            return self.verdict.has_changed().is_ok();
        }
        let answered = matches!(
            verdict.status,
            CertificateStatus::Good | CertificateStatus::Revoked { .. }
        );
        answered && self.begun.elapsed() < FRESH
    }
}

fn unknown(why: StatusUnknown) -> CertificateStatus {
    CertificateStatus::Unknown { why }
}
