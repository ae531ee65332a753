//! The program as people and scripts start it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]
#![cfg(unix)]

#[path = "program/support.rs"]
mod support;

#[path = "program/agent.rs"]
mod agent;
#[path = "program/files.rs"]
mod files;
#[path = "program/help.rs"]
mod help;
#[path = "program/tokens.rs"]
mod tokens;
#[path = "program/trust.rs"]
mod trust;
