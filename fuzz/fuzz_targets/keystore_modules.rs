//! What the process of a PKCS#11 module may say, and what a library may begin with.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    keystore::read_worker_replies(bytes);
    keystore::read_library_head(bytes);
});
