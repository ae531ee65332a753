//! `Origin` headers: refused, or written back as they are compared.
#![no_main]

use agent::Origin;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|header: &str| {
    if let Ok(origin) = Origin::parse(Some(header)) {
        assert_eq!(
            Origin::parse(Some(&origin.to_string())).as_ref(),
            Ok(&origin)
        );
        origin.kind();
    }
});
