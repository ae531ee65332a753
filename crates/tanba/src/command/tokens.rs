//! What the commands for tokens have in common.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use agent::commands::{ChosenToken, Pin, TokenDesk};
use anyhow::{Context, Result};

use crate::password;

/// The arguments before a module's path. Nothing of a module's process goes to the log: its stderr is closed.
pub(crate) const WORKER: [&str; 3] = ["--log", "off", "token-worker"];

/// This program, which serves modules in further processes.
pub(crate) fn program() -> Result<PathBuf> {
    std::env::current_exe().context("this program does not know its own path")
}

/// The tokens of this computer.
pub(crate) fn desk(modules: &[PathBuf]) -> Result<TokenDesk> {
    let arguments = WORKER.map(Into::into).to_vec();
    Ok(TokenDesk::new(program()?, arguments, modules)?)
}

/// Asks for the token's PIN, and says before how many tries are left; at the last one only goes on when the person wants to.
pub(crate) fn ask_pin(token: &ChosenToken, file: Option<&Path>, last_try: bool) -> Result<Pin> {
    let pin = token.pin()?;
    let notice = pin.to_string();
    if !notice.is_empty() {
        eprintln!("{}: {notice}", token.name());
    }
    let last_try_agreed = last_try || (pin.last_try && file.is_none() && asks_for_last_try()?);
    // Neither is asked for in vain.
    let in_vain = pin.locked || (pin.last_try && !last_try_agreed);
    let typed = if pin.pin_pad {
        eprintln!("Type the PIN on the token or its reader.");
        None
    } else if in_vain {
        Some(String::new().into())
    } else {
        Some(password::read(file, &token.name())?)
    };
    Ok(Pin {
        typed,
        last_try_agreed,
    })
}

fn asks_for_last_try() -> Result<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(false);
    }
    eprint!("A wrong PIN locks the token. Use the last try? [y/N] ");
    let mut answer = String::new();
    std::io::stdin()
        .read_line(&mut answer)
        .context("cannot read the answer from the terminal")?;
    Ok(matches!(
        answer.trim(),
        "y" | "Y" | "yes" | "д" | "да" | "иә"
    ))
}
