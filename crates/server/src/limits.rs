//! How much of this computer callers may use.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at once, in all. Browsers themselves stop at 255 WebSockets.
pub(crate) const MAX_CONNECTIONS: usize = 256;
/// WebSockets at once for one origin, so that a page cannot lock the others out.
pub(crate) const MAX_CONNECTIONS_OF_ORIGIN: usize = 64;
/// A text message, and a frame of it: base64 of about 190 MB.
pub(crate) const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;
/// Messages that wait for their turn on one socket.
pub(crate) const MAX_WAITING: usize = 32;
/// TLS handshake and request head: a client that dawdles longer is dropped.
pub(crate) const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// One reply: a client that does not read it in this time is dropped.
pub(crate) const WRITE_DEADLINE: Duration = Duration::from_secs(120);
/// A closing handshake.
pub(crate) const CLOSE_DEADLINE: Duration = Duration::from_secs(2);

/// Messages of all sockets that are held in memory, received or waiting.
const BUDGET_BYTES: usize = 512 * 1024 * 1024;
/// What a message may take without asking the budget.
const FREE_BYTES: usize = 64 * 1024;
/// The budget is counted in these.
const UNIT_BYTES: usize = 64 * 1024;

/// The memory that the messages of all sockets share.
#[derive(Debug, Clone)]
pub(crate) struct Budget(Arc<Semaphore>);

impl Budget {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET_BYTES / UNIT_BYTES)))
    }
}

/// The part of the budget that a message holds, given back when dropped.
pub(crate) type Share = Option<OwnedSemaphorePermit>;

/// Counts what one socket has received of a message that is not complete yet.
#[derive(Debug, Clone)]
pub(crate) struct Meter(Arc<Mutex<Count>>);

#[derive(Debug)]
struct Count {
    budget: Budget,
    bytes: usize,
    share: Share,
}

/// The budget is spent: other messages take all the memory that there is for them.
#[derive(Debug, thiserror::Error)]
#[error("too many large messages at once")]
pub(crate) struct OverBudget;

impl Meter {
    pub(crate) fn new(budget: &Budget) -> Self {
        Self(Arc::new(Mutex::new(Count {
            budget: budget.clone(),
            bytes: 0,
            share: None,
        })))
    }

    /// The message is complete: its share goes with it, the next one starts from nothing.
    pub(crate) fn take(&self) -> Share {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        count.bytes = 0;
        count.share.take()
    }

    fn add(&self, bytes: usize) -> Result<(), OverBudget> {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        count.bytes = count.bytes.saturating_add(bytes);
        let wanted = count.bytes.saturating_sub(FREE_BYTES).div_ceil(UNIT_BYTES);
        let held = count
            .share
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(more @ 1..) = u32::try_from(wanted.saturating_sub(held)) else {
            return Ok(());
        };
        let permit = Arc::clone(&count.budget.0)
            .try_acquire_many_owned(more)
            .map_err(|_| OverBudget)?;
        match &mut count.share {
            Some(share) => share.merge(permit),
            empty => *empty = Some(permit),
        }
        Ok(())
    }
}

/// A stream whose incoming bytes are metered; over the budget, reading fails with [`OverBudget`].
#[derive(Debug)]
pub(crate) struct Metered<S> {
    stream: S,
    meter: Meter,
}

impl<S> Metered<S> {
    pub(crate) fn new(stream: S, meter: Meter) -> Self {
        Self { stream, meter }
    }

    pub(crate) fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Poll::Ready(Ok(())) = polled {
            let read = buffer.filled().len().saturating_sub(before);
            if let Err(over) = self.meter.add(read) {
                return Poll::Ready(Err(io::Error::other(over)));
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_messages_are_free_and_large_ones_share_the_budget() {
        let budget = Budget::new();
        let (first, second, third) = (
            Meter::new(&budget),
            Meter::new(&budget),
            Meter::new(&budget),
        );
        assert!(first.add(MAX_MESSAGE_BYTES).is_ok());
        assert!(second.add(MAX_MESSAGE_BYTES).is_ok());
        assert!(third.add(FREE_BYTES).is_ok(), "small ones always pass");
        assert!(
            third.add(MAX_MESSAGE_BYTES).is_err(),
            "no room for a third large one"
        );
        drop(second.take());
        assert!(
            third.add(1).is_ok(),
            "room again once the second was answered"
        );
    }

    #[test]
    fn a_complete_message_keeps_its_share_until_it_is_answered() {
        let budget = Budget::new();
        let meter = Meter::new(&budget);
        let all = budget.0.available_permits();
        meter.add(MAX_MESSAGE_BYTES).unwrap();
        let share = meter.take();
        assert!(budget.0.available_permits() < all);
        drop(share);
        assert_eq!(budget.0.available_permits(), all);
    }
}
