//! `cargo xtask bench`: figures, one a line.

mod gost;

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::{build, install, shell};

/// Measures `what`.
pub(crate) fn bench(what: &str) -> Result<()> {
    install::ensure(install::Need::Bench)?;
    match what {
        "agent" => agent(),
        "gost" => gost::speed(),
        "gost-constant-time" => gost::constant_time(),
        other => bail!(
            "nothing to measure is called {other}; there are: agent, gost, gost-constant-time"
        ),
    }
}

/// The running agent, with the robot and with the real window on a virtual desktop.
fn agent() -> Result<()> {
    build::pages()?;
    let programs = "build --locked --release -p tanba -p tanba-window -p robot -p e2e";
    shell::run("cargo", &programs.split(' ').collect::<Vec<_>>())?;
    let release = shell::target().join("release");
    // The bench is found by cargo, which must not see the virtual home: rustup lives in the real one.
    let bench = executable("tanba", "agent")?;
    let status = Command::new(release.join("tanba-desktop"))
        .args([bench.as_str(), "--bench"])
        .env("TANBA_ROBOT", release.join("tanba-robot"))
        .env("TANBA_WINDOW", release.join("tanba-window"))
        .status()?;
    if !status.success() {
        bail!("the bench ended with {status}");
    }
    Ok(())
}

/// Builds a bench and gives the path of its program.
fn executable(package: &str, bench: &str) -> Result<String> {
    let output = Command::new("cargo")
        .args(["bench", "--locked", "--package", package, "--bench", bench])
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
