//! How much of this computer callers may use.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at once, in all. Browsers themselves stop at 255 WebSockets.
pub(crate) const MAX_CONNECTIONS: usize = 256;
/// WebSockets at once for one origin, so that a page cannot lock the others out.
pub(crate) const MAX_CONNECTIONS_OF_ORIGIN: usize = 64;
/// A text message: base64 of about 190 MB.
pub(crate) const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;
/// A longer message is read to its end, not kept, and answered with an error; one longer than this ends the connection.
pub(crate) const MAX_DRAINED_BYTES: u64 = 1024 * 1024 * 1024;
/// What is kept of each end of a message that is too long: the names of module and method are there.
pub(crate) const EXCERPT_BYTES: usize = 4096;
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

    /// A share for a message that begins.
    pub(crate) fn share(&self) -> Share {
        Share {
            budget: self.clone(),
            permit: None,
        }
    }
}

/// The part of the budget that a message holds, given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    permit: Option<OwnedSemaphorePermit>,
}

/// The budget is spent: other messages take all the memory that there is for them.
#[derive(Debug, thiserror::Error)]
#[error("too many large messages at once")]
pub(crate) struct OverBudget;

impl Share {
    /// Takes what a message of so many bytes needs, beyond what it has.
    ///
    /// # Errors
    /// When there is not enough left.
    pub(crate) fn cover(&mut self, bytes: usize) -> Result<(), OverBudget> {
        let wanted = bytes.saturating_sub(FREE_BYTES).div_ceil(UNIT_BYTES);
        let held = self
            .permit
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(more @ 1..) = u32::try_from(wanted.saturating_sub(held)) else {
            return Ok(());
        };
        let permit = Arc::clone(&self.budget.0)
            .try_acquire_many_owned(more)
            .map_err(|_| OverBudget)?;
        match &mut self.permit {
            Some(held) => held.merge(permit),
            empty => *empty = Some(permit),
        }
        Ok(())
    }

    /// Gives everything back: the message was dropped.
    pub(crate) fn give_back(&mut self) {
        self.permit = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_messages_are_free_and_large_ones_share_the_budget() {
        let budget = Budget::new();
        let (mut first, mut second, mut third) = (budget.share(), budget.share(), budget.share());
        assert!(first.cover(MAX_MESSAGE_BYTES).is_ok());
        assert!(second.cover(MAX_MESSAGE_BYTES).is_ok());
        assert!(third.cover(FREE_BYTES).is_ok(), "small ones always pass");
        assert!(
            third.cover(MAX_MESSAGE_BYTES).is_err(),
            "no room for a third large one"
        );
        drop(second);
        assert!(
            third.cover(MAX_MESSAGE_BYTES).is_ok(),
            "room again once the second was answered"
        );
    }

    #[test]
    fn a_message_takes_its_share_as_it_grows_and_gives_all_of_it_back() {
        let budget = Budget::new();
        let all = budget.0.available_permits();
        let mut share = budget.share();
        for bytes in (0..MAX_MESSAGE_BYTES).step_by(1 << 20) {
            share.cover(bytes).unwrap();
        }
        assert!(budget.0.available_permits() < all);
        share.give_back();
        assert_eq!(budget.0.available_permits(), all);
    }
}
