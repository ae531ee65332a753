//! `cargo xtask run`: the demo.

use std::{
    ffi::OsString,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{build, install, shell};

/// Installs, builds, then hands over to the demo program, which starts agent, portal and browser.
pub(crate) fn run() -> Result<()> {
    install::ensure(install::Need::Run)?;
    build::programs()?;
    let mut arguments: Vec<OsString> =
        vec!["--data-dir".into(), shell::target().join("demo").into()];
    if !shell::has_display() {
        println!(
            "\nThere is no display: a virtual one is used, and the log-in is performed by driving the real window."
        );
        arguments.push("--drive".into());
    }
    let program = shell::target().join("debug/tanba-demo");
    let status = Command::new(&program)
        .args(&arguments)
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{} does not start", program.display()))?;
    if !status.success() {
        bail!("the demo ended with {status}");
    }
    Ok(())
}
