//! The agent under measurement and its client.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::proxy::{self, now, stamp};

const ROUNDS: usize = 10;
/// A start of the window lasts about a second.
const COLD_ROUNDS: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Agent {
    child: Child,
    port: u16,
    connector: TlsConnector,
}

type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// The keys of the bench are the demo CA's, and nobody is asked about them.
fn know_demo_ca(data: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures/ca");
    let folder = data.join("authorities");
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["tanba_demo_gost.cer", "tanba_demo_rsa.cer"] {
        std::fs::copy(from.join(name), folder.join(name)).unwrap();
    }
    std::fs::write(data.join("settings.toml"), "[network]\nway = \"offline\"\n").unwrap();
}

impl Agent {
    /// Starts it; gives the time from the start of the process to the line that it listens.
    pub(crate) fn start(folder: &Path, window: &str) -> (Duration, Self) {
        know_demo_ca(&folder.join("data"));
        let mut command = Command::new(e2e::places::program("tanba").unwrap());
        command.args([
            "--log",
            "error",
            "agent",
            "--port",
            "0",
            "--window",
            window,
            "--data-dir",
        ]);
        command
            .arg(folder.join("data"))
            .arg("--keys")
            .arg(folder.join("keys"));
        command
            .env("HOME", folder)
            .env_remove("NCALAYERPORT")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let taken = started.elapsed();
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let (_, port) = line["address"].as_str().unwrap().rsplit_once(':').unwrap();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(line["ca"].as_str().unwrap()).unwrap())
            .unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(
            rustls::crypto::aws_lc_rs::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
        // Every connection like a browser's first.
        config.resumption = rustls::client::Resumption::disabled();
        (
            taken,
            Self {
                child,
                port: port.parse().unwrap(),
                connector: TlsConnector::from(Arc::new(config)),
            },
        )
    }

    /// A page; gives the time from connecting to the greeting, TLS included.
    pub(crate) async fn connect(&self) -> (Duration, Socket) {
        let started = Instant::now();
        let tcp = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tls = self.connector.connect(name, tcp).await.unwrap();
        let url = format!("wss://localhost:{}/", self.port);
        let (mut socket, _) = tokio_tungstenite::client_async(url, tls).await.unwrap();
        assert!(
            socket
                .next()
                .await
                .unwrap()
                .unwrap()
                .to_text()
                .unwrap()
                .contains("1.4")
        );
        (started.elapsed(), socket)
    }

    pub(crate) fn resident_megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace()
            .nth(1)
            .unwrap()
            .parse::<f64>()
            .unwrap()
            / 1024.0
    }

    pub(crate) fn end(mut self) {
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        self.child.wait().unwrap();
    }
}

/// A figure that could not be measured must not leave an agent behind.
impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// From the robot's password line to the reply at the page, median.
pub(crate) async fn password_to_reply(
    folder: &Path,
    robot: &Path,
    key: &Path,
    password: &str,
    request: &str,
) -> Duration {
    let file = folder.join("password");
    std::fs::write(&file, password).unwrap();
    let line = [
        robot,
        Path::new("--key"),
        key,
        Path::new("--password-file"),
        &file,
    ];
    let line: Vec<String> = line
        .iter()
        .map(|part| format!("'{}'", part.display()))
        .collect();
    let stamps = folder.join("robot-stamps");
    let (_, agent) = Agent::start(folder, &through_proxy(&stamps, &line.join(" ")));
    let mut taken = Vec::new();
    let (_, mut socket) = agent.connect().await;
    for _ in 0..ROUNDS {
        socket.send(Message::text(request)).await.unwrap();
        let reply = tokio::time::timeout(PATIENCE, socket.next())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let arrived = now();
        assert!(
            reply.to_text().unwrap().contains(r#""code":"200""#),
            "the robot signs: {reply}"
        );
        taken.push(arrived - stamp(&stamps, "sign").unwrap());
    }
    agent.end();
    median(taken)
}

/// From sending a request to its painting.
pub(crate) struct Painted {
    /// By a window that waits; median.
    pub(crate) warm: Duration,
    /// By a window that must start first; median.
    pub(crate) cold: Duration,
    /// By the very first start, when the engine, the fonts and the libraries come from the disk.
    pub(crate) first: Duration,
}

/// Measures [`Painted`].
pub(crate) async fn request_to_painted(folder: &Path, window: &Path, request: &str) -> Painted {
    let stamps = folder.join("window-stamps");
    let program = through_proxy(&stamps, &format!("'{}'", window.display()));
    let mut cold = Vec::new();
    for _ in 0..=COLD_ROUNDS {
        let (_, agent) = Agent::start(folder, &program);
        let (_, mut socket) = agent.connect().await;
        cold.push(ask_and_wait(&mut socket, request, &stamps).await);
        agent.end();
    }
    let first = cold.remove(0);

    let (_, agent) = Agent::start(folder, &program);
    let started = now();
    let (_, mut socket) = agent.connect().await;
    after(&stamps, "ready", started).await;
    let mut warm = Vec::new();
    for _ in 0..ROUNDS {
        warm.push(ask_and_wait(&mut socket, request, &stamps).await);
        socket.close(None).await.unwrap();
        // The window goes off the screen before the next page comes.
        tokio::time::sleep(Duration::from_millis(500)).await;
        socket = agent.connect().await.1;
    }
    agent.end();
    Painted {
        warm: median(warm),
        cold: median(cold),
        first,
    }
}

async fn ask_and_wait(socket: &mut Socket, request: &str, stamps: &Path) -> Duration {
    let sent = now();
    socket.send(Message::text(request)).await.unwrap();
    after(stamps, "painted", sent).await - sent
}

/// Waits for a message of the window that is later than `since`.
async fn after(stamps: &Path, kind: &str, since: Duration) -> Duration {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(stamp) = stamp(stamps, kind).filter(|stamp| *stamp > since) {
            return stamp;
        }
        assert!(Instant::now() < deadline, "the window never said {kind}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn through_proxy(stamps: &Path, window: &str) -> String {
    let us = std::env::current_exe().unwrap();
    format!(
        "'{}' {} '{}' {window}",
        us.display(),
        proxy::MODE,
        stamps.display()
    )
}

pub(crate) fn median(mut values: Vec<Duration>) -> Duration {
    values.sort();
    values[values.len() / 2]
}

pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1000.0)
}
