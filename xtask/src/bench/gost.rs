//! GOST beside OpenSSL's gost-engine and Bouncy Castle, RSA beside OpenSSL; and the search for secrets in time and memory.

use std::{collections::HashMap, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use super::executable;
use crate::shell;

const SOURCES: &str = "crates/gost3410/benches/baseline";
const BOUNCY_CASTLE: &str = "/usr/share/java/bcprov.jar";
/// Each program measures this often, in turn; the best of its figures counts, for what runs beside only slows down.
const ROUNDS: usize = 4;
/// What each figure may take in a round.
const MILLISECONDS: &str = "300";

/// Figures by name.
type Figures = HashMap<String, f64>;

/// Measures all programs in one run and prints a line for each figure and baseline.
pub(super) fn speed() -> Result<()> {
    let folder = shell::target().join("bench-gost");
    std::fs::create_dir_all(&folder)?;
    let engine = folder.join("engine").display().to_string();
    let source = format!("{SOURCES}/engine.c");
    shell::run("cc", &["-O2", "-o", &engine, &source, "-lcrypto"])?;
    let classes = folder.display().to_string();
    let source = format!("{SOURCES}/Baseline.java");
    shell::run("javac", &["-cp", BOUNCY_CASTLE, "-d", &classes, &source])?;
    let gost = executable("gost3410", "gost")?;
    let rsa = executable("keystore", "rsa")?;
    let class_path = format!("{BOUNCY_CASTLE}:{classes}");

    let mut order = Vec::new();
    let [mut ours, mut openssl, mut bouncy_castle] = [const { None::<Figures> }; 3];
    for _ in 0..ROUNDS {
        measure(&mut ours, &mut order, &gost, &[MILLISECONDS])?;
        measure(&mut ours, &mut order, &rsa, &[MILLISECONDS])?;
        measure(&mut openssl, &mut Vec::new(), &engine, &[MILLISECONDS])?;
        let java = ["-cp", &class_path, "Baseline", MILLISECONDS];
        measure(&mut bouncy_castle, &mut Vec::new(), "java", &java)?;
    }
    let ours = ours.unwrap_or_default();
    let openssl_name = |name: &str| match name.starts_with("RSA") {
        true => "OpenSSL",
        false => "gost-engine",
    };
    println!(
        "\nOperations a second, hashes in MB (10^6 bytes) a second; the best of {ROUNDS} rounds.\n"
    );
    println!(
        "{:<28}{:>12}  {:<14}{:>12}{:>8}",
        "name", "ours", "baseline", "", "ratio"
    );
    for name in &order {
        let Some(own) = ours.get(name) else { continue };
        let baselines = [
            (openssl_name(name), &openssl),
            ("Bouncy Castle", &bouncy_castle),
        ];
        let mut compared = false;
        for (baseline, figures) in baselines {
            let Some(figure) = figures.as_ref().and_then(|figures| figures.get(name)) else {
                continue;
            };
            compared = true;
            println!(
                "{name:<28}{own:>12.1}  {baseline:<14}{figure:>12.1}{:>8.2}",
                own / figure
            );
        }
        if !compared {
            println!("{name:<28}{own:>12.1}  -");
        }
    }
    Ok(())
}

/// Runs a program that prints figures and keeps the best of each.
fn measure(
    best: &mut Option<Figures>,
    order: &mut Vec<String>,
    program: &str,
    arguments: &[&str],
) -> Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("{program} does not start"))?;
    if !output.status.success() {
        bail!("{program} ended with {}", output.status);
    }
    let best = best.get_or_insert_default();
    for line in String::from_utf8(output.stdout)?.lines() {
        let (name, figure) = line.split_once('\t').context("a line without a figure")?;
        let figure: f64 = figure.trim().parse()?;
        if !order.iter().any(|known| known == name) {
            order.push(name.to_owned());
        }
        let kept = best.entry(name.to_owned()).or_default();
        *kept = kept.max(figure);
    }
    Ok(())
}

/// Times a million signatures of each of Kazakhstan's curves, and watches branches and addresses with memcheck.
pub(super) fn constant_time() -> Result<()> {
    println!("Each check is first shown a program with a leak, which it must find.");
    let target = shell::target();
    let build = ["build", "--locked", "--release", "--package", "gost3410"];
    let folder = target.join("bench-gost-memcheck");
    let status = Command::new("cargo")
        .args(build)
        .args(["--example", "memcheck"])
        .env("CARGO_TARGET_DIR", &folder)
        .env(
            "RUSTFLAGS",
            "--cfg gost3410_memcheck -Cdebuginfo=line-tables-only",
        )
        .status()?;
    if !status.success() {
        bail!("the example memcheck does not build");
    }
    let memcheck = folder.join("release/examples/memcheck");
    if under_valgrind(&memcheck, &["leak"])? {
        bail!("memcheck did not find the leak that was put there");
    }
    if !under_valgrind(&memcheck, &[])? {
        bail!("memcheck found a branch or an address that depends on a secret");
    }

    shell::run("cargo", &[&build[..], &["--example", "dudect"]].concat())?;
    let dudect = target.join("release/examples/dudect");
    println!("\nWith a leak:");
    if Command::new(&dudect)
        .args(["100000", "leak"])
        .status()?
        .success()
    {
        bail!("the t-test did not find the leak that was put there");
    }
    println!("\nSignatures:");
    if !Command::new(&dudect).status()?.success() {
        bail!("the time of a signature tells something of the key or the nonce");
    }
    Ok(())
}

/// Whether memcheck has nothing to report.
fn under_valgrind(program: &Path, arguments: &[&str]) -> Result<bool> {
    let line = arguments.join(" ");
    println!("\n$ valgrind {} {line}", program.display());
    let status = Command::new("valgrind")
        .args(["--quiet", "--error-exitcode=1"])
        .arg(program)
        .args(arguments)
        .status()
        .context("valgrind does not start")?;
    Ok(status.success())
}
