//! Documents from outside: read or refused; the canonical form is stable, and a signature's report never contradicts itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signing::xml::{self, Canonicalization, Document};

fuzz_target!(|data: &[u8]| {
    if let Ok(document) = Document::from_bytes(data) {
        // A canonical form is a document whose canonical form it is.
        if let Ok(again) = Document::from_bytes(document.canonical()) {
            assert_eq!(again.canonical(), document.canonical());
        } else {
            panic!("a canonical form cannot be read");
        }
        let exclusive = document.canonicalize(&Canonicalization::EXCLUSIVE);
        assert!(exclusive.is_err() || Document::from_bytes(&exclusive.unwrap_or_default()).is_ok());
    }
    for report in xml::verify(data).unwrap_or_default() {
        assert!(!report.holds() || report.certificate.is_some());
    }
});
