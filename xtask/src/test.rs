//! `cargo xtask test`: every test, in the order in which a fault is cheapest to find.

use std::path::Path;

use anyhow::Result;

use crate::{build, install, package, shell};

/// How much to test.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All.
    Everything,
    /// All but what needs browsers, a display or other people's programs.
    Quick,
}

/// Runs the tests.
pub(crate) fn test(scope: Scope) -> Result<()> {
    install::ensure(if scope == Scope::Quick {
        install::Need::Run
    } else {
        install::Need::Test
    })?;
    cargo("fmt --all --check")?;

    build::pages()?;
    let ui = Path::new("ui");
    shell::run_in(ui, "npm", &["run", "--silent", "check"])?;
    shell::run_in(ui, "npm", &["run", "--silent", "test"])?;

    cargo("clippy --locked --workspace --all-targets -- --deny warnings")?;
    build::programs()?;
    if scope == Scope::Quick {
        return cargo("test --locked --workspace --exclude e2e --exclude tanba-fuzz");
    }
    build::modules(Path::new("tests/clients"))?;
    package::package(package::Build::Dev)?;
    cargo("test --locked --workspace --exclude tanba-fuzz --no-fail-fast")
}

fn cargo(line: &str) -> Result<()> {
    shell::run("cargo", &line.split(' ').collect::<Vec<_>>())
}
