use pki::{
    FetchError,
    revocation::{
        ChainRevocation, RevocationReason, RevocationStatus, UnknownCause, UnknownReason,
    },
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

    /// What is left of a chain once it is known who in it was revoked: an issuer that was is nobody to believe.
    pub(super) fn after(self, revocation: &ChainRevocation) -> Self {
        if revocation.revoked_issuer().is_some() {
            return Self {
                issuer: Issuer::Unknown,
                status: CertificateStatus::Unknown {
                    why: StatusUnknown::NoIssuer,
                },
            };
        }
        let nobody = CertificateStatus::Unknown {
            why: StatusUnknown::NoAddress,
        };
        Self {
            status: revocation.status().map_or(nobody, status),
            ..self
        }
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
fn status(status: &RevocationStatus) -> CertificateStatus {
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

#[cfg(test)]
mod tests {
    use pki::{
        Certificate,
        revocation::{Evidence, Source},
    };

    use super::*;

    fn evidence() -> Evidence {
        Evidence {
            source: Source::Crl,
            url: "http://crl.example/".into(),
            this_update: 0,
            next_update: None,
            responder: None,
            cached: false,
        }
    }

    fn unknown(cause: UnknownCause) -> RevocationStatus {
        RevocationStatus::Unknown(vec![UnknownReason {
            asked: Source::Crl,
            url: None,
            cause,
        }])
    }

    fn revoked() -> RevocationStatus {
        RevocationStatus::Revoked {
            when: 1,
            reason: None,
            evidence: evidence(),
        }
    }

    fn verdict(certificate: RevocationStatus, issuer: RevocationStatus) -> Verdict {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../keystore-fixtures/ca/tanba_demo_rsa.cer"
        );
        let authority = Certificate::from_bytes(&std::fs::read(path).unwrap()).unwrap();
        let known = Verdict {
            issuer: Issuer::Known,
            ..Verdict::checking()
        };
        known.after(&ChainRevocation {
            certificate: Some(certificate),
            issuers: vec![(authority, issuer)],
        })
    }

    #[test]
    fn a_chain_is_as_good_as_its_worst_certificate() {
        let good = || RevocationStatus::Good(evidence());
        let found = verdict(good(), good());
        assert_eq!(
            (found.issuer, found.status),
            (Issuer::Known, CertificateStatus::Good)
        );
        let found = verdict(good(), revoked());
        assert_eq!(found.issuer, Issuer::Unknown);
        assert!(found.is_settled());
        let found = verdict(good(), unknown(UnknownCause::WebPage));
        let why = StatusUnknown::BadAnswer;
        assert_eq!(found.status, CertificateStatus::Unknown { why });
        assert_eq!(found.issuer, Issuer::Known);
        // An authority that names nobody to ask leaves no doubt.
        let found = verdict(good(), unknown(UnknownCause::NoAddress));
        assert_eq!(found.status, CertificateStatus::Good);
        let found = verdict(revoked(), good());
        let at = 1;
        assert_eq!(
            found.status,
            CertificateStatus::Revoked { at, reason: None }
        );
    }
}
