//! The portal over HTTP, as browsers use it, with signatures made by real key files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that fails says where"
)]

mod authority;
mod browser;
mod documents;
mod keys;
mod login;
mod pages;
mod registration;
mod sessions;
