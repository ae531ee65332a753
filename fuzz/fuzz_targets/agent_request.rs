//! Frames from pages: read or refused, previews included.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| agent::read_request(text));
