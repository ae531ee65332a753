//! The agent as its server and its window see it: requests in, replies out, a window by script.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may"
)]

mod consent;
mod golden;
mod memory;
mod settings;
mod signing;
mod unlocking;
mod window;
