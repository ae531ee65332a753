//! Builds the programs.

use std::{path::Path, time::SystemTime};

use anyhow::Result;

use crate::shell;

/// The packages whose programs the demo and the end-to-end tests start.
const PROGRAMS: [&str; 5] = ["tanba", "tanba-window", "demo-portal", "robot", "e2e"];

/// The pages of the window, then the programs, in the debug profile.
pub(crate) fn programs() -> Result<()> {
    pages()?;
    let mut arguments = vec!["build", "--locked"];
    for name in PROGRAMS {
        arguments.extend(["--package", name]);
    }
    shell::run("cargo", &arguments)
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
