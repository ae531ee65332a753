//! Third-party files that lie beside the repository.

use std::path::PathBuf;

/// The folder `name` of the shared material, or None (and a word about it) when it is not there.
///
/// Where `CI` is `true` its absence fails the test.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(name);
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "{} is missing",
        path.display()
    );
    println!("passed over: {} is not here", path.display());
    None
}
