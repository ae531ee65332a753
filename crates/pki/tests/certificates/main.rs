//! Certificates of third parties read as their issuers meant them, and nothing else read at all.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

mod build;
mod fixtures;
mod issuing;
mod keys;
mod meaning;
mod names;
mod reading;
mod tampering;
