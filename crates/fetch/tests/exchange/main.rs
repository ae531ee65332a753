//! `HttpFetch` against servers that behave and servers that do not, all on this computer.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod deadlines;
mod environment;
mod faults;
mod limits;
mod proxies;
mod redirects;
mod requests;
mod server;
mod tls;

use std::time::Duration;

use fetch::{HttpFetch, Network};
use pki::{Fetch as _, FetchBody, FetchError, FetchRequest};

/// Longer than anything on this computer takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn direct() -> HttpFetch {
    HttpFetch::new(Network::Direct)
}

fn get(url: &str) -> FetchRequest<'_> {
    FetchRequest {
        url,
        body: None,
        max_bytes: 1024,
        timeout: PATIENCE,
    }
}

fn post(url: &str) -> FetchRequest<'_> {
    FetchRequest {
        body: Some(FetchBody {
            content_type: "application/ocsp-request",
            bytes: b"question",
        }),
        ..get(url)
    }
}

/// What comes of a GET without a proxy.
fn fetched(url: &str) -> Result<Vec<u8>, FetchError> {
    direct().fetch_all(&get(url))
}
