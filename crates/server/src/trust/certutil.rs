//! NSS's `certutil`, with a deadline and never at a prompt.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::places::has_database;
use crate::Error;

const DEADLINE: Duration = Duration::from_secs(20);
const MAX_OUTPUT_BYTES: u64 = 4 * 1024 * 1024;

/// Is it installed?
pub(super) fn check() -> Result<(), Error> {
    match Command::new("certutil")
        .arg("-H")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
    {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::NoCertutil),
        _ => Ok(()),
    }
}

/// Makes an empty database without a password, unless there is one.
pub(super) fn make_database(folder: &Path) -> Result<(), Error> {
    if has_database(folder) {
        return Ok(());
    }
    crate::files::make_private_folder(folder)?;
    run(folder, &["-N", "--empty-password"], &[]).map(drop)
}

/// Puts a CA certificate (DER) in, trusted to issue servers' certificates.
pub(super) fn add_ca(folder: &Path, nickname: &str, der: &[u8]) -> Result<(), Error> {
    run(
        folder,
        &["-A", "-n", nickname, "-t", "C,,", "-f", EMPTY_PASSWORD_FILE],
        der,
    )
    .map(drop)
}

/// Takes a certificate out.
pub(super) fn delete(folder: &Path, nickname: &str) -> Result<(), Error> {
    run(
        folder,
        &["-D", "-n", nickname, "-f", EMPTY_PASSWORD_FILE],
        &[],
    )
    .map(drop)
}

/// Nicknames and trust flags of all certificates; none when there is no database.
pub(super) fn list(folder: &Path) -> Result<Vec<(String, String)>, Error> {
    if !has_database(folder) {
        return Ok(Vec::new());
    }
    let output = run(folder, &["-L"], &[])?;
    Ok(parse_list(&String::from_utf8_lossy(&output)))
}

/// A password file that holds none: a database with a password then fails instead of asking at the terminal.
const EMPTY_PASSWORD_FILE: &str = "/dev/null";

/// The table of `certutil -L`: a nickname padded with spaces, then the flags.
fn parse_list(table: &str) -> Vec<(String, String)> {
    table
        .lines()
        .filter_map(|line| line.trim_end().rsplit_once(' '))
        .filter(|(_, flags)| flags.matches(',').count() == 2)
        .map(|(nickname, flags)| (nickname.trim().to_owned(), flags.to_owned()))
        .filter(|(nickname, _)| !nickname.is_empty())
        .collect()
}

fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Error> {
    let mut database = std::ffi::OsString::from("sql:");
    database.push(folder);
    let mut command = Command::new("certutil");
    command
        .args(arguments)
        .arg("-d")
        .arg(database)
        .env("LC_ALL", "C");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let start = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::NoCertutil,
        _ => Error::Certutil {
            store: folder.to_owned(),
            message: error.to_string(),
        },
    };
    let output =
        finish(command.spawn().map_err(start)?, input).map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => Error::CertutilHangs {
                store: folder.to_owned(),
                seconds: DEADLINE.as_secs(),
            },
            _ => Error::Certutil {
                store: folder.to_owned(),
                message: error.to_string(),
            },
        })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    if message.contains("SEC_ERROR_BAD_PASSWORD") {
        return Err(Error::StoreLocked {
            store: folder.to_owned(),
        });
    }
    let last = message
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("no reason given");
    Err(Error::Certutil {
        store: folder.to_owned(),
        message: last.trim().to_owned(),
    })
}

/// Feeds the child, collects what it writes and ends it at the deadline.
fn finish(mut child: Child, input: &[u8]) -> io::Result<Output> {
    if let Some(mut stdin) = child.stdin.take() {
        // A child that has already failed does not read; its exit status tells.
        stdin.write_all(input).or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(error),
        })?;
    }
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > DEADLINE {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let joined = |thread: std::thread::JoinHandle<Vec<u8>>| thread.join().unwrap_or_default();
    Ok(Output {
        status,
        stdout: joined(stdout),
        stderr: joined(stderr),
    })
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // What could be read is enough for a message.
            pipe.take(MAX_OUTPUT_BYTES).read_to_end(&mut bytes).ok();
        }
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::parse_list;

    #[test]
    fn the_table_is_read_with_spaces_in_nicknames() {
        let table = "\nCertificate Nickname                                         Trust Attributes\n\
                     \x20                                                            SSL,S/MIME,JAR/XPI\n\n\
                     Tanba local CA 0123456789abcdef                              C,,  \n\
                     Firm, Inc. root                                              CT,C,c\n";
        let expected = [
            ("Tanba local CA 0123456789abcdef", "C,,"),
            ("Firm, Inc. root", "CT,C,c"),
        ]
        .map(|(nickname, flags)| (nickname.to_owned(), flags.to_owned()));
        assert_eq!(parse_list(table), expected);
    }
}
