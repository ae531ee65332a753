//! Asking OCSP responders.

use std::time::Instant;

use super::{
    Evidence, OcspRefusal, RevocationContext, RevocationStatus, Source, UnknownCause,
    UnknownReason, addresses, lists::remaining,
};
use crate::{
    Certificate, DigestAlgorithm, FetchBody, FetchRequest,
    chain::Issuer,
    ocsp::{self, CertStatus, OcspAnswer, OcspRequest, OcspResponse},
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
        match ask(certificate, issuer, context, url, until) {
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
