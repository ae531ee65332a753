//! The agent as its server and its window see it: requests in, replies out, a window by script.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may"
)]

mod authority;
mod basics;
mod batches;
mod certificates;
mod consent;
mod elements;
mod files;
mod golden;
mod memory;
mod network;
mod notices;
mod recorded;
mod settings;
mod signing;
mod stamps;
mod unlocking;
mod window;
