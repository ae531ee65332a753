//! What the fuzz target reads frames through.

use std::{
    io,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use tokio::io::{AsyncRead, ReadBuf};

use super::{Budget, Incoming, Reader};

/// The texts that a client sends, and what its pings carry, up to the first frame that closes or is refused.
///
/// The stream gives at most `step` bytes at a time.
#[doc(hidden)]
#[must_use]
pub fn read_frames(bytes: &[u8], step: usize) -> (Vec<String>, Vec<Vec<u8>>) {
    let mut reader = Reader::new(Steps { bytes, step }, &[], &Budget::new());
    let (mut texts, mut pings) = (Vec::new(), Vec::new());
    loop {
        let mut context = Context::from_waker(Waker::noop());
        // The stream always has something ready, so a message is read in one go.
        let Poll::Ready(Ok(Some(next))) = pin!(reader.next()).poll(&mut context) else {
            return (texts, pings);
        };
        match next {
            Incoming::Text(text, _) => texts.push(text),
            Incoming::Ping(body) => pings.push(body),
            Incoming::Pong => {}
            Incoming::TooLong(_) | Incoming::Binary | Incoming::Close(_) => return (texts, pings),
        }
    }
}

struct Steps<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl AsyncRead for Steps<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let most = self.step.max(1).min(buffer.remaining());
        let (now, later) = self.bytes.split_at(most.min(self.bytes.len()));
        buffer.put_slice(now);
        self.bytes = later;
        Poll::Ready(Ok(()))
    }
}
