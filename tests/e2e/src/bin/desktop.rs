//! Runs a program on a virtual desktop of its own: `tanba-desktop PROGRAM ARGUMENT…`.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use e2e::desktop::Desktop;

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments
        .next()
        .context("tanba-desktop PROGRAM ARGUMENT…")?;
    let folder = tempfile::tempdir()?;
    let desktop = Desktop::start(folder.path())?;
    let mut command = Command::new(program);
    command.args(arguments);
    let status = desktop.dress(&mut command).status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
