//! SubjectPublicKeyInfo from outside: read or refused; what is read is a key that its coordinates make too.
#![no_main]

use gost3410::VerifyingKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(key) = VerifyingKey::from_spki(data) {
        assert_eq!(
            VerifyingKey::from_xy_le(key.curve(), &key.to_xy_le()),
            Ok(key)
        );
    }
});
