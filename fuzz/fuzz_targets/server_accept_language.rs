//! The `Accept-Language` header: always one of the three languages, whatever a client says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use server::{Language, preferred_language};

fuzz_target!(|header: &str| {
    let language = preferred_language(header);
    let named = |tag: &str| header.to_ascii_lowercase().contains(tag);
    match language {
        Language::Kazakh => assert!(named("kk")),
        Language::Russian => assert!(named("ru")),
        _ => {}
    }
});
