//! The signing agent: it takes requests of web pages, asks a person, and answers with signatures.
//!
//! A request goes one way down and one way up. `protocol` turns its JSON into a typed `ask`; `plan` fixes what will be
//! signed and how, before any window exists; `consent` waits for the turn; `ceremony` shows the plan, finds keys and
//! opens the one that the person chose; `signing` makes the signatures; `protocol` renders the outcome.
//! Sockets are somebody else's business, and so is drawing the window: see [`Screen`].

mod agent;
mod ask;
mod base64;
mod caller;
mod ceremony;
mod certificates;
pub mod commands;
mod connections;
mod consent;
mod documents;
mod error;
mod files;
mod hex;
mod home;
mod json;
mod keys;
mod lifted;
mod limits;
mod log;
mod notices;
mod outcome;
mod plan;
mod private_file;
mod protocol;
mod reply;
mod screen;
mod settings;
mod sign;
mod streamed;
mod system_language;
mod tokens;

#[doc(hidden)]
pub use agent::read_request;
pub use agent::{Agent, Config, StreamedOutcome};
pub use base64::Base64Error;
pub use caller::{Caller, MalformedOrigin, Origin};
pub use error::Error;
pub use limits::MESSAGE_BYTES;
pub use protocol::StreamedOperation;
pub use reply::Reply;
pub use screen::{Screen, ScreenLink};
pub use settings::{NetworkChoice, ProxyPassword};
pub use streamed::{Streamed, Streaming};
pub use tokens::TokenConfig;
