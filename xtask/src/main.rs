//! The project's commands: `cargo xtask run`, `cargo xtask test` and their smaller sisters.
//!
//! Light on purpose: it is the first thing a newcomer compiles.

mod bench;
mod build;
mod fuzz;
mod install;
mod package;
mod run;
mod shell;
mod test;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  run               install what is missing, build, start the agent with the demo portal and open it;
                    without a display: perform the log-in by driving the real window and print each step
  test [--quick]    install what is missing and run every test; --quick leaves out what needs browsers
  bench agent|gost  measure, one line a figure: name, ours, unit (or baseline and ratio)
  bench gost-constant-time
                    look for secrets in the time and in the memory accesses of GOST signatures
  fuzz SECONDS [TARGET]
                    run each fuzz target, or one, for so long
  package [--dev]   make the Debian package in target/package; --dev takes the debug build
  install           only install what building and testing need
";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    std::env::set_current_dir(shell::root())?;
    match arguments.as_slice() {
        ["run"] => run::run(),
        ["test"] => test::test(test::Scope::Everything),
        ["test", "--quick"] => test::test(test::Scope::Quick),
        ["bench", what] => bench::bench(what),
        ["fuzz", seconds] => fuzz::fuzz(seconds.parse()?, None),
        ["fuzz", seconds, target] => fuzz::fuzz(seconds.parse()?, Some(target)),
        ["package"] => package::package(package::Build::Release).map(drop),
        ["package", "--dev"] => package::package(package::Build::Dev).map(drop),
        ["install"] => install::ensure(install::Need::Test),
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("unknown command: {}\n\n{HELP}", other.join(" ")),
    }
}
