//! CMS messages from outside: read or refused, and no signature holds without a certificate.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signing::cms;

fuzz_target!(|data: &[u8]| {
    let Ok(message) = cms::from_text(data) else {
        return;
    };
    for detached in [None, Some(&b"content"[..])] {
        let Ok(report) = cms::verify(&message, detached) else {
            continue;
        };
        for signer in &report.signers {
            assert!(!signer.holds() || signer.certificate.is_some());
        }
        assert!(!report.holds() || !report.signers.is_empty());
    }
});
