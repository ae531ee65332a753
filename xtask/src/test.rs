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
    shell::run("cargo", &["fmt", "--all", "--check"])?;

    build::pages()?;
    let ui = Path::new("ui");
    shell::run_in(ui, "npm", &["run", "--silent", "check"])?;
    shell::run_in(ui, "npm", &["run", "--silent", "test"])?;

    shell::run(
        "cargo",
        &[
            "clippy",
            "--locked",
            "--workspace",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ],
    )?;
    build::programs()?;
    if scope == Scope::Quick {
        return shell::run(
            "cargo",
            &["test", "--locked", "--workspace", "--exclude", "e2e"],
        );
    }
    build::modules(Path::new("tests/clients"))?;
    package::package(package::Build::Dev)?;
    shell::run(
        "cargo",
        &["test", "--locked", "--workspace", "--exclude", "e2e"],
    )?;
    // One at a time: they share the screen, the browsers and two cores.
    shell::run(
        "cargo",
        &[
            "test",
            "--locked",
            "--package",
            "e2e",
            "--",
            "--test-threads=1",
        ],
    )
}
