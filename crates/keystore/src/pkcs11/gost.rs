//! GOST signatures as tokens write them, turned into Kazakhstan's form.
//!
//! PKCS#11 says `s ‖ r`, each big-endian; Kazakhstan writes `r ‖ s`, each little-endian, which is the whole turned round.
//! Modules disagree on both that and the digest's order, so what fits is found out with the certificate and remembered.
//!
//! Source: PKCS#11 v2.40 current mechanisms, GOST; OpenSC card-rtecp; tokens of Aktiv's family give the standard's form.

use pki::Certificate;

/// How one kind of token writes what it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// The digest goes in with its last byte first.
    pub(super) digest_reversed: bool,
    layout: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// `s ‖ r`, big-endian: the standard's.
    Standard,
    /// `r ‖ s`, little-endian: Kazakhstan's own.
    National,
    /// `s ‖ r`, little-endian.
    HalvesSwapped,
    /// `r ‖ s`, big-endian.
    HalvesReversed,
}

const LAYOUTS: [Layout; 4] = [
    Layout::Standard,
    Layout::National,
    Layout::HalvesSwapped,
    Layout::HalvesReversed,
];

impl Way {
    /// The digest as this kind of token takes it.
    pub(super) fn digest(digest: &[u8], reversed: bool) -> Vec<u8> {
        let mut digest = digest.to_vec();
        if reversed {
            digest.reverse();
        }
        digest
    }

    /// The signature in Kazakhstan's form.
    pub(super) fn national(self, signature: &[u8]) -> Vec<u8> {
        self.layout.national(signature)
    }

    /// Which way turns what the token made into a signature that verifies; `None` when no way does.
    pub(super) fn find(
        certificate: &Certificate,
        digest: &[u8],
        digest_reversed: bool,
        signature: &[u8],
    ) -> Option<Self> {
        LAYOUTS
            .into_iter()
            .find(|layout| {
                let signature = layout.national(signature);
                certificate
                    .public_key()
                    .verify_digest(digest, &signature)
                    .is_ok()
            })
            .map(|layout| Self {
                digest_reversed,
                layout,
            })
    }
}

impl Layout {
    /// Fixed widths throughout: a number that begins with zeros keeps them.
    fn national(self, signature: &[u8]) -> Vec<u8> {
        let (first, second) = signature.split_at(signature.len() / 2);
        let reversed = |half: &[u8]| half.iter().rev().copied().collect::<Vec<_>>();
        match self {
            Self::Standard => reversed(signature),
            Self::National => signature.to_vec(),
            Self::HalvesSwapped => [second, first].concat(),
            Self::HalvesReversed => [reversed(first), reversed(second)].concat(),
        }
    }
}
