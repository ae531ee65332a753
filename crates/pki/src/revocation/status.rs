use std::fmt;

use const_oid::ObjectIdentifier;

use crate::{Certificate, Error, FetchError};

/// Whether a certificate was revoked, as far as its issuer could be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// The issuer says that it was not.
    Good(Evidence),
    /// The issuer says that it was.
    Revoked {
        /// Since when, in seconds since 1970 (UTC).
        when: i64,
        /// Why, if the issuer says it.
        reason: Option<RevocationReason>,
        /// Who said so.
        evidence: Evidence,
    },
    /// Nobody answered in a way that can be believed: every attempt in order, and what became of it.
    Unknown(Vec<UnknownReason>),
}

/// The answer that a [`RevocationStatus`] rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What kind of answer it is.
    pub source: Source,
    /// Where it came from.
    pub url: String,
    /// The time that the answer speaks of, in seconds since 1970 (UTC).
    pub this_update: i64,
    /// When a newer answer is to be had at the latest, in seconds since 1970 (UTC); Kazakhstan's responders say none.
    pub next_update: Option<i64>,
    /// The certificate of the OCSP responder; `None` when the issuer's own key signed, as under all lists.
    pub responder: Option<Certificate>,
    /// Whether it was kept from an earlier check, and the server not asked now.
    pub cached: bool,
}

/// What kinds of answers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// An answer about this certificate (RFC 6960).
    Ocsp,
    /// The list of all revoked certificates (RFC 5280 §5).
    Crl,
    /// The list of changes since the last full list (RFC 5280 §5.2.4).
    DeltaCrl,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ocsp => "OCSP",
            Self::Crl => "CRL",
            Self::DeltaCrl => "delta CRL",
        })
    }
}

/// Why a certificate was revoked (CRLReason, RFC 5280 §5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// unspecified (0).
    Unspecified,
    /// keyCompromise (1): somebody else may have the key.
    KeyCompromise,
    /// cACompromise (2): somebody else may have the issuer's key.
    CaCompromise,
    /// affiliationChanged (3): the owner's name or employer changed.
    AffiliationChanged,
    /// superseded (4): there is a newer certificate.
    Superseded,
    /// cessationOfOperation (5): it is no longer needed.
    CessationOfOperation,
    /// certificateHold (6): for the time being.
    CertificateHold,
    /// removeFromCRL (8): only in delta lists, the certificate is good again.
    RemoveFromCrl,
    /// privilegeWithdrawn (9).
    PrivilegeWithdrawn,
    /// aACompromise (10).
    AaCompromise,
    /// A number that the standard does not know.
    Other(u8),
}

impl RevocationReason {
    /// The reason that a number of CRLReason means.
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::CaCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AaCompromise,
            other => Self::Other(other),
        }
    }
}

/// One attempt to learn whether a certificate was revoked, and why it gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{asked} {}: {cause}", .url.as_deref().unwrap_or("(no address)"))]
pub struct UnknownReason {
    /// What was asked for.
    pub asked: Source,
    /// Whom; `None` when there was nobody to ask.
    pub url: Option<String>,
    /// What became of it.
    pub cause: UnknownCause,
}

/// Why an OCSP response or a revocation list says nothing that can be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownCause {
    /// Neither the certificate nor the settings have an address that can be asked.
    #[error("there is no address to ask")]
    NoAddress,
    /// The server gave nothing: offline, no way, no answer in time, another status than 200, too much.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A web page: a portal of a hotel, a proxy's refusal, an error page.
    #[error("a web page came instead of an answer")]
    WebPage,
    /// The bytes are not what they should be, or an algorithm is not known here.
    #[error(transparent)]
    Unreadable(#[from] Error),
    /// The responder does not answer such requests (malformedRequest, internalError, tryLater, sigRequired, …).
    #[error("the responder refused: {0}")]
    Refused(OcspRefusal),
    /// The responder does not know the certificate.
    ///
    /// That is `unknown`, and Kazakhstan's «revoked on 1970-01-01, certificateHold» (RFC 6960 §2.2, extended revoke).
    #[error("the responder does not know the certificate")]
    UnknownToResponder,
    /// The answer is about other certificates.
    #[error("the answer is about another certificate")]
    OtherCertificate,
    /// The answer belongs to another request: a replay.
    #[error("the answer belongs to another request")]
    NonceMismatch,
    /// The answer does not repeat the request's nonce and is not new enough to do without.
    #[error("the answer does not repeat the nonce")]
    NoNonce,
    /// Somebody signed who may not speak for the issuer, or the list is another issuer's.
    #[error("the signer does not speak for the issuer")]
    WrongSigner,
    /// The issuer did not entrust the signer with OCSP (no OCSPSigning), or itself not with lists (no cRLSign).
    #[error("the signer is not entrusted with this")]
    NotEntrusted,
    /// The responder's own certificate is past its validity.
    #[error("the responder's certificate has expired")]
    ResponderExpired,
    /// The responder's own certificate is not valid yet.
    #[error("the responder's certificate is not valid yet")]
    ResponderNotYetValid,
    /// The responder's certificate was revoked by the issuer.
    #[error("the responder's certificate was revoked")]
    ResponderRevoked,
    /// Whether the responder's certificate was revoked could not be learned, and the issuer wants that asked.
    #[error("whether the responder's certificate was revoked is not known")]
    ResponderUnchecked,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    BadSignature,
    /// The answer is too old.
    #[error("the answer is out of date")]
    Stale {
        /// The time that the answer speaks of, in seconds since 1970 (UTC).
        this_update: i64,
        /// Until when it was meant to be used.
        next_update: Option<i64>,
    },
    /// The answer was made in the future, or just now and yet long ago: one of the two clocks is wrong.
    #[error("this computer's clock or the server's is wrong")]
    ClockOrResponder {
        /// What the server says, in seconds since 1970 (UTC).
        theirs: i64,
        /// What this computer says.
        ours: i64,
    },
    /// A list that may be incomplete for this certificate: of other kinds of certificates, of some reasons only, of
    /// another distribution point, or a delta list where a full one should be.
    #[error("the list does not cover the certificate")]
    PartialList,
    /// A list with certificates of other issuers (indirectCRL, certificateIssuer).
    #[error("the list is an indirect one")]
    IndirectList,
    /// A critical extension that is not known here may change what the answer means.
    #[error("it has an unknown critical extension {0}")]
    UnknownCriticalExtension(ObjectIdentifier),
}

/// What an OCSP responder says instead of an answer (OCSPResponseStatus, RFC 6960 §4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OcspRefusal {
    /// malformedRequest (1).
    MalformedRequest,
    /// internalError (2).
    InternalError,
    /// tryLater (3).
    TryLater,
    /// sigRequired (5).
    SignatureRequired,
    /// unauthorized (6): this responder does not answer for that issuer, or not to us.
    Unauthorized,
    /// A number that the standard does not know.
    Other(u8),
}

impl fmt::Display for OcspRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedRequest => f.write_str("malformedRequest"),
            Self::InternalError => f.write_str("internalError"),
            Self::TryLater => f.write_str("tryLater"),
            Self::SignatureRequired => f.write_str("sigRequired"),
            Self::Unauthorized => f.write_str("unauthorized"),
            Self::Other(number) => write!(f, "status {number}"),
        }
    }
}
