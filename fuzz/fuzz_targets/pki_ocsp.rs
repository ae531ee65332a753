#![no_main]
//! What a responder may send: reading and judging it ends in an error, and never in an answer that nobody signed.

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pki::{
    Certificate, DigestAlgorithm,
    ocsp::{OcspRequest, OcspResponse},
};

static REQUEST: LazyLock<OcspRequest> = LazyLock::new(|| {
    let issuer = include_bytes!("../../keystore-fixtures/ca/tanba_demo_gost.cer");
    let issuer = Certificate::from_bytes(issuer).expect("the demo authority");
    OcspRequest::new(
        &issuer,
        issuer.subject(),
        issuer.public_key(),
        DigestAlgorithm::Sha256,
        None,
    )
});

fuzz_target!(|data: &[u8]| {
    if let Ok(response) = OcspResponse::from_der(data) {
        assert!(response.check(&REQUEST, 1_780_000_000).is_err());
    }
});
