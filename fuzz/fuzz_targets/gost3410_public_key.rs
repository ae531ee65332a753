//! Public and private keys from outside: read or refused; what is read can be used.
#![no_main]

use gost3410::{Curve, SigningKey, VerifyingKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for curve in Curve::ALL {
        if let Ok(key) = VerifyingKey::from_xy_le(curve, data) {
            assert_eq!(key.to_xy_le(), data);
        }
        for read in [SigningKey::from_le_bytes, SigningKey::from_be_bytes] {
            let Ok(key) = read(curve, data) else { continue };
            let public = key.verifying_key();
            assert_eq!(
                VerifyingKey::from_xy_le(curve, &public.to_xy_le()).as_ref(),
                Ok(public)
            );
        }
    }
});
