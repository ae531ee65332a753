//! Revocation of those who stand between a certificate and the anchor.

use std::time::Instant;

use super::{RevocationContext, RevocationStatus, UnknownCause, check_revocation};
use crate::{Certificate, chain::Chain};

/// Whether anybody in a chain was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainRevocation {
    /// What is known of the certificate in question; `None` for an anchor that others issued.
    pub certificate: Option<RevocationStatus>,
    /// What is known of its issuer, of that one's issuer, and so on; without the anchor, whom nobody can revoke.
    pub issuers: Vec<(Certificate, RevocationStatus)>,
}

impl ChainRevocation {
    /// The issuer that was revoked, the one next to the certificate first.
    #[must_use]
    pub fn revoked_issuer(&self) -> Option<&(Certificate, RevocationStatus)> {
        self.issuers
            .iter()
            .find(|(_, status)| matches!(status, RevocationStatus::Revoked { .. }))
    }

    /// What is known of the certificate and, if that is good, why nothing is known of one of its issuers. One that was
    /// revoked is not looked at: see [`revoked_issuer`](Self::revoked_issuer).
    #[must_use]
    pub fn status(&self) -> Option<&RevocationStatus> {
        match (&self.certificate, self.unknown_issuer()) {
            (Some(RevocationStatus::Good(_)), Some((_, unknown))) => Some(unknown),
            (certificate, _) => certificate.as_ref(),
        }
    }

    /// The issuer of whom nothing can be learned although it says who could be asked.
    #[must_use]
    pub fn unknown_issuer(&self) -> Option<&(Certificate, RevocationStatus)> {
        self.issuers.iter().find(|(_, status)| match status {
            RevocationStatus::Unknown(reasons) => reasons
                .iter()
                .any(|reason| reason.cause != UnknownCause::NoAddress),
            _ => false,
        })
    }
}

/// Asks about every certificate of `chain`, as [`check_revocation`] does about one, within one deadline.
///
/// The addresses of the context are those of the certificate's own issuer; others are asked where their certificates
/// say. Issuers are not asked about once the certificate itself is known to be revoked.
///
/// Source: RFC 5280 §6.1.3 (a)(3).
#[must_use]
pub fn check_chain_revocation(chain: &Chain, context: &RevocationContext<'_>) -> ChainRevocation {
    let until = Instant::now() + context.deadline;
    let ask = |index, certificate, context: &RevocationContext<'_>| {
        Some(check_revocation(
            certificate,
            &chain.issuer(index)?,
            context,
        ))
    };
    let certificates = chain.certificates();
    let certificate = certificates
        .first()
        .and_then(|certificate| ask(0, certificate, context));
    let mut issuers = Vec::new();
    if !matches!(certificate, Some(RevocationStatus::Revoked { .. })) {
        for (index, issuer) in certificates.iter().enumerate().skip(1) {
            let context = RevocationContext {
                ocsp_url: None,
                crl_url: None,
                deadline: until.saturating_duration_since(Instant::now()),
                ..*context
            };
            if let Some(status) = ask(index, issuer, &context) {
                issuers.push((issuer.clone(), status));
            }
        }
    }
    ChainRevocation {
        certificate,
        issuers,
    }
}
