//! `cargo xtask fuzz`: every parser of foreign bytes against libFuzzer, on the stable compiler.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::shell;

/// What `cargo fuzz` passes, less the address sanitizer, which stable Rust does not have; our code is safe Rust.
const FLAGS: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table";

/// Runs each target for `seconds` and names all that failed; what it finds lies in `fuzz/artifacts`, what it learnt in
/// `fuzz/corpus`.
pub(crate) fn fuzz(seconds: u32, only: Option<&str>) -> Result<()> {
    let host = "x86_64-unknown-linux-gnu";
    let folder = shell::target().join("fuzz");
    let status = Command::new("cargo")
        .args([
            "build",
            "--profile=fuzz",
            "--locked",
            "--package=tanba-fuzz",
            "--target",
            host,
        ])
        .arg("--target-dir")
        .arg(&folder)
        .env("RUSTFLAGS", FLAGS)
        .status()?;
    if !status.success() {
        bail!("the fuzz targets do not build");
    }
    let seeds = seeds();
    let mut failed = Vec::new();
    for name in targets()? {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let corpus = Path::new("fuzz/corpus").join(&name);
        let artifacts = Path::new("fuzz/artifacts").join(&name);
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&artifacts)?;
        let program = folder.join(host).join("fuzz").join(&name);
        let mut arguments = vec![
            format!("-max_total_time={seconds}"),
            "-rss_limit_mb=2048".to_owned(),
            "-timeout=10".to_owned(),
            "-print_final_stats=1".to_owned(),
            format!("-artifact_prefix={}/", artifacts.display()),
            corpus.display().to_string(),
        ];
        arguments.extend(seeds.iter().cloned());
        if let Err(problem) = shell::run(&program.to_string_lossy(), &arguments) {
            println!("{problem}");
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("fuzz/artifacts holds what breaks {}", failed.join(", "));
    }
    Ok(())
}

/// Folders with real files to begin from; libFuzzer reads them and writes nothing there.
fn seeds() -> Vec<String> {
    let shelves = ["keystore-fixtures", "../shared/fixtures", "../shared/xml"];
    shelves
        .iter()
        .filter_map(|shelf| fs::read_dir(shelf).ok())
        .flat_map(|shelf| shelf.flatten().map(|entry| entry.path()))
        .filter(|path| path.is_dir() && !path.ends_with("generator"))
        .map(|path| path.display().to_string())
        .collect()
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
