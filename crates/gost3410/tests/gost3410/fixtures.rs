//! Third-party files, which not every machine has.

use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/fixtures");

/// The path of a third-party file or folder; `None` where it is absent, which is a failure with `CI=true`.
pub(crate) fn fixture(path: &str) -> Option<PathBuf> {
    let path = Path::new(FOLDER).join(path);
    if path.exists() {
        return Some(path);
    }
    assert_ne!(
        std::env::var("CI").as_deref(),
        Ok("true"),
        "{} is missing",
        path.display()
    );
    println!("passed over: {} is missing", path.display());
    None
}
