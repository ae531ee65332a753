//! A window that passes every line on to the real one and notes when the lines that matter went by.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The word that turns the bench into a proxy.
pub(crate) const MODE: &str = "--as-window";

/// Runs `program` and copies what it says; `stamps` gets a line `TYPE MICROSECONDS` for each message.
pub(crate) fn run(stamps: &Path, program: &str, arguments: &[String]) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stamps = OpenOptions::new()
        .create(true)
        .append(true)
        .open(stamps)
        .unwrap();
    let mut out = std::io::stdout().lock();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let message: serde_json::Value = serde_json::from_str(&line).unwrap();
        writeln!(
            stamps,
            "{} {}",
            message["type"].as_str().unwrap(),
            now().as_micros()
        )
        .unwrap();
        writeln!(out, "{line}").unwrap();
        out.flush().unwrap();
    }
    child.wait().unwrap();
}

/// When the last message of this type went by.
pub(crate) fn stamp(stamps: &Path, kind: &str) -> Option<Duration> {
    let text = std::fs::read_to_string(stamps).ok()?;
    let micros = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .rfind(|(found, _)| *found == kind)?
        .1;
    micros.parse().ok().map(Duration::from_micros)
}

/// The clock that both processes share.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}
