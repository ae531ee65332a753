use std::fmt;

use pki::{Certificate, trust::TrustAnchors};
use sha2::{Digest as _, Sha256};

/// Authorities to believe, and certificates that may help to get to them.
pub(crate) struct Trust {
    anchors: TrustAnchors,
    candidates: Vec<Certificate>,
    id: [u8; 32],
}

impl Trust {
    pub(crate) fn new(anchors: TrustAnchors) -> Self {
        let mut fingerprints: Vec<_> = anchors
            .iter()
            .map(|anchor| *anchor.fingerprint_sha256())
            .collect();
        fingerprints.sort_unstable();
        Self {
            id: Sha256::digest(fingerprints.concat()).into(),
            candidates: Vec::new(),
            anchors,
        }
    }

    /// These and nobody else, as a page may ask.
    pub(crate) fn only(certificates: Vec<Certificate>) -> Self {
        Self {
            candidates: certificates.clone(),
            ..Self::new(TrustAnchors::only(certificates))
        }
    }

    pub(crate) fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    pub(crate) fn candidates(&self) -> &[Certificate] {
        &self.candidates
    }

    /// The same for the same authorities.
    pub(crate) fn id(&self) -> &[u8; 32] {
        &self.id
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust({} authorities)", self.anchors.iter().count())
    }
}
