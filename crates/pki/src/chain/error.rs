use std::fmt;

use crate::{FetchError, Name, ObjectIdentifier};

/// Why nobody who is believed vouches for a certificate.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// Nobody of the name that the last certificate gives for its issuer is known.
    #[error("the certificate of «{}» is missing", .name.to_ncalayer_string())]
    NoIssuer {
        /// Who is missing.
        name: Name,
        /// Why it could not be fetched; `None` when there was nowhere to fetch it from.
        fetch: Option<IssuerFetchError>,
    },
    /// The chain ends at one who vouches for itself and is not believed.
    #[error("{certificate} ends the chain and is not trusted")]
    NotTrusted {
        /// The last certificate of the chain.
        certificate: ChainLink,
    },
    /// There are issuers of the right name, but none of their keys made the signature.
    #[error("nobody named «{}» made the signature", .name.to_ncalayer_string())]
    BadSignature {
        /// The name that was misused.
        name: Name,
    },
    /// The signature was made with an algorithm that is not known or not safe any more, such as SHA-1.
    #[error("{certificate} is signed with {algorithm}, which is not supported")]
    UnsupportedSignature {
        /// Whose signature.
        certificate: ChainLink,
        /// The algorithm.
        algorithm: ObjectIdentifier,
    },
    /// The chain holds, but at the time in question one of it was no longer valid.
    #[error("{certificate} expired (at {not_after}, asked for {at})")]
    Expired {
        /// Which one.
        certificate: ChainLink,
        /// Its last second, counted from 1970 in UTC.
        not_after: i64,
        /// The time in question.
        at: i64,
    },
    /// The chain holds, but at the time in question one of it was not valid yet.
    #[error("{certificate} is not valid yet (before {not_before}, asked for {at})")]
    NotYetValid {
        /// Which one.
        certificate: ChainLink,
        /// Its first second, counted from 1970 in UTC.
        not_before: i64,
        /// The time in question.
        at: i64,
    },
    /// One that issued a certificate is no authority, or may not sign certificates (keyCertSign).
    #[error("{certificate} may not issue certificates")]
    NotACa {
        /// Which one.
        certificate: ChainLink,
    },
    /// More authorities stand under one than it may have.
    #[error("{certificate} may not have so many authorities under it")]
    PathTooLong {
        /// Which one.
        certificate: ChainLink,
    },
    /// A certificate demands something that is not known here.
    #[error("{certificate} has the critical extension {extension}, which is not known")]
    UnknownCriticalExtension {
        /// Which one.
        certificate: ChainLink,
        /// What it demands.
        extension: ObjectIdentifier,
    },
    /// More certificates than [`MAX_CERTIFICATES`](super::MAX_CERTIFICATES) would be needed.
    #[error("the chain is too long")]
    TooDeep,
    /// More signatures than [`MAX_SIGNATURE_CHECKS`](super::MAX_SIGNATURE_CHECKS) would have to be checked.
    #[error("too many certificates could be the issuer's")]
    TooManyCandidates,
}

/// Why the address that a certificate gives for its issuer did not help.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerFetchError {
    /// There was no answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The answer holds no certificate that can be read: a page of a captive portal, for example.
    #[error("the answer holds no certificate")]
    NoCertificate,
}

/// Which one of a chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ChainLink {
    /// The certificate in question, whose owner is not named here.
    Leaf,
    /// An authority above it.
    Authority(Name),
}

impl fmt::Display for ChainLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf => f.write_str("the certificate"),
            Self::Authority(name) => write!(f, "«{}»", name.to_ncalayer_string()),
        }
    }
}

impl ChainError {
    /// How far the way came that it stopped: the failure of a whole chain says more than that of a part.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Expired { .. } | Self::NotYetValid { .. } => 3,
            Self::NotACa { .. }
            | Self::PathTooLong { .. }
            | Self::UnknownCriticalExtension { .. }
            | Self::UnsupportedSignature { .. } => 2,
            Self::TooDeep | Self::TooManyCandidates => 1,
            Self::NoIssuer { .. } | Self::NotTrusted { .. } | Self::BadSignature { .. } => 0,
        }
    }
}
