//! The pipe to the agent: lines in, lines out.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::sync::{Mutex, PoisonError};

use window_messages::{FromWindow, ToWindow};
use zeroize::Zeroizing;

/// A longer line than any preview the agent sends; what exceeds it is skipped, not gathered.
const LONGEST_LINE: u64 = 128 * 1024 * 1024;

/// Room for an ordinary message, so that a password is written into memory that never moves.
const ORDINARY_LINE: usize = 4096;

/// True when a program holds the other end of standard input; false for a terminal, a file or /dev/null.
pub(crate) fn agent_is_there() -> bool {
    let stdin = io::stdin();
    !stdin.is_terminal() && is_pipe(&stdin)
}

#[cfg(unix)]
fn is_pipe(stdin: &io::Stdin) -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;

    let copy = stdin.as_fd().try_clone_to_owned().map(std::fs::File::from);
    let kind = copy
        .and_then(|file| file.metadata())
        .map(|data| data.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

#[cfg(windows)]
fn is_pipe(stdin: &io::Stdin) -> bool {
    use std::os::windows::io::AsRawHandle;

    !stdin.as_raw_handle().is_null()
}

/// Reads the agent's lines until it closes the pipe and hands each message to `each`.
///
/// A line that is no message is told to `complain` and passed over: a newer agent may say more than we know.
///
/// # Errors
/// When the pipe breaks.
pub(crate) fn read_messages(
    mut from: impl BufRead,
    mut each: impl FnMut(ToWindow),
    mut complain: impl FnMut(LineError),
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if from
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(());
        }
        if line.len() as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
            from.skip_until(b'\n')?;
            complain(LineError::TooLong);
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(message) => each(message),
            Err(error) => complain(LineError::Malformed {
                column: error.column(),
            }),
        }
    }
}

/// Why a line was passed over. Carries nothing of the line, which may hold a document.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineError {
    /// It is not one of the messages we know.
    #[error("not a message, near column {column}")]
    Malformed {
        /// Where reading stopped, from 1.
        column: usize,
    },
    /// It is longer than any message.
    #[error("longer than {LONGEST_LINE} bytes")]
    TooLong,
}

/// The way to the agent: whole lines, one writer at a time.
pub(crate) struct Outgoing<W>(Mutex<W>);

impl<W: Write> Outgoing<W> {
    /// Takes the writing end over.
    pub(crate) fn new(to: W) -> Self {
        Self(Mutex::new(to))
    }

    /// Says one message and flushes it. The line is wiped afterwards: it may hold a password.
    ///
    /// # Errors
    /// When the agent is gone.
    pub(crate) fn say(&self, message: &FromWindow) -> io::Result<()> {
        let mut line = Zeroizing::new(Vec::with_capacity(ORDINARY_LINE));
        serde_json::to_writer(&mut *line, message)?;
        line.push(b'\n');
        let mut to = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        to.write_all(&line)?;
        to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use window_messages::PasswordText;

    fn read(text: &[u8]) -> (Vec<ToWindow>, Vec<LineError>) {
        let (mut messages, mut errors) = (Vec::new(), Vec::new());
        read_messages(
            text,
            |message| messages.push(message),
            |error| errors.push(error),
        )
        .unwrap();
        (messages, errors)
    }

    #[test]
    fn reads_a_message_a_line() {
        let (messages, errors) = read(b"{\"type\":\"done\",\"request\":7}\n{\"type\":\"quit\"}\n");
        assert_eq!(messages, [ToWindow::Done { request: 7 }, ToWindow::Quit]);
        assert_eq!(errors, []);
    }

    #[test]
    fn passes_over_a_malformed_line_and_goes_on() {
        let (messages, errors) =
            read(b"{\"type\":\"dance\"}\nnonsense\n\xff\xfe\n{}\n\n{\"type\":\"quit\"}\n");
        assert_eq!(messages, [ToWindow::Quit]);
        assert_eq!(errors.len(), 4);
    }

    #[test]
    fn complains_without_repeating_what_the_line_said() {
        let (_, errors) = read(b"{\"type\":\"my secret document\"}\n");
        assert!(!errors[0].to_string().contains("secret"));
    }

    #[test]
    fn reads_a_last_line_without_an_end() {
        assert_eq!(read(b"{\"type\":\"quit\"}").0, [ToWindow::Quit]);
    }

    #[test]
    fn ends_with_the_pipe() {
        assert_eq!(read(b""), (vec![], vec![]));
    }

    #[test]
    fn writes_one_whole_line_a_message() {
        let out = Outgoing::new(Vec::new());
        out.say(&FromWindow::Ready).unwrap();
        let password = PasswordText::new("Құпия \"1\"\n".to_owned());
        out.say(&FromWindow::Sign {
            request: 3,
            key: "k".to_owned(),
            password: Some(password),
            last_try: false,
        })
        .unwrap();
        let text = String::from_utf8(out.0.into_inner().unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"type\":\"ready\"}\n{\"type\":\"sign\",\"request\":3,\"key\":\"k\",\"password\":\"Құпия \\\"1\\\"\\n\",\"lastTry\":false}\n"
        );
    }
}
