//! Messages to which a page wants a signature added: read or refused, and what is said of them does not contradict itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signing::cms::{self, SignedMessage};

fuzz_target!(|data: &[u8]| {
    if let Ok(message) = SignedMessage::read(data.to_vec().into()) {
        assert!(message.signatures() > 0);
        for (algorithm, digest) in message.digests() {
            assert!(message.content().is_none());
            assert_eq!(message.digest(algorithm), Some(digest));
        }
        assert!(cms::verify(data, None).is_ok());
    }
});
