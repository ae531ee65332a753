//! The servers of a certification authority, for tests and the demo: OCSP, CRLs, CA certificates, time stamps.
//!
//! They answer for the demo CA of `keystore-fixtures` over plain HTTP, in the shapes of the national CA's answers, and
//! can misbehave on demand. Their keys are in the open: nothing real may depend on them.

mod der;
mod fault;
mod issuer;
mod key;
mod ocsp;
mod profile;
mod server;
mod status;
mod tsp;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    thread::{self, JoinHandle},
};

use anyhow::Context as _;
use pki::Certificate;
use time::OffsetDateTime;
use tokio::{runtime, sync::oneshot};

use fault::Faults;
pub use fault::{Fault, Service};
use issuer::Issuer;
use status::Statuses;

use crate::Clock;

/// Where the demo CA's certificates say that its servers are.
pub const DEMO_ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 17_680);

/// How the authority is set up.
pub struct AuthorityOptions {
    /// The folder with key files, `ca` and `certificates`: `keystore-fixtures`.
    pub fixtures: PathBuf,
    /// Where to listen; port 0 takes any free one.
    pub address: SocketAddr,
    /// Seconds since 1970 UTC.
    pub clock: Clock,
    /// What OCSP says of a serial number that was never issued: `unknown`, or as the national CA does `revoked` since
    /// 1970-01-01 with the reason certificateHold.
    pub unknown_as_revoked: bool,
}

impl AuthorityOptions {
    /// On a free port of this computer, with the system's clock, saying `unknown` of what it does not know.
    #[must_use]
    pub fn new(fixtures: impl Into<PathBuf>) -> Self {
        Self {
            fixtures: fixtures.into(),
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Arc::new(|| OffsetDateTime::now_utc().unix_timestamp()),
            unknown_as_revoked: false,
        }
    }
}

/// A running authority, on a thread of its own; it ends when dropped.
pub struct Authority {
    address: SocketAddr,
    state: Arc<State>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What its servers share.
struct State {
    issuers: Vec<Issuer>,
    statuses: Statuses,
    faults: Faults,
    files: RwLock<status::Files>,
    clock: Clock,
    unknown_as_revoked: bool,
}

impl State {
    fn now(&self) -> i64 {
        (self.clock)()
    }
}

impl Authority {
    /// Reads the demo CA and listens.
    ///
    /// # Errors
    /// When a file of the demo CA is missing or damaged, or the address is taken.
    pub fn start(options: AuthorityOptions) -> anyhow::Result<Self> {
        let ca = options.fixtures.join("ca");
        let issuers = ["tanba_demo_gost", "tanba_demo_rsa"]
            .iter()
            .map(|stem| Issuer::read(&ca, stem))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let state = Arc::new(State {
            statuses: Statuses::read(&options.fixtures, &issuers)?,
            files: RwLock::new(status::files(&ca)?),
            issuers,
            faults: Faults::default(),
            clock: options.clock,
            unknown_as_revoked: options.unknown_as_revoked,
        });
        let listener = std::net::TcpListener::bind(options.address)
            .with_context(|| format!("cannot listen on {}", options.address))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;

        let (stop, stopped) = oneshot::channel();
        let shared = Arc::clone(&state);
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = thread::Builder::new()
            .name("authority".to_owned())
            .spawn(move || {
                if let Err(error) = runtime.block_on(server::run(listener, shared, stopped)) {
                    tracing::error!(%error, "the authority does not serve any more");
                }
            })?;
        Ok(Self {
            address,
            state,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The OCSP responder.
    #[must_use]
    pub fn ocsp_url(&self) -> String {
        self.url("/ocsp/")
    }

    /// The time-stamping authority.
    #[must_use]
    pub fn tsp_url(&self) -> String {
        self.url("/tsp/")
    }

    /// A path on this server: `/crl/tanba_demo_gost.crl`, `/crl/tanba_demo_gost_d.crl` (delta),
    /// `/cert/tanba_demo_gost.cer`, the same with `rsa`, and what [`Authority::publish`] put there.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Misbehaves from now on, or behaves again.
    ///
    /// A single request may also ask for it: `?fault=wrong-nonce` and so on, see [`Fault`].
    pub fn set_fault(&self, service: Service, fault: Option<Fault>) {
        self.state.faults.set(service, fault);
    }

    /// From now on OCSP says that this certificate is revoked since `when` (seconds since 1970 UTC), for this reason
    /// (RFC 5280 §5.3.1), if any. The lists stay as they are.
    pub fn revoke(&self, certificate: &Certificate, when: i64, reason: Option<u8>) {
        self.state
            .statuses
            .revoke(certificate, &self.state.issuers, when, reason);
    }

    /// Serves these bytes at a path such as `/crl/large.crl`.
    pub fn publish(&self, path: &str, bytes: impl Into<bytes::Bytes>) {
        self.state
            .files
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned(), bytes.into());
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
