//! Looking through revocation lists.

use std::time::{Duration, Instant};

use super::{
    Evidence, RevocationContext, RevocationReason, RevocationStatus, Source, UnknownCause,
    UnknownReason, addresses, cache::Received,
};
use crate::{
    Certificate, FetchError, FetchRequest, KeyUsage,
    chain::Issuer,
    crl::{CrlEntry, CrlFindings, CrlQuery},
};

/// What the first list that can be believed says, with the list of changes after it; the reasons of those that cannot
/// are added to `reasons`.
pub(super) fn ask_all(
    certificate: &Certificate,
    issuer: &Issuer,
    context: &RevocationContext<'_>,
    until: Instant,
    reasons: &mut Vec<UnknownReason>,
) -> Option<RevocationStatus> {
    let mut failed = |asked, url: Option<&str>, cause| {
        reasons.push(UnknownReason {
            asked,
            url: url.map(str::to_owned),
            cause,
        });
    };
    let urls = addresses::choose(context.crl_url, certificate.crl_urls());
    if urls.is_empty() {
        failed(Source::Crl, None, UnknownCause::NoAddress);
    }
    let search = Search {
        certificate,
        issuer,
        context,
        until,
    };
    for url in urls {
        match search.list(url, Source::Crl) {
            Ok(full) => return Some(search.with_changes(full)),
            Err(cause) => failed(Source::Crl, Some(url), cause),
        }
    }
    None
}

/// The time that is left for an exchange.
pub(super) fn remaining(until: Instant) -> Result<Duration, FetchError> {
    match until.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(FetchError::Timeout),
        left => Ok(left),
    }
}

struct Search<'a> {
    certificate: &'a Certificate,
    issuer: &'a Issuer,
    context: &'a RevocationContext<'a>,
    until: Instant,
}

/// What a list says, and which.
struct Listed {
    findings: CrlFindings,
    evidence: Evidence,
}

impl Search<'_> {
    /// The list at `url`: the one on disk while it is new, else the one of the server, else the one on disk again.
    fn list(&self, url: &str, source: Source) -> Result<Listed, UnknownCause> {
        let may_sign = |issuer: &Certificate| issuer.key_usage().is_none_or(KeyUsage::crl_sign);
        if !self.issuer.certificate().is_none_or(may_sign) {
            return Err(UnknownCause::NotEntrusted);
        }
        let query = CrlQuery {
            issuer_name: self.issuer.name(),
            issuer_key: self.issuer.public_key(),
            serial_number: self.certificate.serial_number(),
        };
        let cache = self.context.cache;
        let kept = cache
            .find(url, &query, self.context.at)
            .filter(|kept| self.check(&kept.findings, source).is_ok());
        if let Some(kept) = &kept
            && kept.is_new
        {
            return Ok(listed(kept.findings.clone(), url, source, true));
        }
        let fetched = self.fetch(url, &query).and_then(|received| {
            self.check(&received.findings, source)?;
            Ok(received)
        });
        match (fetched, kept) {
            // Somebody who holds back the newest list cannot take back what we know.
            (Ok(fetched), Some(kept))
                if kept.findings.this_update > fetched.findings.this_update =>
            {
                Ok(listed(kept.findings, url, source, true))
            }
            (Ok(fetched), _) => Ok(listed(cache.keep(fetched), url, source, false)),
            (Err(_), Some(kept)) => Ok(listed(kept.findings, url, source, true)),
            (Err(cause), None) => Err(cause),
        }
    }

    fn fetch(&self, url: &str, query: &CrlQuery<'_>) -> Result<Received, UnknownCause> {
        let cache = self.context.cache;
        let body = self.context.fetch.fetch(&FetchRequest {
            url,
            body: None,
            max_bytes: cache.limits().list_bytes,
            timeout: remaining(self.until)?,
        })?;
        cache.receive(url, body, query, self.context.at, self.until)
    }

    fn check(&self, findings: &CrlFindings, source: Source) -> Result<(), UnknownCause> {
        if findings.is_delta && source == Source::Crl {
            return Err(UnknownCause::PartialList);
        }
        findings.check(self.certificate, self.context.at)
    }

    /// The verdict of a full list after the lists of changes have been asked; without them the full list's own.
    fn with_changes(&self, full: Listed) -> RevocationStatus {
        let hold = Some(RevocationReason::CertificateHold);
        if !full
            .findings
            .entry
            .is_some_and(|entry| entry.reason != hold)
        {
            let named = [self.certificate.delta_crl_urls(), &full.findings.delta_urls].concat();
            for url in addresses::choose(None, &named) {
                let Ok(changes) = self.list(url, Source::DeltaCrl) else {
                    continue;
                };
                // An older list of changes is part of the full one.
                let is_newer = changes.findings.this_update >= full.findings.this_update;
                match changes.findings.entry {
                    Some(entry) if is_newer => return verdict(Some(entry), changes.evidence),
                    _ => break,
                }
            }
        }
        verdict(full.findings.entry, full.evidence)
    }
}

fn listed(findings: CrlFindings, url: &str, source: Source, cached: bool) -> Listed {
    let evidence = Evidence {
        source,
        url: url.to_owned(),
        this_update: findings.this_update,
        next_update: findings.next_update,
        responder: None,
        cached,
    };
    Listed { findings, evidence }
}

fn verdict(entry: Option<CrlEntry>, evidence: Evidence) -> RevocationStatus {
    match entry {
        None => RevocationStatus::Good(evidence),
        Some(entry) if entry.reason == Some(RevocationReason::RemoveFromCrl) => {
            RevocationStatus::Good(evidence)
        }
        Some(CrlEntry { when, reason }) => RevocationStatus::Revoked {
            when,
            reason,
            evidence,
        },
    }
}
