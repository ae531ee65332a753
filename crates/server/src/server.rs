use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use agent::{Agent, Origin};
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ca::{CaCertificate, Identity, IdentityOrigin, provider};
use crate::limits::{Budget, CLOSE_DEADLINE, MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ORIGIN};
use crate::{Error, http, streaming, trust};

/// The port of NCALayer, where portals look for an agent.
pub const DEFAULT_PORT: u16 = 13579;

/// Where the listener stands and what it stands on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The folder for the local CA and the listener's certificate.
    pub data_dir: PathBuf,
    /// Browser stores in which a renewed CA takes the old one's place; `None` leaves them alone.
    pub stores: Option<trust::Places>,
    /// The port on 127.0.0.1 where large documents arrive by HTTP, while the settings want that.
    pub streaming_port: u16,
    /// How often the certificate's age is looked at.
    pub renewal_check: Duration,
}

impl Options {
    /// [`DEFAULT_PORT`], no browser stores, a look every hour.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            port: DEFAULT_PORT,
            streaming_port: streaming::DEFAULT_PORT,
            data_dir: data_dir.into(),
            stores: None,
            renewal_check: Duration::from_secs(60 * 60),
        }
    }
}

/// The listener: bound, not yet serving.
pub struct Server {
    listener: std::net::TcpListener,
    options: Options,
    identity: Identity,
    agent: Arc<Agent>,
    address: SocketAddr,
}

impl Server {
    /// Takes the port on 127.0.0.1 and loads or makes the certificate. From here on clients connect; they are
    /// answered once [`Server::run`] goes.
    ///
    /// # Errors
    /// [`Error::PortTaken`], [`Error::Listen`], and those of [`Identity::load_or_make`].
    pub fn bind(options: Options, agent: Arc<Agent>) -> Result<Self, Error> {
        let port = options.port;
        let listen = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => Error::PortTaken { port },
            _ => Error::Listen { port, source },
        };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let identity = Identity::load_or_make(&options.data_dir, SystemTime::now())?;
        Ok(Self {
            listener,
            options,
            identity,
            agent,
            address,
        })
    }

    /// The address that clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The CA that clients must trust.
    pub fn ca(&self) -> &CaCertificate {
        self.identity.ca()
    }

    /// Where the CA lies, PEM.
    pub fn ca_path(&self) -> PathBuf {
        CaCertificate::path(&self.options.data_dir)
    }

    /// Serves until `shutdown` is cancelled, then closes every socket (code 1001), waits for them and returns.
    ///
    /// # Errors
    /// [`Error::Listen`] when the listener breaks, [`Error::Tls`] when TLS cannot be set up.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), Error> {
        let port = self.address.port();
        let listener = TcpListener::from_std(self.listener)
            .map_err(|source| Error::Listen { port, source })?;
        let leaf = Arc::new(Leaf(RwLock::new(self.identity.certified_key())));
        let shared = Arc::new(Shared {
            acceptor: TlsAcceptor::from(Arc::new(tls_config(Arc::clone(&leaf))?)),
            address: self.address,
            agent: self.agent,
            budget: Budget::new(),
            seats: Seats::default(),
            connections: AtomicU64::new(0),
            shutdown: shutdown.clone(),
            tasks: TaskTracker::new(),
        });
        let streaming = streaming::keep(Arc::clone(&shared), self.options.streaming_port);
        let renewal = keep_fresh(self.options, self.identity, leaf);
        tokio::select! {
            () = accept(&listener, &shared) => {}
            () = renewal => {}
            () = streaming => {}
            () = shutdown.cancelled() => {}
        }
        drop(listener);
        shared.tasks.close();
        if tokio::time::timeout(2 * CLOSE_DEADLINE, shared.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(open = shared.tasks.len(), "connections did not end in time");
        }
        Ok(())
    }
}

/// What connections share.
pub(crate) struct Shared {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) address: SocketAddr,
    pub(crate) agent: Arc<Agent>,
    pub(crate) budget: Budget,
    pub(crate) seats: Seats,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
    connections: AtomicU64,
}

impl Shared {
    /// A number for a new WebSocket, unique while the agent runs.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }
}

