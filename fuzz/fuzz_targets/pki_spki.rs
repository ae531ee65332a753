#![no_main]
//! A SubjectPublicKeyInfo from anywhere: what is read is a key that answers, with the bytes it was read from.

use libfuzzer_sys::fuzz_target;
use pki::PublicKey;

fuzz_target!(|data: &[u8]| {
    let Ok(key) = PublicKey::from_spki_der(data) else {
        return;
    };
    assert_eq!(key.spki_der(), data);
    let digest = vec![0; key.algorithm().digest().output_len()];
    let signature = vec![1; key.signature_len()];
    let _ = key.verify_digest(&digest, &signature);
    let _ = (key.key_identifier(), key.bits());
});
