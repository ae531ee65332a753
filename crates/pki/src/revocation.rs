//! Whether a certificate was revoked: OCSP first, then revocation lists, within one deadline.
//!
//! [`check_revocation`] asks the addresses in the certificate, or those that the settings put in their place, over
//! [`Fetch`]. Whatever goes wrong has a name; an attacker on the way, who can drop and replay but not sign, gets
//! [`RevocationStatus::Unknown`] out of it and nothing else. What that means for a signature, the caller decides.

mod addresses;
mod cache;
mod chain;
mod files;
mod lists;
mod responder;
mod status;

use std::time::{Duration, Instant};

pub use self::{
    cache::{CacheLimits, RevocationCache},
    chain::{ChainRevocation, check_chain_revocation},
    status::{
        Evidence, OcspRefusal, RevocationReason, RevocationStatus, Source, UnknownCause,
        UnknownReason,
    },
};
use crate::{Certificate, Fetch, chain::Issuer};

/// How far this computer's clock and a server's may differ, in seconds.
pub const CLOCK_ALLOWANCE: i64 = 5 * 60;
/// How long an answer without nextUpdate serves, in seconds.
pub(crate) const DAY: i64 = 24 * 60 * 60;

/// What a check needs besides the certificate and its issuer.
#[derive(Clone, Copy, Debug)]
pub struct RevocationContext<'a> {
    /// The way to the network.
    pub fetch: &'a dyn Fetch,
    /// The present, in seconds since 1970 (UTC): answers are wanted that are fresh now, also for old signatures.
    pub at: i64,
    /// The OCSP responder to ask in place of those that the certificate names.
    pub ocsp_url: Option<&'a str>,
    /// The revocation list to read in place of those that the certificate names.
    pub crl_url: Option<&'a str>,
    /// What earlier checks have learned.
    pub cache: &'a RevocationCache,
    /// How long everything together may take. OCSP gets the first half of it, so that something is left for lists.
    pub deadline: Duration,
}

/// Asks whether `certificate`, which `issuer` issued, was revoked.
///
/// OCSP is asked first, at up to three addresses; if that gives no answer, lists are looked through, those of changes
/// after full ones. An answer that was heard in the last minutes is given again. Blocks for at most
/// [`RevocationContext::deadline`]; the caller has made sure that `issuer` is the one that signed the certificate.
#[must_use]
pub fn check_revocation(
    certificate: &Certificate,
    issuer: &Issuer,
    context: &RevocationContext<'_>,
) -> RevocationStatus {
    if let Some(status) = context.cache.answer(certificate, issuer, context.at) {
        return status;
    }
    let now = Instant::now();
    let mut reasons = Vec::new();
    let until = now + context.deadline / 2;
    let answer = responder::ask_all(certificate, issuer, context, until, &mut reasons);
    if let Some(status) = answer {
        context
            .cache
            .keep_answer(certificate, issuer, context.at, &status);
        return status;
    }
    let until = now + context.deadline;
    match lists::ask_all(certificate, issuer, context, until, &mut reasons) {
        Some(status) => status,
        None => RevocationStatus::Unknown(reasons),
    }
}
