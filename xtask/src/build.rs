//! Builds the programs.

use std::{path::Path, time::SystemTime};

use anyhow::Result;

use crate::shell;

/// The pages of the window, then all programs, in the debug profile.
///
/// Always the whole workspace: a part of it would be built with other features of shared dependencies, and the rest
/// later once more. The fuzz targets add no features and want flags of their own (`cargo xtask fuzz`).
pub(crate) fn programs() -> Result<()> {
    pages()?;
    shell::run(
        "cargo",
        &[
            "build",
            "--locked",
            "--workspace",
            "--exclude",
            "tanba-fuzz",
        ],
    )
}

/// Builds `ui/dist` unless it is newer than all that it is made of.
pub(crate) fn pages() -> Result<()> {
    let ui = Path::new("ui");
    modules(ui)?;
    let made = newest(&ui.join("dist"));
    let sources = ["src", "index.html", "package-lock.json", "vite.config.ts"];
    let changed = sources
        .iter()
        .filter_map(|name| newest(&ui.join(name)))
        .max();
    if made.is_none() || made < changed {
        shell::run_in(ui, "npm", &["run", "--silent", "build"])?;
    }
    Ok(())
}

/// `npm ci` unless the modules are newer than the lock file.
pub(crate) fn modules(folder: &Path) -> Result<()> {
    let marker = folder.join("node_modules/.package-lock.json");
    if newest(&marker) < newest(&folder.join("package-lock.json")) {
        shell::run_in(
            folder,
            "npm",
            &["ci", "--no-audit", "--no-fund", "--silent"],
        )?;
    }
    Ok(())
}

/// The latest change of a file or of anything in a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = path.metadata().ok()?;
    if !own.is_dir() {
        return own.modified().ok();
    }
    path.read_dir()
        .ok()?
        .flatten()
        .filter_map(|entry| newest(&entry.path()))
        .max()
}
