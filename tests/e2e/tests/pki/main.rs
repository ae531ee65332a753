//! Chains, revocation and time stamps over real HTTP: against the demo CA's servers and against servers that are not
//! ours. Needs neither browser nor display.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod demo_authority;
mod faults;
mod nginx;
mod openssl;
mod openssl_ocsp;
mod openssl_ts;
mod timestamps;

use std::{
    io::Read,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use demo_portal::authority::{Authority, AuthorityOptions, DEMO_ADDRESS};
use e2e::places;
use fetch::{HttpFetch, Network};
use pki::{
    Certificate, Fetch, FetchError, FetchRequest,
    chain::{ChainContext, Issuer, build_chain},
    revocation::{
        CacheLimits, RevocationCache, RevocationContext, RevocationStatus, check_revocation,
    },
    trust::TrustAnchors,
};

/// Longer than anything on this computer takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The way to the network, on which the addresses in the demo keys' certificates lead to a server on another port.
struct Way {
    fetch: HttpFetch,
    authority: String,
}

impl Way {
    fn to(authority: &Authority) -> Self {
        Self::to_address(&authority.url(""))
    }

    fn to_address(authority: &str) -> Self {
        Self {
            fetch: HttpFetch::new(Network::Direct),
            authority: authority.to_owned(),
        }
    }
}

impl Fetch for Way {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        let demo = format!("http://{DEMO_ADDRESS}");
        self.fetch.fetch(&FetchRequest {
            url: &request.url.replace(&demo, &self.authority),
            ..*request
        })
    }
}

fn authority() -> Authority {
    Authority::start(AuthorityOptions::new(places::key(""))).unwrap()
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}

/// A root of the demo CA, `gost` or `rsa`.
fn root(family: &str) -> Certificate {
    let path = places::key(&format!("ca/tanba_demo_{family}.cer"));
    Certificate::from_bytes(&std::fs::read(path).unwrap()).unwrap()
}

fn anchors() -> TrustAnchors {
    TrustAnchors::only([root("gost"), root("rsa")])
}

/// The certificate of the key file in a folder whose name begins with `prefix`.
fn certificate(folder: &str, prefix: &str) -> Certificate {
    let file = std::fs::read_dir(places::key(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.starts_with(prefix))
        .unwrap();
    let identifier = file
        .rsplit('_')
        .next()
        .and_then(|name| name.strip_suffix(".p12"))
        .unwrap();
    let path = places::key(&format!("certificates/{identifier}.cer"));
    Certificate::from_bytes(&std::fs::read(path).unwrap()).unwrap()
}

/// Who issued it, proved by a chain to the demo CA.
fn issuer(certificate: &Certificate) -> Issuer {
    let anchors = anchors();
    let context = ChainContext {
        anchors: &anchors,
        candidates: &[],
        at: now(),
        fetch: None,
        cache: None,
    };
    let chain = build_chain(certificate, &context).unwrap();
    chain.issuer(0).unwrap()
}

/// What to ask, in place of what the certificate says.
#[derive(Clone, Copy, Default)]
struct Servers<'a> {
    ocsp: Option<&'a str>,
    lists: Option<&'a str>,
}

/// An address where nobody answers: the other kind of server is to be tried alone.
const NOBODY: &str = "http://127.0.0.1:9/";

fn revocation(
    certificate: &Certificate,
    fetch: &dyn Fetch,
    servers: Servers<'_>,
) -> RevocationStatus {
    revocation_within(certificate, fetch, servers, PATIENCE)
}

fn revocation_within(
    certificate: &Certificate,
    fetch: &dyn Fetch,
    servers: Servers<'_>,
    deadline: Duration,
) -> RevocationStatus {
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let context = RevocationContext {
        fetch,
        at: now(),
        ocsp_url: servers.ocsp,
        crl_url: servers.lists,
        cache: &cache,
        deadline,
    };
    check_revocation(certificate, &issuer(certificate), &context)
}
