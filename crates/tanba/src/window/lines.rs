//! Lines from the window. They may hold a password: their bytes are wiped as soon as they are read.

use std::fmt;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};
use window_messages::FromWindow;
use zeroize::{Zeroize, Zeroizing};

/// More than any message of the window: a path, a password, the settings.
pub(super) const MAX_LINE_BYTES: usize = 256 * 1024;

/// Why a line is no message. Never says what was in it.
#[derive(Debug)]
pub(super) enum BadLine {
    /// It is longer than [`MAX_LINE_BYTES`].
    TooLong,
    /// It is not a message.
    NotAMessage,
    /// The pipe broke.
    Pipe(io::Error),
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "it said a line longer than {MAX_LINE_BYTES} bytes"),
            Self::NotAMessage => f.write_str("it said a line that is no message"),
            Self::Pipe(error) => error.fmt(f),
        }
    }
}

/// Reads messages, one a line.
pub(super) struct Lines<R> {
    pipe: R,
    /// Never grows, so that no copy of a password stays behind.
    buffer: Zeroizing<Vec<u8>>,
    filled: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(pipe: R) -> Self {
        Self {
            pipe,
            buffer: Zeroizing::new(vec![0; MAX_LINE_BYTES]),
            filled: 0,
        }
    }

    /// The next message; `None` at the end. May be dropped while waiting: nothing is lost.
    pub(super) async fn next(&mut self) -> Result<Option<FromWindow>, BadLine> {
        loop {
            let held = self.buffer.get(..self.filled).unwrap_or_default();
            if let Some(end) = held.iter().position(|byte| *byte == b'\n') {
                let line = held.get(..end).unwrap_or_default();
                let message = match line.trim_ascii() {
                    [] => None,
                    line => Some(serde_json::from_slice(line).map_err(|_| BadLine::NotAMessage)?),
                };
                self.forget(end + 1);
                match message {
                    Some(message) => return Ok(Some(message)),
                    None => continue,
                }
            }
            let free = self
                .buffer
                .get_mut(self.filled..)
                .filter(|free| !free.is_empty())
                .ok_or(BadLine::TooLong)?;
            match self.pipe.read(free).await {
                Ok(0) if self.filled == 0 => return Ok(None),
                Ok(0) => return Err(BadLine::NotAMessage),
                Ok(read) => self.filled += read,
                Err(error) => return Err(BadLine::Pipe(error)),
            }
        }
    }

    /// Wipes the first bytes and moves the rest up.
    fn forget(&mut self, bytes: usize) {
        let rest = self.filled.saturating_sub(bytes);
        self.buffer.copy_within(bytes..bytes + rest, 0);
        if let Some(stale) = self.buffer.get_mut(rest..self.filled) {
            stale.zeroize();
        }
        self.filled = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> (Vec<u32>, Result<(), BadLine>) {
        let mut lines = Lines::new(bytes);
        let mut cancelled = Vec::new();
        loop {
            match lines.next().await {
                Ok(Some(FromWindow::Cancel { request })) => cancelled.push(request),
                Ok(Some(_)) => panic!("another message"),
                Ok(None) => return (cancelled, Ok(())),
                Err(bad) => return (cancelled, Err(bad)),
            }
        }
    }

    #[tokio::test]
    async fn messages_are_read_line_by_line() {
        let text =
            "{\"type\":\"cancel\",\"request\":1}\n\r\n{\"type\":\"cancel\",\"request\":2}\r\n";
        let (cancelled, end) = read(text.as_bytes()).await;
        assert_eq!(cancelled, [1, 2]);
        assert!(end.is_ok());
    }

    #[tokio::test]
    async fn what_is_no_message_is_told_without_its_content() {
        for bad in [
            "secret\n",
            "{\"type\":\"secret\"}\n",
            "{\"type\":\"cancel\",\"request\":1}",
            "\u{0}\n",
            "[]\n",
        ] {
            let (_, end) = read(bad.as_bytes()).await;
            let Err(error) = end else { panic!("{bad}") };
            assert!(matches!(error, BadLine::NotAMessage), "{bad}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[tokio::test]
    async fn an_endless_line_ends_at_the_limit() {
        let (_, end) = read(&vec![b'x'; 2 * MAX_LINE_BYTES]).await;
        assert!(matches!(end, Err(BadLine::TooLong)));
    }

    #[tokio::test]
    async fn a_line_that_was_read_is_wiped() {
        let text =
            b"{\"type\":\"sign\",\"request\":1,\"key\":\"k\",\"password\":\"hunter2\",\"lastTry\":false}\n{\"ty";
        let mut lines = Lines::new(&text[..]);
        assert!(matches!(
            lines.next().await,
            Ok(Some(FromWindow::Sign { .. }))
        ));
        assert_eq!(lines.buffer.get(..lines.filled), Some(&b"{\"ty"[..]));
        assert!(
            lines
                .buffer
                .iter()
                .skip(lines.filled)
                .all(|byte| *byte == 0)
        );
    }
}