/// How many WebSockets each origin has open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seats(Arc<Mutex<HashMap<Origin, usize>>>);

impl Seats {
    /// A seat for one more WebSocket of this origin; `None` when it has enough.
    pub(crate) fn take(&self, origin: &Origin) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(origin.clone()).or_default();
        if *count >= MAX_CONNECTIONS_OF_ORIGIN {
            return None;
        }
        *count += 1;
        Some(Seat {
            seats: self.clone(),
            origin: origin.clone(),
        })
    }
}

/// Given back when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Seats,
    origin: Origin,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.origin) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.origin);
            }
        }
    }
}

async fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let (tcp, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: others must end first.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => drop(shared.tasks.spawn(until_shutdown(
                tcp,
                peer,
                Arc::clone(shared),
                Arc::new(place),
            ))),
            Err(_) => tracing::warn!(
                limit = MAX_CONNECTIONS,
                "a connection was refused: too many are open"
            ),
        }
    }
}

/// Connections that are not WebSockets yet have nothing to finish when the agent stops.
async fn until_shutdown(
    tcp: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    place: Arc<tokio::sync::OwnedSemaphorePermit>,
) {
    let shutdown = shared.shutdown.clone();
    shutdown
        .run_until_cancelled(http::serve(tcp, peer, shared, place))
        .await;
}

/// The leaf that the next handshake uses.
#[derive(Debug)]
struct Leaf(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Leaf {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(
            &self.0.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

fn tls_config(leaf: Arc<Leaf>) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(leaf);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Looks at the certificate now and then; when it was renewed, the next handshake uses the new one and browsers that
/// trusted the old CA get the new one. Never ends.
async fn keep_fresh(options: Options, identity: Identity, leaf: Arc<Leaf>) {
    if identity.origin() == IdentityOrigin::Replacement {
        tell_browsers(&options, identity.ca().clone()).await;
    }
    let mut current = identity;
    loop {
        tokio::time::sleep(options.renewal_check).await;
        let data_dir = options.data_dir.clone();
        let loaded = tokio::task::spawn_blocking(move || {
            Identity::load_or_make(&data_dir, SystemTime::now())
        })
        .await;
        match loaded {
            Ok(Ok(fresh)) if fresh.leaf_der() != current.leaf_der() => {
                *leaf.0.write().unwrap_or_else(PoisonError::into_inner) = fresh.certified_key();
                tell_browsers(&options, fresh.ca().clone()).await;
                current = fresh;
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "cannot look at the listener's certificate"),
            Err(error) => tracing::warn!(%error, "cannot look at the listener's certificate"),
        }
    }
}

async fn tell_browsers(options: &Options, ca: CaCertificate) {
    let Some(places) = options.stores.clone() else {
        return;
    };
    match tokio::task::spawn_blocking(move || trust::follow(&places, &ca)).await {
        Ok(Ok(outcomes)) => {
            for (store, outcome) in outcomes {
                match outcome {
                    Ok(_) => {
                        tracing::info!(store = %store.folder.display(), "trusts the new local CA; restart the browser")
                    }
                    Err(error) => {
                        tracing::warn!(store = %store.folder.display(), %error, "does not trust the new local CA")
                    }
                }
            }
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "browsers may not trust the new local CA: run `tanba trust install`")
        }
        Err(error) => {
            tracing::warn!(%error, "browsers may not trust the new local CA: run `tanba trust install`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_so_many_seats_and_others_have_their_own() {
        let seats = Seats::default();
        let origins =
            ["https://a.kz", "https://b.kz"].map(|origin| Origin::parse(Some(origin)).unwrap());
        let taken: Vec<Seat> = (0..MAX_CONNECTIONS_OF_ORIGIN)
            .filter_map(|_| seats.take(&origins[0]))
            .collect();
        assert_eq!(taken.len(), MAX_CONNECTIONS_OF_ORIGIN);
        assert!(seats.take(&origins[0]).is_none());
        assert!(seats.take(&origins[1]).is_some());
        drop(taken);
        assert!(seats.take(&origins[0]).is_some());
        assert!(
            seats.0.lock().unwrap().is_empty(),
            "empty counts are not kept"
        );
    }
}
