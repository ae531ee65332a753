//! From what a message says to what is to be thought of it.

use super::checks::{
    Basis, ChainCheck, ReferenceTime, RevocationCheck, SignatureCheck, SignatureProblem,
    TimestampCheck, ValidityCheck, Verdict,
};
use super::{Coverage, ReportContext, SignatureReport};
use crate::Warning;
use crate::timestamp::{TimestampToken, TokenError};
use pki::chain::{Chain, ChainContext, build_chain};
use pki::revocation::{ChainRevocation, RevocationStatus, check_chain_revocation};
use pki::{Algorithm, Certificate, DigestAlgorithm};

/// What a message says about one signature.
#[derive(Default)]
pub(super) struct Evidence {
    pub problems: Vec<SignatureProblem>,
    pub covers: Vec<Coverage>,
    pub algorithm: Option<Algorithm>,
    pub digest_algorithm: Option<DigestAlgorithm>,
    pub certificate: Option<Certificate>,
    /// Those that came along.
    pub certificates: Vec<Certificate>,
    pub claimed_time: Option<i64>,
    /// The octets that the tokens are over.
    pub signature: Vec<u8>,
    pub tokens: Vec<Vec<u8>>,
    pub warnings: Vec<Warning>,
}

pub(super) fn signature(evidence: Evidence, context: &ReportContext<'_>) -> SignatureReport {
    let timestamps: Vec<_> = evidence
        .tokens
        .iter()
        .map(|token| timestamp(token, &evidence.signature, context))
        .collect();
    let reference_time = reference_time(&timestamps, evidence.claimed_time, context.at);
    let certificate = evidence.certificate.as_ref();
    let validity = certificate.map_or(ValidityCheck::NoCertificate, |certificate| {
        validity(certificate, reference_time, context.at)
    });
    let mut chain = certificate.map_or(ChainCheck::NoCertificate, |certificate| {
        chain(certificate, &evidence.certificates, reference_time, context)
    });
    let mut revocation = RevocationCheck::NotChecked;
    if let (ChainCheck::Trusted(trusted), Some(asked)) = (&chain, context.revocation) {
        let found = check_chain_revocation(trusted, asked);
        if let Some(status) = found.status() {
            revocation = RevocationCheck::of_signer(status.clone(), reference_time);
        }
        if let Some(revoked) = revoked_issuer(trusted, &found, reference_time) {
            chain = revoked;
        }
    }
    let signature = SignatureCheck {
        problems: evidence.problems,
    };
    let single = [
        signature.verdict(),
        chain.verdict(),
        validity.verdict(),
        revocation.verdict(),
    ];
    let of_stamps = timestamps.iter().map(TimestampCheck::verdict);
    SignatureReport {
        verdict: Verdict::worst(single.into_iter().chain(of_stamps)),
        certificate: evidence.certificate,
        algorithm: evidence.algorithm,
        digest_algorithm: evidence.digest_algorithm,
        covers: evidence.covers,
        claimed_time: evidence.claimed_time,
        reference_time,
        signature,
        chain,
        validity,
        revocation,
        timestamps,
        warnings: evidence.warnings,
    }
}

/// The earliest time that a stamp proves, else the time that the signer claims, else now.
fn reference_time(timestamps: &[TimestampCheck], claimed: Option<i64>, now: i64) -> ReferenceTime {
    let proven = timestamps
        .iter()
        .filter_map(TimestampCheck::proven_time)
        .min();
    let (time, basis) = match (proven, claimed) {
        (Some(time), _) => (time, Basis::Stamped),
        // Nothing was signed in the future, whatever the signer says.
        (None, Some(time)) if time <= now => (time, Basis::Claimed),
        (None, _) => (now, Basis::Now),
    };
    ReferenceTime { time, basis }
}

fn validity(certificate: &Certificate, reference: ReferenceTime, now: i64) -> ValidityCheck {
    let ReferenceTime { time, basis } = reference;
    if time < certificate.not_before() {
        return ValidityCheck::NotYetValid;
    }
    let expired = time > certificate.not_after();
    let expired_now = now > certificate.not_after();
    match basis {
        Basis::Now if expired => ValidityCheck::ExpiredSince,
        _ if expired => ValidityCheck::Expired,
        Basis::Claimed if expired_now => ValidityCheck::ValidByClaim,
        _ => ValidityCheck::Valid,
    }
}

fn chain(
    certificate: &Certificate,
    candidates: &[Certificate],
    reference: ReferenceTime,
    context: &ReportContext<'_>,
) -> ChainCheck {
    // The certificate's own validity is a check of its own; here those above it are judged.
    let at = reference
        .time
        .min(certificate.not_after())
        .max(certificate.not_before());
    let context = ChainContext {
        anchors: context.anchors,
        candidates,
        at,
        fetch: context.fetch,
        cache: context.issuers,
    };
    match build_chain(certificate, &context) {
        Ok(chain) => ChainCheck::Trusted(chain),
        Err(error) => ChainCheck::Failed(error),
    }
}

/// The chain without its trust, when an issuer in it was revoked before a time stamp proves the signature to be there.
fn revoked_issuer(
    chain: &Chain,
    found: &ChainRevocation,
    reference: ReferenceTime,
) -> Option<ChainCheck> {
    let (issuer, status) = found.revoked_issuer()?;
    let stamped = (reference.basis == Basis::Stamped).then_some(reference.time);
    let check = RevocationCheck::of_authority(status.clone(), stamped.unwrap_or(i64::MAX));
    (check.verdict() != Verdict::Holds).then(|| ChainCheck::IssuerRevoked {
        chain: chain.clone(),
        issuer: issuer.clone(),
        status: status.clone(),
    })
}

/// What is known of a time-stamping authority: of those that vouch for it, the revoked one counts.
fn of_timestamps(chain: &Chain, context: &ReportContext<'_>) -> Option<RevocationStatus> {
    let found = check_chain_revocation(chain, context.revocation?);
    match found.revoked_issuer() {
        Some((_, status)) => Some(status.clone()),
        None => found.status().cloned(),
    }
}

fn timestamp(token: &[u8], signature: &[u8], context: &ReportContext<'_>) -> TimestampCheck {
    let failed = |token, problem: TokenError| TimestampCheck {
        token,
        problem: Some(problem),
        chain: None,
        revocation: RevocationCheck::NotChecked,
    };
    let token = match TimestampToken::read(token) {
        Ok(token) => token,
        Err(problem) => return failed(None, problem),
    };
    if let Err(problem) = token.check_imprint(signature) {
        return failed(Some(token), problem);
    }
    match token.chain(context.anchors, context.fetch, context.issuers) {
        Err(problem) => failed(Some(token), problem),
        Ok(chain) => TimestampCheck {
            revocation: of_timestamps(&chain, context).map_or(RevocationCheck::NotChecked, |it| {
                RevocationCheck::of_authority(it, token.time())
            }),
            token: Some(token),
            problem: None,
            chain: Some(chain),
        },
    }
}
