//! Answers of a time-stamping authority: read or refused, and no answer that was there before the question is taken.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pki::trust::TrustAnchors;
use pki::{Algorithm, Fetch, FetchError, FetchRequest};
use signing::timestamp::{TimestampAuthority, TimestampToken, timestamp};
use std::io::{Cursor, Read};
use std::time::Duration;

struct Answer(Vec<u8>);

impl Fetch for Answer {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

fuzz_target!(|data: &[u8]| {
    let anchors = TrustAnchors::national();
    let answer = Answer(data.to_vec());
    let authority = TimestampAuthority {
        fetch: &answer,
        url: "http://tsa.example/",
        anchors: &anchors,
        at: 1_784_538_487,
        timeout: Duration::from_secs(1),
    };
    assert!(timestamp(Algorithm::Gost2015_512, b"signature", &authority).is_err());
    if let Ok(token) = TimestampToken::read(data) {
        assert!(token.check_imprint(b"signature").is_err() || !token.imprint().is_empty());
        let _ = token.chain(&anchors, None, None);
    }
});
