//! `cargo xtask bench`: figures, one a line.

mod gost;
mod protocol;

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{build, install, shell};

/// Measures `what`.
pub(crate) fn bench(what: &str) -> Result<()> {
    install::ensure(install::Need::Bench)?;
    match what {
        "agent" => agent(),
        "protocol" => protocol(),
        "gost" => gost::speed(),
        "gost-constant-time" => gost::constant_time(),
        other => bail!(
            "nothing to measure is called {other}; there are: agent, protocol, gost, gost-constant-time"
        ),
    }
}

/// The running agent, with the robot and with the real window on a virtual desktop.
fn agent() -> Result<()> {
    programs()?;
    let release = shell::target().join("release");
    let status = Command::new(release.join("tanba-desktop"))
        .arg(release.join("tanba-bench-agent"))
        .env("TANBA_ROBOT", release.join("tanba-robot"))
        .env("TANBA_WINDOW", release.join("tanba-window"))
        .status()?;
    if !status.success() {
        bail!("the bench ended with {status}");
    }
    Ok(())
}

/// Large documents and long batches through the running agent, with the robot; beside it Bouncy Castle on the JVM.
fn protocol() -> Result<()> {
    programs()?;
    let bench = shell::target().join("release/tanba-bench-protocol");
    shell::run::<&str>(&bench.display().to_string(), &[])?;
    protocol::bouncy_castle()
}

/// All programs as they are shipped. All packages at once, as everywhere: chosen ones would have other features, and all
/// that they rest on would be built once more.
fn programs() -> Result<()> {
    build::pages()?;
    let programs = "build --locked --release --workspace --exclude tanba-fuzz";
    shell::run("cargo", &programs.split(' ').collect::<Vec<_>>())
}

/// Builds a bench and gives the path of its program.
fn executable(package: &str, bench: &str) -> Result<String> {
    let output = Command::new("cargo")
        .args([
            "bench",
            "--locked",
            "--workspace",
            "--exclude",
            "tanba-fuzz",
        ])
        .args(["--bench", bench])
        .args(["--no-run", "--message-format=json"])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        bail!("the bench {bench} of {package} does not build");
    }
    let lines = String::from_utf8(output.stdout)?;
    lines
        .lines()
        // The program under measurement is told of too.
        .filter(|line| line.contains("\"kind\":[\"bench\"]"))
        .filter_map(|line| line.split_once("\"executable\":\""))
        .filter_map(|(_, rest)| rest.split_once('"'))
        .map(|(path, _)| path.to_owned())
        .next_back()
        .context("the bench was not built")
}
