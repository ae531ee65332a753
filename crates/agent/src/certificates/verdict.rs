use pki::{
    FetchError,
    revocation::{RevocationReason, RevocationStatus, UnknownCause, UnknownReason},
};
use window_messages::{CertificateStatus, RevokedFor, StatusUnknown};

/// What a certificate is worth, as far as that has been found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) issuer: Issuer,
    pub(crate) status: CertificateStatus,
}

/// Whether the certificate leads to an authority that is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Issuer {
    NotChecked,
    Checking,
    Known,
    Unknown,
}

impl Default for Verdict {
    /// Nobody has asked.
    fn default() -> Self {
        Self {
            issuer: Issuer::NotChecked,
            status: CertificateStatus::NotChecked,
        }
    }
}

impl Verdict {
    pub(crate) fn checking() -> Self {
        Self {
            issuer: Issuer::Checking,
            status: CertificateStatus::Checking,
        }
    }

    /// True when nothing more will be found out.
    pub(crate) fn is_settled(&self) -> bool {
        self.issuer != Issuer::Checking && self.status != CertificateStatus::Checking
    }

    /// What is left when there is no more time to wait.
    pub(crate) fn given_up(&self) -> Self {
        let mut verdict = self.clone();
        if verdict.issuer == Issuer::Checking {
            verdict.issuer = Issuer::Unknown;
        }
        if verdict.status == CertificateStatus::Checking {
            verdict.status = CertificateStatus::Unknown {
                why: StatusUnknown::NoAnswer,
            };
        }
        verdict
    }

    /// For the log.
    pub(crate) fn status_word(&self) -> &'static str {
        match &self.status {
            CertificateStatus::NotChecked => "not checked",
            CertificateStatus::Checking => "checking",
            CertificateStatus::Good => "good",
            CertificateStatus::Revoked { .. } => "revoked",
            CertificateStatus::Unknown { why } => match why {
                StatusUnknown::Offline => "unknown: offline",
                StatusUnknown::NoAnswer => "unknown: no answer",
                StatusUnknown::BadAnswer => "unknown: bad answer",
                StatusUnknown::Clock => "unknown: clock",
                StatusUnknown::NotKnown => "unknown to its issuer",
                StatusUnknown::NoAddress => "unknown: no address",
                StatusUnknown::NoIssuer => "unknown: no issuer",
            },
        }
    }
}

/// A status in the window's terms.
pub(super) fn status(status: &RevocationStatus) -> CertificateStatus {
    match status {
        RevocationStatus::Good(_) => CertificateStatus::Good,
        RevocationStatus::Revoked { when, reason, .. } => CertificateStatus::Revoked {
            at: *when,
            reason: reason.and_then(revoked_for),
        },
        RevocationStatus::Unknown(reasons) => CertificateStatus::Unknown { why: why(reasons) },
    }
}

fn revoked_for(reason: RevocationReason) -> Option<RevokedFor> {
    match reason {
        RevocationReason::KeyCompromise => Some(RevokedFor::KeyCompromise),
        RevocationReason::CaCompromise => Some(RevokedFor::CaCompromise),
        RevocationReason::AffiliationChanged => Some(RevokedFor::AffiliationChanged),
        RevocationReason::Superseded => Some(RevokedFor::Superseded),
        RevocationReason::CessationOfOperation => Some(RevokedFor::CessationOfOperation),
        RevocationReason::CertificateHold => Some(RevokedFor::CertificateHold),
        RevocationReason::PrivilegeWithdrawn => Some(RevokedFor::PrivilegeWithdrawn),
        _ => None,
    }
}

/// Of all that went wrong, what tells a person most.
fn why(reasons: &[UnknownReason]) -> StatusUnknown {
    let any = |holds: fn(&UnknownCause) -> bool| reasons.iter().any(|reason| holds(&reason.cause));
    if any(|cause| matches!(cause, UnknownCause::UnknownToResponder)) {
        StatusUnknown::NotKnown
    } else if any(|cause| matches!(cause, UnknownCause::Fetch(FetchError::Offline))) {
        StatusUnknown::Offline
    } else if any(|cause| matches!(cause, UnknownCause::ClockOrResponder { .. })) {
        StatusUnknown::Clock
    } else if any(|cause| !matches!(cause, UnknownCause::Fetch(_) | UnknownCause::NoAddress)) {
        StatusUnknown::BadAnswer
    } else if any(|cause| matches!(cause, UnknownCause::Fetch(_))) {
        StatusUnknown::NoAnswer
    } else {
        StatusUnknown::NoAddress
    }
}
