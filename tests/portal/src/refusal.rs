//! Why the portal says no: every check has its own reason, and every reason its own words in three languages.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A refusal. Its [`code`](Refusal::code) is what the page looks its words up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The request's shape is wrong.
    #[error("bad-request")]
    BadRequest,
    /// The CSRF token, the Origin or the Host is not this portal's.
    #[error("stale-page")]
    StalePage,
    /// Too many requests of one visitor.
    #[error("too-many-requests")]
    TooManyRequests,
    /// The action is for people who have logged in.
    #[error("not-logged-in")]
    NotLoggedIn,
    /// The portal never asked for this signature.
    #[error("unknown-challenge")]
    UnknownChallenge,
    /// The signature was already used once.
    #[error("challenge-used")]
    ChallengeUsed,
    /// The signature came too late.
    #[error("challenge-expired")]
    ChallengeExpired,
    /// The signature was asked for in another visit.
    #[error("another-session")]
    AnotherSession,
    /// The signature was asked for something else: a log-in is no registration.
    #[error("another-purpose")]
    AnotherPurpose,
    /// The bytes are no CMS or XML, or one that nobody careful reads (a DTD, duplicate identifiers, excessive depth).
    #[error("unreadable-signature")]
    UnreadableSignature,
    /// There is no signature in it.
    #[error("no-signature")]
    NoSignature,
    /// There is more than one signature in it.
    #[error("several-signatures")]
    SeveralSignatures,
    /// The signature does not hold.
    #[error("invalid-signature")]
    InvalidSignature,
    /// What is signed is not what the portal asked to sign.
    #[error("content-differs")]
    ContentDiffers,
    /// The certificate is not from an issuer that the portal trusts.
    #[error("unknown-issuer")]
    UnknownIssuer,
    /// The certificate has ended.
    #[error("certificate-expired")]
    CertificateExpired,
    /// The certificate's time has not come.
    #[error("certificate-not-yet-valid")]
    CertificateNotYetValid,
    /// The certificate is revoked.
    #[error("certificate-revoked")]
    CertificateRevoked,
    /// There is no current revocation list, so nobody can say that the certificate is not revoked.
    #[error("status-unknown")]
    StatusUnknown,
    /// The key is for signing documents only.
    #[error("not-for-login")]
    NotForLogin,
    /// The key is for logging in only.
    #[error("not-for-signing")]
    NotForSigning,
    /// The certificate names no individual: an information system's, say.
    #[error("no-iin")]
    NoIin,
    /// An organisation's certificate where an individual's was chosen.
    #[error("individual-expected")]
    IndividualExpected,
    /// An individual's certificate where an organisation's was chosen.
    #[error("organisation-expected")]
    OrganisationExpected,
    /// The organisation has not given this employee the right to sign.
    #[error("no-right-to-sign")]
    NoRightToSign,
    /// Nobody has registered with this certificate's IIN or BIN.
    #[error("not-registered")]
    NotRegistered,
    /// Somebody has already registered with this certificate's IIN or BIN.
    #[error("already-registered")]
    AlreadyRegistered,
    /// The document is signed by somebody else than the one who has logged in.
    #[error("another-person")]
    AnotherPerson,
    /// The e-mail address is no address.
    #[error("bad-email")]
    BadEmail,
    /// The agreement was not accepted.
    #[error("agreement-needed")]
    AgreementNeeded,
    /// The certificate has to be chosen first.
    #[error("certificate-needed")]
    CertificateNeeded,
    /// The text is empty or too long.
    #[error("bad-document")]
    BadDocument,
    /// There is no such thing on this portal.
    #[error("not-found")]
    NotFound,
}

impl Refusal {
    /// The name in replies, logs and text files: lower case with hyphens.
    #[must_use]
    pub fn code(self) -> String {
        self.to_string()
    }

    /// The HTTP status that goes with it.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest | Self::BadEmail | Self::AgreementNeeded | Self::BadDocument => {
                StatusCode::BAD_REQUEST
            }
            Self::NotLoggedIn => StatusCode::UNAUTHORIZED,
            Self::StalePage | Self::AnotherPerson | Self::NotRegistered | Self::NoRightToSign => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::UnknownChallenge
            | Self::ChallengeUsed
            | Self::ChallengeExpired
            | Self::AnotherSession
            | Self::AnotherPurpose
            | Self::AlreadyRegistered
            | Self::CertificateNeeded => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// All of them, for the test that every one has its words.
    pub const ALL: [Self; 33] = [
        Self::BadRequest,
        Self::StalePage,
        Self::TooManyRequests,
        Self::NotLoggedIn,
        Self::UnknownChallenge,
        Self::ChallengeUsed,
        Self::ChallengeExpired,
        Self::AnotherSession,
        Self::AnotherPurpose,
        Self::UnreadableSignature,
        Self::NoSignature,
        Self::SeveralSignatures,
        Self::InvalidSignature,
        Self::ContentDiffers,
        Self::UnknownIssuer,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::CertificateRevoked,
        Self::StatusUnknown,
        Self::NotForLogin,
        Self::NotForSigning,
        Self::NoIin,
        Self::IndividualExpected,
        Self::OrganisationExpected,
        Self::NoRightToSign,
        Self::NotRegistered,
        Self::AlreadyRegistered,
        Self::AnotherPerson,
        Self::BadEmail,
        Self::AgreementNeeded,
        Self::CertificateNeeded,
        Self::BadDocument,
        Self::NotFound,
    ];
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (
            self.status(),
            Json(serde_json::json!({ "error": self.code() })),
        )
            .into_response()
    }
}
