//! A window without a person: picks the key and types the password that it was told.
//!
//! Speaks on standard input and output as the window does, so that `tanba agent --window` takes it for one.

mod robot;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, Write},
    path::{Path, PathBuf, absolute},
    thread,
};

use anyhow::{Context, Result};
use clap::Parser;
use window_messages::{FromWindow, ToWindow};
use zeroize::Zeroizing;

use crate::robot::{Act, Consent, Robot};

/// Stands in for the window and the person before it
#[derive(Parser)]
#[command(
    name = "tanba-robot",
    version,
    after_help = "Example:\n  tanba agent --window 'tanba-robot --key key.p12 --password-file password --shown shown.jsonl'"
)]
struct Arguments {
    /// Key file to use; with several, the first that fits
    #[arg(long, value_name = "FILE", required_unless_present_any = ["cancel", "token"])]
    key: Vec<PathBuf>,
    /// Token to use, by its label; the robot waits until it is plugged in
    #[arg(long, value_name = "LABEL", conflicts_with = "key")]
    token: Option<String>,
    /// File whose first line is the password
    #[arg(long, value_name = "FILE", required_unless_present = "cancel")]
    password_file: Option<PathBuf>,
    /// Say no to every request
    #[arg(long)]
    cancel: bool,
    /// Press Stop when so many documents of a batch are signed
    #[arg(long, value_name = "DOCUMENTS")]
    stop_after: Option<u32>,
    /// Type a wrong password first
    #[arg(long)]
    wrong_first: bool,
    /// Use a key even when the window asks a second time
    #[arg(long)]
    insist: bool,
    /// How often to try again when a time stamp or an answer about a certificate does not come
    #[arg(long, value_name = "TIMES", default_value_t = 0)]
    try_again: u32,
    /// File to pick when a site wants one, and to let be read when a site names it
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write down what was shown, one JSON object a line, at the end of this file
    #[arg(long, value_name = "LOG")]
    shown: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let password = arguments
        .password_file
        .as_deref()
        .map(first_line)
        .transpose()?;
    let keys = arguments
        .key
        .iter()
        .map(absolute)
        .collect::<io::Result<Vec<_>>>()
        .context("no working folder")?;
    let mut shown = arguments.shown.as_deref().map(open_log).transpose()?;
    let mut robot = if arguments.cancel {
        Robot::that_cancels()
    } else {
        Robot::that_signs(Consent {
            keys,
            token: arguments.token,
            password: password.unwrap_or_default(),
            stop_after: arguments.stop_after,
            wrong_first: arguments.wrong_first,
            insists: arguments.insist,
            tries: arguments.try_again,
            file: arguments.file.as_deref().map(absolute).transpose()?,
        })
    };

    say(&FromWindow::Ready)?;
    for line in io::stdin().lock().lines() {
        let line = line.context("standard input cannot be read")?;
        if let Some(log) = &mut shown {
            // Messages to the window carry no password.
            writeln!(log, "{line}").context("the log cannot be written")?;
        }
        let message: ToWindow =
            serde_json::from_str(&line).context("the agent sent something else than a message")?;
        if message == ToWindow::Quit {
            break;
        }
        for act in robot.hear(message) {
            match act {
                Act::Say(message) => say(&message)?,
                Act::Wait(pause) => thread::sleep(pause),
            }
        }
    }
    Ok(())
}

fn first_line(path: &Path) -> Result<Zeroizing<String>> {
    let text = Zeroizing::new(
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?,
    );
    Ok(Zeroizing::new(
        text.lines().next().unwrap_or_default().to_owned(),
    ))
}

fn open_log(path: &Path) -> Result<File> {
    let log = OpenOptions::new().create(true).append(true).open(path);
    log.with_context(|| format!("{} cannot be written", path.display()))
}

fn say(message: &FromWindow) -> Result<()> {
    let mut line = Zeroizing::new(serde_json::to_vec(message)?);
    line.push(b'\n');
    let mut output = io::stdout().lock();
    output
        .write_all(&line)
        .and_then(|()| output.flush())
        .context("standard output cannot be written")
}
