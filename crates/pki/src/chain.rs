//! From a certificate to somebody who is believed: finding and checking those who vouch for it.
//!
//! An issuer is found by its name, preferred by its key identifier and proved by the signature, since the national
//! authority gives one name to several keys. Where it is missing, it is fetched from the address in the certificate.
//!
//! Source: RFC 5280 §6.1 without policies and name constraints (a certificate that demands them is refused), RFC 4158.

mod aia;
mod check;
mod error;
mod search;

use std::fmt;

pub use self::{
    aia::IssuerCache,
    error::{ChainError, ChainLink, IssuerFetchError},
};
use crate::{
    Certificate, Error, Fetch, Name, PublicKey,
    trust::{TrustAnchor, TrustAnchors},
};

/// The most certificates in a chain, the anchor not counted.
pub const MAX_CERTIFICATES: usize = 8;
/// The most signatures that are checked for one chain.
pub const MAX_SIGNATURE_CHECKS: usize = 64;
/// The most addresses that are asked for one chain.
pub const MAX_FETCHES: usize = 4;

/// What a chain is built from.
#[derive(Clone, Copy, Debug)]
pub struct ChainContext<'a> {
    /// Whom to believe.
    pub anchors: &'a TrustAnchors,
    /// Certificates that came along, as in a key file or a CMS message; in any order, and not believed.
    pub candidates: &'a [Certificate],
    /// The time at which every certificate must be valid: seconds since 1970 in UTC.
    pub at: i64,
    /// The way to certificates that are missing; without it nothing is fetched.
    ///
    /// The addresses are those that the certificates give. One from a stranger, as in what a web page sends, may name a
    /// machine in the person's own network.
    pub fetch: Option<&'a dyn Fetch>,
    /// What was fetched before.
    pub cache: Option<&'a IssuerCache>,
}

/// Finds the chain from `leaf` to a trust anchor, and checks it: signatures, validity at `at`, the right to issue, path
/// lengths, and that nothing critical in it is unknown.
///
/// A certificate that is an anchor itself needs nobody else. Anchors are tried before candidates, so the chain is the
/// shortest. At most [`MAX_CERTIFICATES`], [`MAX_SIGNATURE_CHECKS`] and [`MAX_FETCHES`] are spent on it. Revocation and
/// the purpose of `leaf` are not looked at.
///
/// # Errors
/// [`ChainError`]: of all ways that were tried, what stopped the one that came furthest.
pub fn build_chain(leaf: &Certificate, context: &ChainContext<'_>) -> Result<Chain, ChainError> {
    let fresh = IssuerCache::new();
    let cache = context.cache.unwrap_or(&fresh);
    search::Search::new(context, cache).chain(leaf)
}

/// A certificate, those who vouch for it, and the anchor at the end; checked. A clone costs little.
#[derive(Clone, Debug)]
pub struct Chain {
    certificates: Vec<Certificate>,
    anchor: TrustAnchor,
}

impl Chain {
    /// The certificate in question first, then its issuer, and so on; the anchor is not among them, but where the
    /// certificate in question is the anchor itself.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Who is believed.
    #[must_use]
    pub fn anchor(&self) -> &TrustAnchor {
        &self.anchor
    }

    /// Who issued the certificate with this index; `None` for an index outside, and for an anchor that others issued.
    #[must_use]
    pub fn issuer(&self, index: usize) -> Option<Issuer> {
        let certificate = self.certificates.get(index)?;
        match self.certificates.get(index + 1) {
            Some(issuer) => Some(Issuer::from(issuer)),
            None => {
                (certificate.issuer() == self.anchor.subject()).then(|| Issuer::from(&self.anchor))
            }
        }
    }
}

/// Who issued a certificate: enough to check what else it signed, such as revocation lists. A clone costs little.
#[derive(Clone)]
pub struct Issuer {
    name: Name,
    public_key: PublicKey,
    certificate: Option<Certificate>,
}

impl Issuer {
    /// The issuer's name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The issuer's key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The issuer's certificate; `None` for a trust anchor.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Checks that it issued `certificate`: by name and signature alone, as [`Certificate::verify_issued_by`] does.
    ///
    /// # Errors
    /// As [`Certificate::verify_issued_by`].
    pub fn verify_issued(&self, certificate: &Certificate) -> Result<(), Error> {
        certificate.verify_issued_by_key(&self.name, &self.public_key)
    }
}

impl From<&Certificate> for Issuer {
    fn from(certificate: &Certificate) -> Self {
        Self {
            name: certificate.subject().clone(),
            public_key: certificate.public_key().clone(),
            certificate: Some(certificate.clone()),
        }
    }
}

impl From<&TrustAnchor> for Issuer {
    fn from(anchor: &TrustAnchor) -> Self {
        Self {
            name: anchor.subject().clone(),
            public_key: anchor.public_key().clone(),
            certificate: None,
        }
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({:?})", self.public_key)
    }
}
