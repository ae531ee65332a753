//! Signature bytes from outside: read or refused, and a signature of nobody verifies under no key.
#![no_main]

use gost3410::{Curve, Signature, SigningKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for curve in Curve::ALL {
        let Ok(signature) = Signature::from_bytes(curve, data) else {
            continue;
        };
        assert_eq!(signature.to_bytes(), data);
        let secret = vec![0x2a; curve.field_bytes()];
        let Ok(key) = SigningKey::from_le_bytes(curve, &secret) else {
            continue;
        };
        let digest = vec![0x5a; curve.field_bytes()];
        assert!(
            key.verifying_key()
                .verify_prehash(&digest, &signature)
                .is_err()
        );
    }
});
