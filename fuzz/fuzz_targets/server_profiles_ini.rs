//! Firefox's `profiles.ini`: at most 100 folders, none of them outside what the file says.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|ini: &str| {
    let folder = Path::new("/home/person/.mozilla/firefox");
    let found = server::trust::profile_folders(ini, folder);
    assert!(found.len() <= 100);
    assert!(found.iter().all(|profile| profile.is_absolute()));
});
