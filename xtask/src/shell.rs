//! Running other programs.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The folder of the built programs.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Says what is done, runs it, and fails when it fails.
pub(crate) fn run<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<()> {
    run_in(Path::new("."), program, arguments)
}

/// Like [`run`], in another folder.
pub(crate) fn run_in<S: AsRef<OsStr>>(folder: &Path, program: &str, arguments: &[S]) -> Result<()> {
    let line: Vec<_> = arguments
        .iter()
        .map(|a| a.as_ref().to_string_lossy())
        .collect();
    println!("\n$ {program} {}", line.join(" "));
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{program} does not start; is it installed?"))?;
    if !status.success() {
        bail!("{program} {} ended with {status}", line.join(" "));
    }
    println!("  ({:.0} s)", start.elapsed().as_secs_f32());
    Ok(())
}

/// Whether a program can be found in `PATH`.
pub(crate) fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|paths| {
        std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
    })
}

/// Whether there is a display to show windows on.
pub(crate) fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        || !cfg!(target_os = "linux")
}
