//! Time stamps and judged reports.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod archive;
mod bouncy_castle_judges;
mod embedded;
mod faults;
mod openssl;
mod report;
mod requests;
mod tsa;

#[path = "../support/bouncy_castle.rs"]
mod bouncy_castle;
#[path = "../support/fixtures.rs"]
mod fixtures;
#[path = "../support/keys.rs"]
mod keys;
#[path = "../support/openssl_key.rs"]
mod openssl_key;
