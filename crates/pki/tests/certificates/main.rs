//! Certificates of third parties read as their issuers meant them, and nothing else read at all.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

mod fixtures;
mod issuing;
mod meaning;
mod reading;
mod tampering;
