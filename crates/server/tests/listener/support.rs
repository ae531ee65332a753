//! A running listener and clients for it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use agent::{Agent, Screen, ScreenLink};
use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use server::{Options, Server};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;
use window_messages::{FromWindow, ToWindow};

pub(crate) const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;
/// A request that is answered at once.
pub(crate) const QUICK: &str = r#"{"module":"kz.example.nobody","method":"x"}"#;
pub(crate) const QUICK_REPLY: &str = r#"{"success":false,"errorCode":"MODULE_NOT_FOUND"}"#;
/// Another one, with another reply.
pub(crate) const TOKENS: &str =
    r#"{"module":"kz.gov.pki.knca.commonUtils","method":"getActiveTokens"}"#;

const PATIENCE: Duration = Duration::from_secs(120);

/// Nobody is reached.
struct NoNetwork;

impl pki::Fetch for NoNetwork {
    fn fetch(
        &self,
        _: &pki::FetchRequest<'_>,
    ) -> Result<Box<dyn std::io::Read + Send>, pki::FetchError> {
        Err(pki::FetchError::Offline)
    }
}

/// A window that shows requests to nobody and tells how many it shows.
#[derive(Default)]
pub(crate) struct SilentScreen {
    pub(crate) opened: AtomicUsize,
    pub(crate) warmed: AtomicUsize,
    pub(crate) closed: Arc<AtomicUsize>,
}

impl Screen for SilentScreen {
    fn open(&self) -> std::io::Result<ScreenLink> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        let (to, mut shown) = mpsc::channel::<ToWindow>(16);
        let (person, from) = mpsc::channel::<FromWindow>(16);
        let closed = Arc::clone(&self.closed);
        tokio::spawn(async move {
            while shown.recv().await.is_some() {}
            closed.fetch_add(1, Ordering::SeqCst);
            drop(person);
        });
        Ok(ScreenLink { to, from })
    }

    fn warm(&self) {
        self.warmed.fetch_add(1, Ordering::SeqCst);
    }
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) folder: TempDir,
    pub(crate) screen: Arc<SilentScreen>,
    pub(crate) shutdown: CancellationToken,
    task: JoinHandle<Result<(), server::Error>>,
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let screen = Arc::new(SilentScreen::default());
        let mut options = Options::new(folder.path());
        options.port = 0;
        change(&mut options);
        let server = Server::bind(options, agent(folder.path(), Arc::clone(&screen) as _)).unwrap();
        let address = server.address();
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(server.run(shutdown.clone()));
        Self {
            address,
            folder,
            screen,
            shutdown,
            task,
        }
    }

    /// Another agent, for another listener.
    pub(crate) fn agent(&self) -> Arc<Agent> {
        agent(self.folder.path(), Arc::clone(&self.screen) as _)
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.address.port())
    }

    pub(crate) async fn tls(&self) -> TlsStream<TcpStream> {
        self.tls_from(Ipv4Addr::LOCALHOST).await.unwrap()
    }

    /// A TLS client for another port of the same listener.
    pub(crate) async fn tls_to(&self, port: u16) -> TlsStream<TcpStream> {
        let tcp = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .unwrap();
        tcp.set_nodelay(true).unwrap();
        let config = client_config(self.folder.path());
        let name = ServerName::IpAddress(Ipv4Addr::LOCALHOST.into());
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, tcp).await.unwrap()
    }

    /// A TLS client bound to one of the loopback addresses.
    pub(crate) async fn tls_from(&self, source: Ipv4Addr) -> std::io::Result<TlsStream<TcpStream>> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind((source, 0).into())?;
        let tcp = socket.connect(self.address).await?;
        tcp.set_nodelay(true)?;
        let config = client_config(self.folder.path());
        let name = ServerName::IpAddress(Ipv4Addr::LOCALHOST.into());
        TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
    }

    /// A WebSocket that has read the greeting.
    pub(crate) async fn socket(&self) -> Client {
        let mut client = self.open("/", &[]).await.unwrap();
        assert_eq!(client.text().await, GREETING);
        client
    }

    /// An opening handshake with headers of the caller's choice; `Host` may be among them.
    pub(crate) async fn open(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Client, tungstenite::Error> {
        let mut request = format!("wss://{}{path}", self.host())
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let stream = self.tls().await;
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        Ok(Client(socket))
    }

    /// Sends a request head as it is and reads everything that comes back.
    pub(crate) async fn raw(&self, head: &str) -> String {
        raw(self.tls().await, head).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &str) -> String {
        self.raw(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\n{headers}\r\n",
            self.host()
        ))
        .await
    }

    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        timeout(PATIENCE, self.task)
            .await
            .expect("it ends")
            .unwrap()
            .unwrap();
    }
}

pub(crate) async fn raw(mut stream: TlsStream<TcpStream>, head: &str) -> String {
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The server may end without a TLS goodbye when it refuses; what came is what counts.
    timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("an answer")
        .ok();
    String::from_utf8(answer).unwrap()
}

pub(crate) struct Client(pub(crate) WebSocketStream<TlsStream<TcpStream>>);

impl Client {
    pub(crate) async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn next(&mut self) -> Message {
        timeout(PATIENCE, self.0.next())
            .await
            .expect("a message in time")
            .expect("a message")
            .unwrap()
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.next().await {
            Message::Text(text) => text.as_str().to_owned(),
            other => panic!("not text: {other:?}"),
        }
    }

    /// The code and reason with which the server closes.
    pub(crate) async fn close_reason(&mut self) -> (u16, String) {
        match self.next().await {
            Message::Close(Some(frame)) => (frame.code.into(), frame.reason.as_str().to_owned()),
            other => panic!("not a close: {other:?}"),
        }
    }
}

/// Trusts the CA of this data directory and nothing else.
pub(crate) fn client_config(data_dir: &Path) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(data_dir.join("tls/ca.pem")).unwrap())
        .unwrap();
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// The status line of an answer.
pub(crate) fn status(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

fn agent(data_dir: &Path, screen: Arc<dyn Screen>) -> Arc<Agent> {
    let keys = data_dir.join("keys");
    Agent::new(agent::Config {
        data_dir: data_dir.to_owned(),
        key_folders: vec![keys],
        screen,
        fetch: Arc::new(NoNetwork),
        choose_network: Box::new(|_| {}),
        tokens: None,
        trust_test_ca: false,
    })
    .unwrap()
}
