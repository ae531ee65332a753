//! `cargo xtask fuzz`: every parser of foreign bytes against libFuzzer, on the stable compiler.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::shell;

/// What `cargo fuzz` passes, less the address sanitizer, which stable Rust does not have; our code is safe Rust.
const FLAGS: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table";

/// Runs each target for `seconds`; what it finds lies in `fuzz/artifacts`, what it learnt in `fuzz/corpus`.
pub(crate) fn fuzz(seconds: u32, only: Option<&str>) -> Result<()> {
    let host = "x86_64-unknown-linux-gnu";
    let folder = shell::target().join("fuzz");
    let status = Command::new("cargo")
        .args([
            "build",
            "--release",
            "--locked",
            "--manifest-path=fuzz/Cargo.toml",
            "--target",
            host,
        ])
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", FLAGS)
        .status()?;
    if !status.success() {
        bail!("the fuzz targets do not build");
    }
    for name in targets()? {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let corpus = Path::new("fuzz/corpus").join(&name);
        let artifacts = Path::new("fuzz/artifacts").join(&name);
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&artifacts)?;
        let program = folder.join(host).join("release").join(&name);
        shell::run(
            &program.to_string_lossy(),
            &[
                format!("-max_total_time={seconds}"),
                "-rss_limit_mb=2048".to_owned(),
                "-timeout=10".to_owned(),
                format!("-artifact_prefix={}/", artifacts.display()),
                corpus.display().to_string(),
            ],
        )?;
    }
    Ok(())
}

/// The names of the targets, from their files.
fn targets() -> Result<Vec<String>> {
    let mut names: Vec<_> = fs::read_dir("fuzz/fuzz_targets")
        .context("no fuzz targets")?
        .flatten()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}
