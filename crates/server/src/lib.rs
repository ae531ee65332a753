//! The local listener: TLS, WebSocket, Host and Origin checks, local CA, browser trust.
//!
//! [`Server::bind`] takes the port and makes or loads the local CA, [`Server::run`] serves until told to stop.
//! A request passes three gates before the agent hears of it: the peer is this computer, `Host` names this
//! listener (so a page cannot reach it by rebinding a name of its own), `Origin` is well formed.

pub mod ca;
mod error;
mod files;
mod frames;
mod gate;
mod http;
mod limits;
mod page;
mod server;
mod socket;
mod streaming;
pub mod trust;

pub use error::Error;
#[doc(hidden)]
pub use frames::read_frames;
pub use page::{Language, preferred_language};
pub use server::{DEFAULT_PORT, Options, Server};
