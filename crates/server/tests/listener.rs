//! The listener as clients see it: real TLS, trusting the local CA and nothing else.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

#[path = "listener/support.rs"]
mod support;

#[path = "listener/http.rs"]
mod http;
#[path = "listener/limits.rs"]
mod limits;
#[path = "listener/socket.rs"]
mod socket;
#[path = "listener/streaming.rs"]
mod streaming;
#[path = "listener/tls.rs"]
mod tls;
#[path = "listener/window.rs"]
mod window;
