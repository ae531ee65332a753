#![no_main]
//! What a server may send as a revocation list: in one piece and byte by byte it is read alike, and never panics.

use std::{io::Read, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use pki::{
    Certificate,
    crl::{CrlQuery, search_crl},
};

static ISSUER: LazyLock<Certificate> = LazyLock::new(|| {
    let issuer = include_bytes!("../../keystore-fixtures/ca/tanba_demo_gost.cer");
    Certificate::from_bytes(issuer).expect("the demo authority")
});

struct ByteByByte<'a>(&'a [u8]);

impl Read for ByteByByte<'_> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let count = room.len().min(1);
        self.0.read(&mut room[..count])
    }
}

fuzz_target!(|data: &[u8]| {
    let query = CrlQuery {
        issuer_name: ISSUER.subject(),
        issuer_key: ISSUER.public_key(),
        serial_number: &[1],
    };
    let whole = search_crl(data, &query);
    assert_eq!(search_crl(ByteByByte(data), &query), whole);
    if let Ok(findings) = whole {
        let _ = findings.check(&ISSUER, 1_780_000_000);
    }
});
