//! Certificates of third parties read as their issuers meant them, and nothing else read at all.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

mod anchors;
mod authority;
mod build;
mod chain_rules;
mod chain_shapes;
mod chains;
mod fixtures;
mod issuing;
mod keys;
mod meaning;
mod missing_issuers;
mod names;
mod profiles;
mod reading;
mod revocation;
mod tampering;
