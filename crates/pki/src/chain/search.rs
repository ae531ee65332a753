//! The search for a chain: depth first, anchors before candidates, likely ones before others, all of it bounded.

use super::{
    Chain, ChainContext, ChainError, ChainLink, IssuerCache, MAX_CERTIFICATES,
    MAX_SIGNATURE_CHECKS, aia::Aia, check,
};
use crate::{Certificate, Name, PublicKey, trust::TrustAnchor};

pub(super) struct Search<'a> {
    context: &'a ChainContext<'a>,
    aia: Aia<'a>,
    /// Signature checks that are left.
    checks: usize,
    /// What stopped the way that came furthest: its rank, its length, the reason.
    failure: Option<(u8, usize, ChainError)>,
}

/// What came of trying the certificates of one name.
enum Tried {
    /// Nobody has the name.
    Nobody,
    /// Only those from whom the way came.
    Looped,
    /// None of them made the signature.
    NoneSigned,
    /// One of them made it, and the way from there was followed to its end.
    Followed,
}

impl<'a> Search<'a> {
    pub(super) fn new(context: &'a ChainContext<'a>, cache: &'a IssuerCache) -> Self {
        Self {
            context,
            aia: Aia::new(context.fetch, cache),
            checks: MAX_SIGNATURE_CHECKS,
            failure: None,
        }
    }

    pub(super) fn chain(mut self, leaf: &Certificate) -> Result<Chain, ChainError> {
        let fingerprint = leaf.fingerprint_sha256();
        let itself = |anchor: &&TrustAnchor| *anchor.fingerprint_sha256() == fingerprint;
        if let Some(anchor) = self.context.anchors.iter().find(itself) {
            check::valid(
                ChainLink::Leaf,
                anchor.not_before(),
                anchor.not_after(),
                self.context.at,
            )?;
            return Ok(Chain {
                certificates: vec![leaf.clone()],
                anchor: anchor.clone(),
            });
        }
        let mut path = vec![leaf.clone()];
        match self.extend(&mut path) {
            Some(anchor) => Ok(Chain {
                certificates: path,
                anchor,
            }),
            None => Err(self.failure.map_or(
                ChainError::NoIssuer {
                    name: leaf.issuer().clone(),
                    fetch: None,
                },
                |(_, _, error)| error,
            )),
        }
    }

    /// Goes on from the last certificate of `path` to an anchor; on failure `path` is as it was.
    fn extend(&mut self, path: &mut Vec<Certificate>) -> Option<TrustAnchor> {
        let last = path.last()?.clone();
        if !check::is_safe(last.signature_oid()) {
            let error = ChainError::UnsupportedSignature {
                certificate: check::link(path, path.len() - 1),
                algorithm: last.signature_oid(),
            };
            self.fail(path.len(), error);
            return None;
        }
        let mut tried = Tried::Nobody;
        if let Some(anchor) = self.try_anchors(&last, path, &mut tried) {
            return Some(anchor);
        }
        let context = self.context;
        if let Some(anchor) = self.try_candidates(&last, context.candidates, path, &mut tried) {
            return Some(anchor);
        }
        let mut unanswered = None;
        if !matches!(tried, Tried::Followed) && !last.is_self_issued() {
            match self.aia.issuers_of(&last) {
                Ok(fetched) => {
                    if let Some(anchor) = self.try_candidates(&last, &fetched, path, &mut tried) {
                        return Some(anchor);
                    }
                    if !matches!(tried, Tried::Followed) {
                        self.aia.forget(&last);
                    }
                }
                Err(error) => unanswered = error,
            }
        }
        let not_trusted = || ChainError::NotTrusted {
            certificate: check::link(path, path.len() - 1),
        };
        let error = match tried {
            Tried::Followed => return None,
            _ if self.checks == 0 => ChainError::TooManyCandidates,
            Tried::Looped => not_trusted(),
            _ if self.signed(&last, last.subject(), last.public_key()) => not_trusted(),
            Tried::Nobody => ChainError::NoIssuer {
                name: last.issuer().clone(),
                fetch: unanswered,
            },
            Tried::NoneSigned => ChainError::BadSignature {
                name: last.issuer().clone(),
            },
        };
        self.fail(path.len(), error);
        None
    }

    fn try_anchors(
        &mut self,
        last: &Certificate,
        path: &[Certificate],
        tried: &mut Tried,
    ) -> Option<TrustAnchor> {
        let context = self.context;
        for likely in [true, false] {
            for anchor in context.anchors.iter() {
                if anchor.subject() != last.issuer()
                    || likely != is_likely(last, anchor.key_id(), anchor.may_issue())
                {
                    continue;
                }
                tried.somebody();
                if !self.signed(last, anchor.subject(), anchor.public_key()) {
                    continue;
                }
                *tried = Tried::Followed;
                match check::path(path, anchor, self.context.at) {
                    Ok(()) => return Some(anchor.clone()),
                    Err(error) => self.fail(path.len() + 1, error),
                }
            }
        }
        None
    }

    fn try_candidates(
        &mut self,
        last: &Certificate,
        candidates: &[Certificate],
        path: &mut Vec<Certificate>,
        tried: &mut Tried,
    ) -> Option<TrustAnchor> {
        for likely in [true, false] {
            for candidate in candidates {
                if candidate.subject() != last.issuer()
                    || likely != is_likely(last, &candidate.key_id(), candidate.may_issue())
                {
                    continue;
                }
                if path.iter().any(|one| same_authority(one, candidate)) {
                    tried.nobody_new();
                    continue;
                }
                tried.somebody();
                if !self.signed(last, candidate.subject(), candidate.public_key()) {
                    continue;
                }
                *tried = Tried::Followed;
                if path.len() == MAX_CERTIFICATES {
                    self.fail(path.len(), ChainError::TooDeep);
                    return None;
                }
                path.push(candidate.clone());
                if let Some(anchor) = self.extend(path) {
                    return Some(anchor);
                }
                path.pop();
            }
        }
        None
    }

    /// Whether the key made the signature, as long as checks are left.
    fn signed(&mut self, certificate: &Certificate, name: &Name, key: &PublicKey) -> bool {
        let Some(left) = self.checks.checked_sub(1) else {
            return false;
        };
        self.checks = left;
        certificate.verify_issued_by_key(name, key).is_ok()
    }

    fn fail(&mut self, length: usize, error: ChainError) {
        let rank = error.rank();
        let further = |&(other, than, _): &(u8, usize, _)| (rank, length) > (other, than);
        if self.failure.as_ref().is_none_or(further) {
            self.failure = Some((rank, length, error));
        }
    }
}

impl Tried {
    fn somebody(&mut self) {
        if matches!(self, Self::Nobody | Self::Looped) {
            *self = Self::NoneSigned;
        }
    }

    fn nobody_new(&mut self) {
        if matches!(self, Self::Nobody) {
            *self = Self::Looped;
        }
    }
}

/// Whether an authority is worth trying first: it may issue, and its key has the identifier that the certificate names.
fn is_likely(certificate: &Certificate, key_id: &[u8], may_issue: bool) -> bool {
    may_issue && certificate.authority_key_id().is_none_or(|id| id == key_id)
}

/// Whether both are of one name and key, so that one after the other leads nowhere (RFC 4158 §2.4.2).
fn same_authority(one: &Certificate, other: &Certificate) -> bool {
    one.subject() == other.subject() && one.public_key() == other.public_key()
}
