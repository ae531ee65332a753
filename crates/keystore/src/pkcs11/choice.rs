//! Which private key belongs to which certificate.

use super::{
    listing::{self, PrivateKey},
    raw::Module,
    wire::ListedCertificate,
};
use crate::TokenError;
use cryptoki_sys::CK_SESSION_HANDLE;
use pki::Certificate;

/// What a token holds for a certificate.
pub(super) enum Choice {
    One(Box<Pair>),
    /// More pairs than one, and nobody said which.
    Several(Vec<ListedCertificate>),
}

/// A certificate and the private keys that can be its own; at least one.
pub(super) struct Pair {
    pub(super) listed: ListedCertificate,
    pub(super) keys: Vec<PrivateKey>,
}

/// The private key of a certificate; without a certificate, the only pair that there is.
pub(super) fn choose(
    module: &Module,
    session: CK_SESSION_HANDLE,
    certificate: Option<Vec<u8>>,
) -> Result<Choice, TokenError> {
    let mut listed = listing::certificates(module, session)?;
    if let Some(der) = &certificate {
        listed.retain(|listed| listed.der == *der);
    }
    let mut pairs = Vec::new();
    for listed in listed {
        let Ok(parsed) = Certificate::from_der(&listed.der) else {
            continue;
        };
        let keys = listing::private_keys(module, session)?;
        let keys = candidates(keys, &listed, &parsed);
        if !keys.is_empty() {
            pairs.push(Pair { listed, keys });
        }
    }
    if pairs.len() > 1 {
        let several = pairs.into_iter().map(|pair| pair.listed);
        return Ok(Choice::Several(several.collect()));
    }
    pairs
        .pop()
        .map(|pair| Choice::One(Box::new(pair)))
        .ok_or(TokenError::NoKey)
}

/// The keys that can be the certificate's: those of its identifier and type; without one, those of the type. Which one it
/// is shows when a signature is checked with the certificate.
pub(super) fn candidates(
    keys: Vec<PrivateKey>,
    listed: &ListedCertificate,
    certificate: &Certificate,
) -> Vec<PrivateKey> {
    let (fitting, others): (Vec<_>, Vec<_>) = keys
        .into_iter()
        .filter(|key| key.may_be(certificate))
        .partition(|key| key.fits(listed, certificate));
    if fitting.is_empty() { others } else { fitting }
}
