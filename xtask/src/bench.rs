//! `cargo xtask bench`: figures, one a line.

use anyhow::{Result, bail};

use crate::{build, install, shell};

/// Measures `what`.
pub(crate) fn bench(what: &str) -> Result<()> {
    install::ensure(install::Need::Bench)?;
    match what {
        "agent" => {
            build::pages()?;
            let packages = [
                "-p",
                "tanba",
                "-p",
                "tanba-window",
                "-p",
                "robot",
                "-p",
                "e2e",
            ];
            shell::run(
                "cargo",
                &[&["build", "--locked", "--release"][..], &packages[..]].concat(),
            )?;
            let program = shell::target().join("release/tanba-bench");
            shell::run::<&str>(&program.to_string_lossy(), &[])
        }
        "gost" => shell::run("cargo", &["bench", "--locked", "--package", "gost3410"]),
        other => bail!("nothing to measure is called {other}; there are: agent, gost"),
    }
}
