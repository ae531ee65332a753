//! Readers and cards through PC/SC: what is plugged in, told by events, without touching a card.
//!
//! This says which modules may have something to show, and when to look again; keys are reached through PKCS#11.

mod service;
mod watch;

pub use service::{CardState, InsertedCard, Reader, ServiceState, Snapshot, same_reader, snapshot};
pub use watch::ReaderWatch;
