#![no_main]
//! A certificate from anywhere: reading it and asking it everything ends in an error or an answer.

use libfuzzer_sys::fuzz_target;
use pki::Certificate;

fuzz_target!(|data: &[u8]| {
    let Ok(certificate) = Certificate::from_bytes(data) else {
        return;
    };
    let _ = (
        certificate.owner(),
        certificate.roles(),
        certificate.purpose(),
    );
    let _ = (
        certificate.serial_hex(),
        certificate.key_id(),
        certificate.fingerprint_sha256(),
    );
    let _ = (
        certificate.subject().to_ncalayer_string(),
        certificate.issuer().to_ncalayer_string(),
    );
    let _ = certificate.verify_issued_by(&certificate);
    assert_eq!(
        Certificate::from_pem(&certificate.to_pem()).as_ref(),
        Ok(&certificate)
    );
});
