//! The way to the servers of the PKI: OCSP responders, time-stamping authorities, stores of certificates and lists.
//!
//! [`HttpFetch`] is the one implementation of [`pki::Fetch`] and the only place that opens an outgoing connection.
//! Every exchange stands alone: a connection, a client and a runtime that are made for it and gone after it, so that
//! an agent that waits pays nothing, holds no thread for this, and notices at once when settings change.
//! No cookies, no decompression, no referrer; what is believed of an answer is decided by its signature, elsewhere.

mod body;
mod client;
mod failure;
mod http_fetch;
mod network;
mod tls;

pub use http_fetch::{HttpFetch, MAX_REDIRECTS};
pub use network::{Credentials, Network, Proxy, ProxyError};
