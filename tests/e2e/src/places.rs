//! Where things lie.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A program built from this workspace, found beside the running one.
///
/// # Errors
/// When it was not built: `cargo build --workspace` builds all.
pub fn program(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("the path of this program is unknown")?;
    let found = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.with_context(|| format!("{name} was not built: run `cargo build --workspace` first"))
}

/// A file among the key files made for tests.
pub fn key(name: &str) -> PathBuf {
    root().join("keystore-fixtures").join(name)
}

/// A place among third-party material, `None` when it is absent (and that is allowed).
///
/// # Errors
/// When it is absent although `CI=true`.
pub fn third_party(name: &str) -> Result<Option<PathBuf>> {
    let path = root().join("../shared").join(name);
    if path.exists() {
        return Ok(Some(path));
    }
    if std::env::var("CI").is_ok_and(|value| value == "true") {
        bail!("{name} is absent, and on CI it must be there");
    }
    eprintln!("passed over: the third-party material {name} is not on this machine");
    Ok(None)
}

/// Where tests leave pictures for people to look at: `e2e-pictures` in the target folder.
///
/// # Errors
/// When the folder cannot be made.
pub fn pictures() -> Result<PathBuf> {
    let own = std::env::current_exe().context("the path of this program is unknown")?;
    let target = own
        .ancestors()
        .find(|folder| folder.ends_with("debug") || folder.ends_with("release"));
    let folder = target
        .and_then(Path::parent)
        .context("no target folder")?
        .join("e2e-pictures");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
