//! Certificates from a message, a page or a server: a chain of them is refused or holds in every link.
#![no_main]

use std::io::{Cursor, Read};

use libfuzzer_sys::fuzz_target;
use pki::{
    Certificate, Fetch, FetchError, FetchRequest,
    chain::{self, ChainContext, IssuerCache},
    trust::TrustAnchors,
};

/// It gives an address for its issuer, so that what the server answers is looked at.
const LEAF: &[u8] = include_bytes!(
    "../../keystore-fixtures/certificates/028343d1ee0ad94f42789fc6a236572bf290147f.cer"
);
const ISSUER: &[u8] = include_bytes!("../../keystore-fixtures/ca/tanba_demo_gost.cer");
const NOW: i64 = 1_782_864_000;

/// A server that answers the same to everybody.
struct Server<'a>(&'a [u8]);

impl Fetch for Server<'_> {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        Ok(Box::new(Cursor::new(self.0.to_vec())))
    }
}

fuzz_target!(|data: &[u8]| {
    let (Ok(leaf), Ok(issuer)) = (
        Certificate::from_bytes(LEAF),
        Certificate::from_bytes(ISSUER),
    ) else {
        return;
    };
    let server = Server(data);
    let cache = IssuerCache::new();
    let nobody = TrustAnchors::only([]);
    let context = ChainContext {
        anchors: &nobody,
        candidates: &[],
        at: NOW,
        fetch: Some(&server),
        cache: Some(&cache),
    };
    assert!(chain::build_chain(&leaf, &context).is_err());

    let read: Vec<_> = Certificate::all_from_bytes(data)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    let Some((first, others)) = read.split_first() else {
        return;
    };
    let some = TrustAnchors::only(others.iter().take(1).cloned()).with_added([issuer]);
    for (leaf, anchors) in [(first, &some), (first, &nobody), (&leaf, &some)] {
        let context = ChainContext {
            anchors,
            candidates: &read,
            at: NOW,
            ..context
        };
        let Ok(chain) = chain::build_chain(leaf, &context) else {
            continue;
        };
        assert!(chain.certificates().len() <= chain::MAX_CERTIFICATES);
        if *chain.anchor().fingerprint_sha256() == leaf.fingerprint_sha256() {
            continue;
        }
        for (index, certificate) in chain.certificates().iter().enumerate() {
            let issuer = chain
                .issuer(index)
                .map(|one| one.verify_issued(certificate));
            assert_eq!(issuer, Some(Ok(())));
        }
    }
});
