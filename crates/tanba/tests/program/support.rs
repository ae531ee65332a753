//! Starting the program and speaking with it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;

/// The program with a home folder of the test's own.
pub(crate) fn tanba(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tanba"));
    command
        .env("HOME", home)
        .env_remove("NCALAYERPORT")
        .env_remove("XDG_DATA_HOME");
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end; gives the exit code, standard output and standard error.
pub(crate) fn run(home: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = tanba(home).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        status.code().expect("no signal"),
        text(stdout),
        text(stderr),
    )
}

/// An agent that listens.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) ca: PathBuf,
    pub(crate) home: TempDir,
    rest: BufReader<ChildStdout>,
}

impl Running {
    /// Starts it on a free port with the script as its window.
    pub(crate) fn with_window(script: &str) -> Self {
        Self::start(script, |command| {
            command.args(["--port", "0"]);
        })
    }

    pub(crate) fn start(script: &str, change: impl FnOnce(&mut Command)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let window = home.path().join("window.sh");
        std::fs::write(
            &window,
            format!(
                "cd '{}'; echo $$ >> windows\n{script}\n",
                home.path().display()
            ),
        )
        .unwrap();
        let mut command = tanba(home.path());
        command
            .arg("agent")
            .arg("--window")
            .arg(format!("sh '{}'", window.display()));
        command.arg("--data-dir").arg(home.path().join("data"));
        // Neither the keys of this computer nor its tokens.
        command.arg("--keys").arg(home.path().join("keys"));
        change(&mut command);
        let log = std::fs::File::create(home.path().join("log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut rest = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        rest.read_line(&mut line).unwrap();
        let (port, ca) = listening(&line);
        Self {
            child,
            port,
            ca,
            home,
            rest,
        }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap()
    }

    /// Process ids of the windows started so far.
    pub(crate) fn windows(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.home.path().join("windows")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// A page that has read the greeting.
    pub(crate) async fn page(&self) -> Page {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(&self.ca).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(
            rustls::crypto::aws_lc_rs::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
        let tcp = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let tls = TlsConnector::from(Arc::new(config))
            .connect(name, tcp)
            .await
            .unwrap();
        let url = format!("wss://localhost:{}/", self.port);
        let mut page = Page(tokio_tungstenite::client_async(url, tls).await.unwrap().0);
        assert_eq!(page.text().await, GREETING);
        page
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut rest = String::new();
                std::io::Read::read_to_string(&mut self.rest, &mut rest).unwrap();
                return (status, rest);
            }
            if started.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                panic!("it does not end:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

pub(crate) struct Page(pub(crate) WebSocketStream<TlsStream<TcpStream>>);

impl Page {
    pub(crate) async fn text(&mut self) -> String {
        match tokio::time::timeout(PATIENCE, self.0.next())
            .await
            .expect("in time")
        {
            Some(Ok(Message::Text(text))) => text.as_str().to_owned(),
            other => panic!("not text: {other:?}"),
        }
    }
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) fn is_running(process: &str) -> bool {
    // A zombie has ended, too.
    std::fs::read_to_string(format!("/proc/{process}/stat"))
        .is_ok_and(|stat| !stat.contains(") Z "))
}

/// Port and CA of the line that the agent prints.
fn listening(line: &str) -> (u16, PathBuf) {
    let line: serde_json::Value =
        serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
    let address: std::net::SocketAddr = line["address"].as_str().unwrap().parse().unwrap();
    assert!(address.ip().is_loopback());
    (address.port(), PathBuf::from(line["ca"].as_str().unwrap()))
}
