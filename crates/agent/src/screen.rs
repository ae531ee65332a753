//! The window as the agent sees it.

use std::io;

use tokio::sync::mpsc;
use window_messages::{FromWindow, ToWindow};

/// Whatever can show requests to a person and bring back what the person did.
pub trait Screen: Send + Sync {
    /// Starts a conversation with the window, starting the window program if it does not run yet.
    ///
    /// The agent holds at most one link at a time for requests; a link opened later takes the window over, and the
    /// earlier link's `from` ends. Dropping the link ends the conversation, not the window.
    ///
    /// # Errors
    ///
    /// When the window program cannot be started.
    fn open(&self) -> io::Result<ScreenLink>;

    /// A page has connected: a request may follow, so the window should be ready for one soon.
    fn warm(&self);
}

/// A conversation with the window.
#[derive(Debug)]
pub struct ScreenLink {
    /// To the window.
    pub to: mpsc::Sender<ToWindow>,
    /// From the window; ends when the window is gone.
    pub from: mpsc::Receiver<FromWindow>,
}
