//! Time stamps and judged reports.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod archive;
mod embedded;
mod faults;
mod openssl;
mod report;
mod requests;
mod tsa;

#[path = "../support/fixtures.rs"]
mod fixtures;
#[path = "../support/keys.rs"]
mod keys;
#[path = "../support/openssl_key.rs"]
mod openssl_key;
