//! PKCS #8 from outside: read or refused; what is read has a public key that can be read back.
#![no_main]

use gost3410::{SigningKey, VerifyingKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(key) = SigningKey::from_pkcs8(data) {
        let public = key.verifying_key();
        assert_eq!(
            VerifyingKey::from_xy_le(public.curve(), &public.to_xy_le()).as_ref(),
            Ok(public)
        );
    }
});
