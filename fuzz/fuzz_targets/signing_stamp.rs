//! Messages whose signatures are to be stamped: what has a time stamp stays what it is, and without an authority nothing
//! changes at all.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pki::trust::TrustAnchors;
use pki::{Fetch, FetchError, FetchRequest};
use signing::cms;
use signing::timestamp::TimestampAuthority;
use std::io::Read;
use std::time::Duration;

struct Nobody;

impl Fetch for Nobody {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        Err(FetchError::CannotConnect)
    }
}

fuzz_target!(|data: &[u8]| {
    let anchors = TrustAnchors::national();
    let authority = TimestampAuthority {
        fetch: &Nobody,
        url: "http://tsa.example/",
        anchors: &anchors,
        at: 1_784_538_487,
        timeout: Duration::from_secs(1),
    };
    for add in [cms::add_timestamps, cms::add_last_timestamp] {
        let mut message = data.to_vec();
        if add(&mut message, &authority).is_err() {
            assert_eq!(message, data);
            continue;
        }
        let (before, after) = (cms::verify(data, None), cms::verify(&message, None));
        let (before, after) = (before.unwrap(), after.unwrap());
        assert_eq!(before.content, after.content);
        assert_eq!(before.signers.len(), after.signers.len());
        for (before, after) in before.signers.iter().zip(&after.signers) {
            assert_eq!(before.signature, after.signature);
            assert_eq!(before.time_stamps, after.time_stamps);
        }
        let once = message.clone();
        add(&mut message, &authority).unwrap();
        assert_eq!(message, once);
    }
});
