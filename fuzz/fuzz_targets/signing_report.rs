//! Reports on what comes from outside: archives, messages and documents are judged or refused, and nothing holds that has no
//! signature and no trusted certificate.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pki::trust::TrustAnchors;
use signing::report::{self, ChainCheck, Given, ReportContext, Verdict};

fuzz_target!(|data: &[u8]| {
    let anchors = TrustAnchors::national().with_test_ca();
    let context = ReportContext {
        anchors: &anchors,
        at: 1_784_538_487,
        fetch: None,
        issuers: None,
        revocation: None,
    };
    let reports = [
        report::of_archive(data, &context),
        report::of_cms(data, Given::Nothing, &context),
        report::of_cms(data, Given::Content(b"content"), &context),
        report::of_xml(data, &context),
    ];
    for report in reports.into_iter().flatten() {
        // Nobody is asked about revocation here, so nothing may hold as a whole.
        assert_ne!(report.verdict, Verdict::Holds);
        for signature in &report.signatures {
            let trusted = matches!(signature.chain, ChainCheck::Trusted(_));
            assert!(!trusted || signature.certificate.is_some());
        }
    }
});
