//! The names of algorithms in XML signatures.

use pki::{Algorithm, DigestAlgorithm};

pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(crate) const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub(crate) const C14N_WITH_COMMENTS: &str =
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";

pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// SignatureMethod and DigestMethod that a key writes.
///
/// Source: pkigovkz/xmldsig; the 256-bit names are those of NCANode.
pub(crate) fn written(key: Algorithm) -> (&'static str, &'static str) {
    match key {
        Algorithm::Rsa => (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2001/04/xmlenc#sha256",
        ),
        Algorithm::Gost2015_512 => (
            "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512",
            "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512",
        ),
        Algorithm::Gost2015_256 => (
            "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-256",
            "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-256",
        ),
        Algorithm::Gost2004 => (
            "http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311",
            "http://www.w3.org/2001/04/xmldsig-more#gost34311",
        ),
    }
}

/// Key and digest that a SignatureMethod means.
pub(crate) fn signature_method(uri: &str) -> Option<(Algorithm, DigestAlgorithm)> {
    let current = [
        Algorithm::Rsa,
        Algorithm::Gost2015_512,
        Algorithm::Gost2015_256,
        Algorithm::Gost2004,
    ]
    .into_iter()
    .find(|key| written(*key).0 == uri)
    .map(|key| (key, key.digest()));
    current.or(match uri {
        // The second is Kalkan's own spelling.
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
        | "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1" => {
            Some((Algorithm::Rsa, DigestAlgorithm::Sha1))
        }
        _ => None,
    })
}

/// The digest that a DigestMethod means.
pub(crate) fn digest_method(uri: &str) -> Option<DigestAlgorithm> {
    let current = [
        Algorithm::Rsa,
        Algorithm::Gost2015_512,
        Algorithm::Gost2015_256,
        Algorithm::Gost2004,
    ]
    .into_iter()
    .find(|key| written(*key).1 == uri)
    .map(Algorithm::digest);
    current.or(match uri {
        "http://www.w3.org/2000/09/xmldsig#sha1"
        | "http://www.w3.org/2001/04/xmldsig-more#sha1" => Some(DigestAlgorithm::Sha1),
        _ => None,
    })
}
