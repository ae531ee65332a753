//! BER to DER: whatever comes out is DER, and goes through again unchanged.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|ber: &[u8]| {
    if let Ok(der) = keystore::ber2der(ber) {
        let again = keystore::ber2der(&der).expect("DER is BER");
        assert_eq!(*der, *again);
    }
});
