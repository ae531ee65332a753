//! Why there is no time stamp, and why one does not hold.

use crate::{Error, cms::Problem};
use pki::chain::ChainError;
use pki::{FetchError, ObjectIdentifier};

/// Why a signature got no time stamp. Nothing is signed or stamped by halves: whoever asked for a time stamp gets none of
/// it with this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// What was to be stamped could not be signed or read.
    #[error(transparent)]
    Signature(#[from] Error),
    /// A signature that is to be stamped is one that this program cannot read; which digest it needs is not known.
    #[error("a signature of the message is of a kind that is not known here")]
    UnknownSignature,
    /// The operating system gives no random numbers.
    #[error("the operating system gives no random numbers")]
    NoRandomness,
    /// The authority did not answer.
    #[error("the time-stamping authority did not answer: {0}")]
    Fetch(#[from] FetchError),
    /// The answer is no TimeStampResp: a web page, perhaps, or one that breaks off.
    #[error("the answer of the time-stamping authority is not a time stamp: {0}")]
    NotAResponse(&'static str),
    /// The authority refused.
    #[error("the time-stamping authority refused: {status}{}", .failure.map(|it| format!(", {it}")).unwrap_or_default())]
    Rejected {
        /// What it did.
        status: Status,
        /// Why, if it said so.
        failure: Option<FailureInfo>,
    },
    /// The token answers another question than ours: an old answer was replayed.
    #[error("the time stamp answers another request (its nonce is another one)")]
    OtherNonce,
    /// The token is under another policy than the one asked for.
    #[error("the time stamp is under policy {given} instead of {asked}")]
    OtherPolicy {
        /// What we asked for.
        asked: ObjectIdentifier,
        /// What came.
        given: ObjectIdentifier,
    },
    /// The authority's clock and ours are too far apart; ours is the likelier to be wrong.
    #[error(
        "the clock of the time-stamping authority differs from this computer's by {} minutes",
        .difference / 60
    )]
    Clock {
        /// Seconds from our time to the stamp's: negative when ours is ahead.
        difference: i64,
    },
    /// The token does not hold.
    #[error("the time stamp does not hold: {0}")]
    Token(#[from] TokenError),
}

/// Why a time-stamp token does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not a TimeStampToken: not a CMS, or not one with TSTInfo in it.
    #[error("it is not a time-stamp token: {0}")]
    NotAToken(&'static str),
    /// An imprint by a digest that nobody in this PKI uses.
    #[error("the digest algorithm {0} is not known here")]
    UnknownDigest(ObjectIdentifier),
    /// The authority's signature does not hold.
    #[error("{0}")]
    Signature(Problem),
    /// The signature does not say by which certificate it is.
    #[error("it does not name its certificate")]
    UnnamedCertificate,
    /// The certificate is not one for time stamps and for nothing else.
    #[error("its certificate is not one of a time-stamping authority")]
    NotForTimestamps,
    /// It stamps something else.
    #[error("it was made over another signature")]
    OtherImprint,
    /// The certificate leads to no anchor, or was not valid when the stamp was made.
    #[error("{0}")]
    Chain(#[from] ChainError),
}

/// PKIStatus: what an authority did with a request. Source: RFC 3161 section 2.4.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is its own sentence")]
pub enum Status {
    #[error("granted")]
    Granted,
    #[error("granted with modifications")]
    GrantedWithModifications,
    #[error("rejection")]
    Rejection,
    #[error("waiting")]
    Waiting,
    #[error("its certificate is about to be revoked")]
    RevocationWarning,
    #[error("its certificate is revoked")]
    RevocationNotification,
    #[error("unknown status")]
    Unknown,
}

/// PKIFailureInfo: why an authority refuses. Source: RFC 3161 section 2.4.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is its own sentence")]
pub enum FailureInfo {
    #[error("the digest algorithm is not accepted (badAlg)")]
    BadAlgorithm,
    #[error("the request is not permitted (badRequest)")]
    BadRequest,
    #[error("the request is damaged (badDataFormat)")]
    BadDataFormat,
    #[error("its source of time is not available (timeNotAvailable)")]
    TimeNotAvailable,
    #[error("the policy is not supported (unacceptedPolicy)")]
    UnacceptedPolicy,
    #[error("the extension is not supported (unacceptedExtension)")]
    UnacceptedExtension,
    #[error("additional information is not available (addInfoNotAvailable)")]
    AdditionalInformationNotAvailable,
    #[error("a failure of its own (systemFailure)")]
    SystemFailure,
    #[error("no known reason")]
    Unknown,
}
