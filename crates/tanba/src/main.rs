//! Tanba: a desktop signing agent.

mod cli;
mod command;
mod exit;
mod harden;
mod network;
mod password;
mod window;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use exit::Exit;

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(cli.log)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    harden::harden();
    // Before anything else touches stdin or stdout: both belong to the agent that started us.
    if let Command::TokenWorker(arguments) = &cli.command {
        return agent::commands::serve_token_module(&arguments.module);
    }
    let outcome = match cli.command {
        Command::Agent(arguments) => command::agent::run(arguments),
        Command::Sign(arguments) => command::sign::run(&arguments),
        Command::Verify(arguments) => command::verify::run(arguments),
        Command::Keys(arguments) => command::keys::run(arguments),
        Command::Trust(arguments) => command::trust::run(&arguments),
        Command::Pin(arguments) => command::pin::run(&arguments),
        // Served above.
        Command::TokenWorker(_) => Ok(Exit::Failed),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("tanba: {error:#}");
            Exit::of(&error).into()
        }
    }
}
