//! The single checks of a signature, each with what it rests on.

use crate::cms::Problem;
use crate::timestamp::{TimestampToken, TokenError};
use crate::xml::XmlProblem;
use pki::Certificate;
use pki::chain::{Chain, ChainError};
use pki::revocation::{RevocationReason, RevocationStatus};

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// Nobody can tell with what is here: something is missing, not trusted, not reachable or not known.
    Undetermined,
    /// It does not hold.
    Broken,
}

impl Verdict {
    /// The worst of several; of none, [`Verdict::Holds`].
    pub(super) fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Holds)
    }
}

/// Whether a signature is its key's over the content.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureCheck {
    /// Why it does not hold, or why nobody can tell; empty when it holds.
    pub problems: Vec<SignatureProblem>,
}

impl SignatureCheck {
    /// Undetermined when the content or the certificate is missing, or the algorithm is not known here.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict::worst(self.problems.iter().map(SignatureProblem::verdict))
    }
}

/// Why a signature does not hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureProblem {
    /// In a CMS.
    #[error(transparent)]
    Cms(Problem),
    /// In an XML document.
    #[error(transparent)]
    Xml(XmlProblem),
    /// A bare one.
    #[error(transparent)]
    Raw(pki::Error),
}

impl SignatureProblem {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Cms(
                Problem::NoContent
                | Problem::NoCertificate
                | Problem::UnknownDigest(_)
                | Problem::UnknownSignatureAlgorithm(_),
            )
            | Self::Xml(
                XmlProblem::NoCertificate
                | XmlProblem::UnknownCanonicalization(_)
                | XmlProblem::UnknownSignatureMethod(_)
                | XmlProblem::UnknownDigestMethod(_)
                | XmlProblem::UnknownTransform(_),
            ) => Verdict::Undetermined,
            _ => Verdict::Broken,
        }
    }
}

/// The time at which a certificate is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceTime {
    /// Seconds since 1970 UTC.
    pub time: i64,
    /// Who says that the signature was made then.
    pub basis: Basis,
}

/// Who says when a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A time-stamping authority: it was made by then.
    Stamped,
    /// The signer.
    Claimed,
    /// Nobody: it is judged as if made now.
    Now,
}

/// Whether a certificate leads to a trust anchor.
#[derive(Clone, Debug)]
pub enum ChainCheck {
    /// It does: over these certificates to this anchor.
    Trusted(Chain),
    /// It does not.
    Failed(ChainError),
    /// It does, over an authority that was revoked.
    IssuerRevoked {
        /// The chain.
        chain: Chain,
        /// The authority's certificate.
        issuer: Certificate,
        /// Since when and why, and who says so.
        status: RevocationStatus,
    },
    /// There is no certificate.
    NoCertificate,
}

impl ChainCheck {
    /// Undetermined when nobody known vouches for it; broken when somebody should and does not.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Trusted(_) => Verdict::Holds,
            Self::Failed(error) => of_chain_error(error),
            Self::NoCertificate => Verdict::Undetermined,
            Self::IssuerRevoked { .. } => Verdict::Broken,
        }
    }
}

fn of_chain_error(error: &ChainError) -> Verdict {
    match error {
        ChainError::BadSignature { .. }
        | ChainError::NotACa { .. }
        | ChainError::PathTooLong { .. }
        | ChainError::Expired { .. }
        | ChainError::NotYetValid { .. } => Verdict::Broken,
        _ => Verdict::Undetermined,
    }
}

/// Whether a certificate was valid when the signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidityCheck {
    /// It was valid at the reference time.
    Valid,
    /// It was, if the signer's word about the time is true; it has expired since, and no time stamp bears him out.
    ValidByClaim,
    /// It has expired, and nobody says when the signature was made.
    ExpiredSince,
    /// It had expired by then.
    Expired,
    /// It was not valid yet.
    NotYetValid,
    /// There is no certificate.
    NoCertificate,
}

impl ValidityCheck {
    /// Undetermined where only a time stamp could tell.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Valid => Verdict::Holds,
            Self::ValidByClaim | Self::ExpiredSince | Self::NoCertificate => Verdict::Undetermined,
            Self::Expired | Self::NotYetValid => Verdict::Broken,
        }
    }
}

/// Whether a certificate was revoked before the signature was made.
#[derive(Clone, Debug, PartialEq)]
pub enum RevocationCheck {
    /// Nobody was asked: the context has no way, or the issuer is not known.
    NotChecked,
    /// What the issuer says.
    Checked(RevocationStatus),
    /// The issuer revoked it, after the signature was made: the time stamp bears that out.
    RevokedLater(RevocationStatus),
}

impl RevocationCheck {
    /// Broken for a certificate that is revoked and whose signature no time stamp proves to be older.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Checked(RevocationStatus::Good(_)) | Self::RevokedLater(_) => Verdict::Holds,
            Self::Checked(RevocationStatus::Revoked { .. }) => Verdict::Broken,
            Self::Checked(RevocationStatus::Unknown(_)) | Self::NotChecked => Verdict::Undetermined,
        }
    }

    /// Of a signer's certificate: a revocation after the stamped time does not matter.
    pub(super) fn of_signer(status: RevocationStatus, reference: ReferenceTime) -> Self {
        match status {
            RevocationStatus::Revoked { when, .. }
                if reference.basis == Basis::Stamped && when > reference.time =>
            {
                Self::RevokedLater(status)
            }
            status => Self::Checked(status),
        }
    }

    /// Of an authority's certificate: a key that others may have had stamps any time.
    ///
    /// Source: RFC 3161 section 4 (1) and (2).
    pub(super) fn of_authority(status: RevocationStatus, stamped: i64) -> Self {
        match status {
            RevocationStatus::Revoked {
                when,
                reason:
                    Some(
                        RevocationReason::Unspecified
                        | RevocationReason::AffiliationChanged
                        | RevocationReason::Superseded
                        | RevocationReason::CessationOfOperation,
                    ),
                ..
            } if when > stamped => Self::RevokedLater(status),
            status => Self::Checked(status),
        }
    }
}

/// Whether a time stamp holds.
#[derive(Clone, Debug)]
pub struct TimestampCheck {
    /// The token, when it is one: time, policy, authority.
    pub token: Option<TimestampToken>,
    /// Why it does not hold.
    pub problem: Option<TokenError>,
    /// The chain of the authority's certificate.
    pub chain: Option<Chain>,
    /// Whether the authority's certificate was revoked.
    pub revocation: RevocationCheck,
}

impl TimestampCheck {
    /// Undetermined when nobody known vouches for the authority, or whether it was revoked is not known.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match &self.problem {
            Some(TokenError::Chain(error)) => of_chain_error(error),
            Some(
                TokenError::UnknownDigest(_)
                | TokenError::Signature(
                    Problem::NoCertificate
                    | Problem::UnknownDigest(_)
                    | Problem::UnknownSignatureAlgorithm(_),
                ),
            ) => Verdict::Undetermined,
            Some(_) => Verdict::Broken,
            None => self.revocation.verdict(),
        }
    }

    /// The time that it proves.
    pub(super) fn proven_time(&self) -> Option<i64> {
        let trusted = self.problem.is_none() && self.revocation.verdict() != Verdict::Broken;
        let token = self.token.as_ref().filter(|_| trusted)?;
        Some(token.time())
    }
}
