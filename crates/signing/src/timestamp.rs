//! Time stamps: when a signature was there at the latest, by the word of a time-stamping authority (RFC 3161).

mod error;
mod request;
mod response;
mod token;

pub use error::{FailureInfo, Status, TimestampError, TokenError};
pub use token::TimestampToken;

use pki::trust::TrustAnchors;
use pki::{Algorithm, Fetch, FetchBody, FetchRequest, ObjectIdentifier};
use std::time::Duration;

/// Most bytes of an authority's answer.
pub const MAX_RESPONSE: u64 = 64 * 1024;

/// How far an authority's clock and ours may be apart, in seconds.
pub const MAX_CLOCK_DIFFERENCE: i64 = 15 * 60;

/// Whom to ask for a time stamp, and how.
#[derive(Clone, Copy, Debug)]
pub struct TimestampAuthority<'a> {
    /// The way to the network.
    pub fetch: &'a dyn Fetch,
    /// Where the authority answers; the national one at `http://tsp.pki.gov.kz`.
    pub url: &'a str,
    /// Whom the authority's certificate must lead to.
    pub anchors: &'a TrustAnchors,
    /// Now, in seconds since 1970 UTC.
    pub at: i64,
    /// How long one answer may take.
    pub timeout: Duration,
}

/// Asks for a time stamp over a signature, and verifies the answer before giving it out.
///
/// `signer`: the family of the key that made `signature`; policy and digest follow from it. `signature`: the octets as
/// they stand in the SignerInfo. Blocks until the answer is there, at most `authority.timeout`.
///
/// # Errors
/// A [`TimestampError`] for an authority that cannot be reached, refuses, or answers anything but a token over this very
/// signature, for this very question, made now, under the policy asked for, by a certificate for time stamps that leads to
/// one of the anchors.
///
/// Source: RFC 3161 sections 2.4 and 3.4; the national authority's policies as its own tokens carry them.
pub fn timestamp(
    signer: Algorithm,
    signature: &[u8],
    authority: &TimestampAuthority<'_>,
) -> Result<TimestampToken, TimestampError> {
    let nonce = request::nonce()?;
    let policy = policy(signer);
    let digest_algorithm = signer.digest();
    let imprint = digest_algorithm.digest(signature);
    let body = request::encode(digest_algorithm, &imprint, &policy, &nonce);
    let answer = authority.fetch.fetch_all(&FetchRequest {
        url: authority.url,
        body: Some(FetchBody {
            content_type: "application/timestamp-query",
            bytes: &body,
        }),
        max_bytes: MAX_RESPONSE,
        timeout: authority.timeout,
    })?;
    let token = TimestampToken::read(response::token(&answer)?)?;
    if token.nonce() != Some(nonce.as_slice()) {
        return Err(TimestampError::OtherNonce);
    }
    if (token.digest_algorithm(), token.imprint()) != (digest_algorithm, imprint.as_slice()) {
        return Err(TokenError::OtherImprint.into());
    }
    if token.policy() != policy {
        return Err(TimestampError::OtherPolicy {
            asked: policy,
            given: token.policy(),
        });
    }
    let difference = token.time().saturating_sub(authority.at);
    if difference.saturating_abs() > MAX_CLOCK_DIFFERENCE {
        return Err(TimestampError::Clock { difference });
    }
    token.chain(authority.anchors, Some(authority.fetch), None)?;
    Ok(token)
}

/// The policy that the national authority stamps the signatures of a family under.
///
/// Source: tokens of `tsp.pki.gov.kz`; 1.2.398.3.3.2.6.3 was for the keys before 2015.
#[must_use]
pub const fn policy(signer: Algorithm) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(match signer {
        Algorithm::Gost2004 => "1.2.398.3.3.2.6.1",
        Algorithm::Rsa => "1.2.398.3.3.2.6.2",
        Algorithm::Gost2015_512 | Algorithm::Gost2015_256 => "1.2.398.3.3.2.6.4",
    })
}
