//! What must hold in a chain besides the signatures (RFC 5280 §6.1.3 and §6.1.4).

use super::{ChainError, ChainLink};
use crate::{
    Certificate, DigestAlgorithm, ObjectIdentifier, SignatureAlgorithm, trust::TrustAnchor,
};

/// Checks everything but signatures in a path that reached an anchor.
pub(super) fn path(path: &[Certificate], anchor: &TrustAnchor, at: i64) -> Result<(), ChainError> {
    let top = || ChainLink::Authority(anchor.subject().clone());
    let mut authorities = 0u32;
    for (index, certificate) in path.iter().enumerate() {
        if let Some(extension) = certificate.unknown_critical_extension() {
            return Err(ChainError::UnknownCriticalExtension {
                certificate: link(path, index),
                extension,
            });
        }
        if index == 0 {
            continue;
        }
        if !certificate.may_issue() {
            return Err(ChainError::NotACa {
                certificate: link(path, index),
            });
        }
        if certificate
            .path_length()
            .is_some_and(|most| authorities > most)
        {
            return Err(ChainError::PathTooLong {
                certificate: link(path, index),
            });
        }
        // One that changes its own key does not count (RFC 5280 §6.1.4 (l)).
        authorities += u32::from(!certificate.is_self_issued());
    }
    if let Some(extension) = anchor.unknown_critical_extension() {
        return Err(ChainError::UnknownCriticalExtension {
            certificate: top(),
            extension,
        });
    }
    if !anchor.may_issue() {
        return Err(ChainError::NotACa { certificate: top() });
    }
    if anchor.path_length().is_some_and(|most| authorities > most) {
        return Err(ChainError::PathTooLong { certificate: top() });
    }
    for (index, certificate) in path.iter().enumerate() {
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        valid(link(path, index), not_before, not_after, at)?;
    }
    valid(top(), anchor.not_before(), anchor.not_after(), at)
}

/// Whether the algorithm is known, and nobody can make two certificates with one signature of it.
pub(super) fn is_safe(algorithm: ObjectIdentifier) -> bool {
    SignatureAlgorithm::from_oid(&algorithm).is_ok_and(|one| one.digest != DigestAlgorithm::Sha1)
}

/// How errors call the certificate with this index.
pub(super) fn link(path: &[Certificate], index: usize) -> ChainLink {
    match path.get(index) {
        Some(certificate) if index > 0 => ChainLink::Authority(certificate.subject().clone()),
        _ => ChainLink::Leaf,
    }
}

pub(super) fn valid(
    certificate: ChainLink,
    not_before: i64,
    not_after: i64,
    at: i64,
) -> Result<(), ChainError> {
    if at > not_after {
        return Err(ChainError::Expired {
            certificate,
            not_after,
            at,
        });
    }
    if at < not_before {
        return Err(ChainError::NotYetValid {
            certificate,
            not_before,
            at,
        });
    }
    Ok(())
}
