//! Tokens and cards through PKCS#11, the interface that their makers' modules offer.
//!
//! [`Tokens`] lists what is plugged in; each token is a [`TokenStore`], and a key opened from it signs on the token.
//! A module never runs in the agent: makers' libraries are known to hang, to crash and to break after fork. Each lives in a
//! process of its own ([`serve_module`]), which gets PINs over a pipe and is ended when it misses its [`Deadlines`].

mod choice;
mod client;
mod faults;
mod gost;
mod hub;
mod key;
mod keys;
mod listing;
mod modules;
mod raw;
mod store;
mod token;
mod wire;
mod worker;

pub use client::{Deadlines, WorkerProgram};
pub use hub::{Listing, Tokens};
pub use modules::{ModulePlaces, find_modules};
pub use store::TokenStore;
pub use token::{PinState, TokenId};
pub use worker::serve_module;

/// Reads what a worker may say, for the fuzz target: makers' code shares its memory.
#[doc(hidden)]
pub fn read_worker_replies(mut bytes: &[u8]) -> usize {
    let mut count = 0;
    while let Ok(Some(_)) = wire::read::<wire::Reply>(&mut bytes) {
        count += 1;
    }
    count
}

/// Reads the beginning of a library, for the fuzz target.
#[doc(hidden)]
pub fn read_library_head(head: &[u8]) -> usize {
    modules::processors(head).map_or(0, |processors| processors.len())
}
