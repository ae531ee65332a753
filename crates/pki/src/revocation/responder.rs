//! Asking OCSP responders.

use std::time::Instant;

use super::{
    Evidence, OcspRefusal, RevocationContext, RevocationStatus, Source, UnknownCause,
    UnknownReason, addresses,
    lists::{self, remaining},
};
use crate::{
    Certificate, DigestAlgorithm, FetchBody, FetchRequest,
    chain::Issuer,
    ocsp::{self, CertStatus, OcspAnswer, OcspRequest, OcspResponse},
    oid,
};

/// The first answer of a responder; the reasons of those that gave none are added to `reasons`.
pub(super) fn ask_all(
    certificate: &Certificate,
    issuer: &Issuer,
    context: &RevocationContext<'_>,
    until: Instant,
    reasons: &mut Vec<UnknownReason>,
) -> Option<RevocationStatus> {
    let urls = addresses::choose(context.ocsp_url, certificate.ocsp_urls());
    if urls.is_empty() {
        reasons.push(UnknownReason {
            asked: Source::Ocsp,
            url: None,
            cause: UnknownCause::NoAddress,
        });
    }
    for url in urls {
        let answer = ask(certificate, issuer, context, url, until).and_then(|answer| {
            if let Some(responder) = &answer.responder {
                check_responder(responder, issuer, context, until)?;
            }
            Ok(answer)
        });
        match answer {
            Ok(answer) => return Some(status(answer, url)),
            Err(cause) => reasons.push(UnknownReason {
                asked: Source::Ocsp,
                url: Some(url.to_owned()),
                cause,
            }),
        }
    }
    None
}

/// Asks by SHA-256, and by SHA-1 a responder that seems not to understand that.
fn ask(
    certificate: &Certificate,
    issuer: &Issuer,
    context: &RevocationContext<'_>,
    url: &str,
    until: Instant,
) -> Result<OcspAnswer, UnknownCause> {
    let ask = |digest| {
        let mut nonce = [0; 8];
        getrandom::fill(&mut nonce).map_err(|_| UnknownCause::NoNonce)?;
        let request = OcspRequest::new(
            certificate,
            issuer.name(),
            issuer.public_key(),
            digest,
            Some(nonce),
        );
        let response = context.fetch.fetch_all(&FetchRequest {
            url,
            body: Some(FetchBody {
                content_type: ocsp::REQUEST_TYPE,
                bytes: request.der(),
            }),
            max_bytes: ocsp::MAX_BYTES as u64,
            timeout: remaining(until)?,
        })?;
        OcspResponse::from_der(&response)?.check(&request, context.at)
    };
    let first = ask(DigestAlgorithm::Sha256);
    match first {
        Err(
            UnknownCause::Refused(OcspRefusal::MalformedRequest | OcspRefusal::Unauthorized)
            | UnknownCause::OtherCertificate,
        ) => ask(DigestAlgorithm::Sha1).or(first),
        _ => first,
    }
}

/// Whether a responder that the issuer entrusted is still entrusted: its certificate is looked for in the lists that it
/// names. One that names none, or that is marked with id-pkix-ocsp-nocheck, serves as long as it is valid.
///
/// Source: RFC 6960 §4.2.2.2.1; the national authority's responders are marked.
fn check_responder(
    responder: &Certificate,
    issuer: &Issuer,
    context: &RevocationContext<'_>,
    until: Instant,
) -> Result<(), UnknownCause> {
    let named = addresses::choose(None, responder.crl_urls());
    if responder.extension(oid::OCSP_NO_CHECK).is_some() || named.is_empty() {
        return Ok(());
    }
    let context = RevocationContext {
        crl_url: None,
        ..*context
    };
    match lists::ask_all(responder, issuer, &context, until, &mut Vec::new()) {
        Some(RevocationStatus::Good(_)) => Ok(()),
        Some(RevocationStatus::Revoked { .. }) => Err(UnknownCause::ResponderRevoked),
        Some(RevocationStatus::Unknown(_)) | None => Err(UnknownCause::ResponderUnchecked),
    }
}

fn status(answer: OcspAnswer, url: &str) -> RevocationStatus {
    let evidence = Evidence {
        source: Source::Ocsp,
        url: url.to_owned(),
        this_update: answer.this_update,
        next_update: answer.next_update,
        responder: answer.responder,
        cached: false,
    };
    match answer.status {
        CertStatus::Good => RevocationStatus::Good(evidence),
        CertStatus::Revoked { when, reason } => RevocationStatus::Revoked {
            when,
            reason,
            evidence,
        },
    }
}
