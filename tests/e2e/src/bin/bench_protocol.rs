//! Large documents and long batches through the real agent, with the robot in place of the person: one figure a line, with
//! the aim beside it. Run by `cargo xtask bench protocol`.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{agent, agent::Agent, places};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

const GOST: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
const RSA: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";
const LARGE: usize = 90 << 20;

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn main() -> Result<()> {
    for (name, key, aim) in [("RSA", RSA, 1.0), ("GOST 2015-512", GOST, 1.6)] {
        let best = (0..3)
            .map(|_| large(key, true))
            .collect::<Result<Vec<_>>>()?;
        let seconds = best.iter().map(|it| it.0).fold(f64::MAX, f64::min);
        line(
            &format!("90 MiB attached, {name}, wss end to end"),
            format!("{seconds:.2} s"),
            &format!("{aim} s"),
        );
        let ratio = best.iter().map(|it| it.1).fold(0.0, f64::max);
        line(
            &format!("peak memory over idle, attached, {name}"),
            format!("{ratio:.2} x document"),
            "2.5",
        );
        let (_, ratio) = large(key, false)?;
        line(
            &format!("peak memory over idle, detached, {name}"),
            format!("{ratio:.2} x document"),
            "1.6",
        );
    }
    let thousand = batch(1_000)?;
    line(
        "signXmls, 1000 x 2 KB, GOST 2015-512",
        format!("{thousand:.2} s"),
        "1 s",
    );
    let ten = batch(10_000)?;
    line(
        "signXmls, 10000 x 2 KB against 1000",
        format!("{:.1} x", ten / thousand),
        "10 x",
    );
    let cancel = cancel()?;
    line(
        "cancel to reply, 1000 documents",
        format!("{:.0} ms", cancel * 1000.0),
        "100 ms",
    );
    let (seconds, megabytes) = streamed(4 << 30)?;
    line(
        "4 GiB by HTTP, detached, GOST 2015-512, peak memory",
        format!("{megabytes:.1} MB"),
        "32 MB",
    );
    line(
        "4 GiB by HTTP, detached, GOST 2015-512",
        format!("{seconds:.1} s"),
        "-",
    );
    Ok(())
}

fn line(name: &str, figure: String, aim: &str) {
    println!("{name}, {figure}, aim {aim}");
}

/// Seconds from the first byte of the request to the last of the reply, and the peak of resident memory over idle as a
/// multiple of the document.
fn large(key: &str, attached: bool) -> Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let agent = Agent::with_robot(folder.path(), &places::key(key), "Qwerty12", "")?;
    let mut socket = Socket::connect(&agent)?;
    // The robot starts, the key is found.
    socket.ask(&request(b"first", attached))?;
    std::thread::sleep(Duration::from_millis(300));
    let idle = kilobytes(agent.pid(), "VmRSS:")?;
    let text = request(&vec![0xa5; LARGE], attached);
    let started = Instant::now();
    let reply = socket.ask(&text)?;
    let seconds = started.elapsed().as_secs_f64();
    let signed = reply.starts_with(br#"{"code":"200","responseObject":""#);
    ensure!(
        signed,
        "not signed: {:.200}",
        String::from_utf8_lossy(&reply)
    );
    let peak = kilobytes(agent.pid(), "VmHWM:")?;
    agent.end()?;
    Ok((seconds, (peak - idle) * 1024.0 / LARGE as f64))
}

fn request(content: &[u8], attached: bool) -> String {
    format!(
        r#"{{"module":"kz.gov.pki.knca.commonUtils","method":"createCAdESFromBase64","args":["PKCS12","SIGNATURE","{}",{attached}]}}"#,
        BASE64_STANDARD.encode(content)
    )
}

fn documents(count: usize) -> String {
    let document = format!("<document><text>{}</text></document>", "word ".repeat(400));
    let documents = vec![serde_json::Value::from(document); count];
    serde_json::json!({
        "module": "kz.gov.pki.knca.commonUtils",
        "method": "signXmls",
        "args": ["PKCS12", "SIGNATURE", documents, "", ""],
    })
    .to_string()
}

/// Seconds from the request to the reply; the robot consents at once.
fn batch(count: usize) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let agent = Agent::with_robot(folder.path(), &places::key(GOST), "Qwerty12", "")?;
    let mut socket = Socket::connect(&agent)?;
    socket.ask(&documents(1))?;
    let text = documents(count);
    let mut best = f64::MAX;
    for _ in 0..3 {
        let started = Instant::now();
        let reply = socket.ask(&text)?;
        best = best.min(started.elapsed().as_secs_f64());
        ensure!(reply.starts_with(br#"{"code":"200""#), "not signed");
    }
    agent.end()?;
    Ok(best)
}

/// Seconds from the request to the reply when the robot says no as soon as it sees the request.
fn cancel() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let agent = Agent::with_robot(folder.path(), &places::key(GOST), "Qwerty12", "--cancel")?;
    let mut socket = Socket::connect(&agent)?;
    let text = documents(1_000);
    socket.ask(&text)?;
    let started = Instant::now();
    let reply = socket.ask(&text)?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(
        reply == br#"{"code":"500","message":"action.canceled"}"#,
        "not cancelled"
    );
    agent.end()?;
    Ok(seconds)
}

/// Seconds and the peak of resident memory, all of it, in megabytes.
fn streamed(size: u64) -> Result<(f64, f64)> {
    let folder = tempfile::tempdir()?;
    let window = agent::robot(folder.path(), &places::key(GOST), "Qwerty12", "")?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let agent = Agent::for_large_documents(folder.path(), window, port)?;
    let start = r#"{"numberOfDocuments":1,"base64":false,"encapsulateContent":false}"#;
    std::thread::sleep(Duration::from_millis(500));
    let started = Instant::now();
    let answer = http(&agent.ca, port, "/", "", start.len() as u64, |stream| {
        Ok(stream.write_all(start.as_bytes())?)
    })?;
    let (head, id) = answer.split_once("\r\n\r\n").context("no answer")?;
    let cookie = head
        .split("operationCookie=")
        .nth(1)
        .and_then(|rest| rest.split(';').next())
        .context("no cookie")?;
    let cookie = format!("Cookie: operationCookie={cookie}\r\n");
    let answer = http(
        &agent.ca,
        port,
        &format!("/{id}"),
        &cookie,
        size,
        |stream| {
            let piece = vec![0x5a; 1 << 20];
            for _ in 0..size / piece.len() as u64 {
                stream.write_all(&piece)?;
            }
            Ok(())
        },
    )?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(answer.starts_with("HTTP/1.1 200"), "{answer:.300}");
    let peak = kilobytes(agent.pid(), "VmHWM:")? / 1024.0;
    agent.end()?;
    Ok((seconds, peak))
}

/// One request; the answer as text, whatever it holds.
fn http(
    ca: &Path,
    port: u16,
    path: &str,
    headers: &str,
    length: u64,
    body: impl FnOnce(&mut Tls) -> Result<()>,
) -> Result<String> {
    let mut stream = tls(ca, port)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
    )?;
    body(&mut stream)?;
    stream.flush()?;
    let mut answer = Vec::new();
    // It may end without a TLS goodbye.
    stream.read_to_end(&mut answer).ok();
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn tls(ca: &Path, port: u16) -> Result<Tls> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("127.0.0.1")?;
    let tcp = TcpStream::connect(("127.0.0.1", port))?;
    tcp.set_nodelay(true)?;
    Ok(StreamOwned::new(
        ClientConnection::new(Arc::new(config), name)?,
        tcp,
    ))
}

/// A page's side that costs nothing itself: frames as they go over the line, without a copy.
struct Socket(Tls);

impl Socket {
    fn connect(agent: &Agent) -> Result<Self> {
        let mut stream = tls(&agent.ca, agent.port)?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://egov.kz\r\n\r\n",
            agent.port
        )?;
        stream.flush()?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.extend(byte);
        }
        let mut socket = Self(stream);
        socket.receive()?;
        Ok(socket)
    }

    fn ask(&mut self, text: &str) -> Result<Vec<u8>> {
        let mut head = vec![0x81, 0xff];
        head.extend((text.len() as u64).to_be_bytes());
        // A mask of zeros changes nothing, and the agent takes it off all the same.
        head.extend([0; 4]);
        self.0.write_all(&head)?;
        self.0.write_all(text.as_bytes())?;
        self.0.flush()?;
        self.receive()
    }

    fn receive(&mut self) -> Result<Vec<u8>> {
        let mut head = [0; 2];
        self.0.read_exact(&mut head)?;
        let [_, length] = head;
        let length = match length {
            126 => {
                let mut length = [0; 2];
                self.0.read_exact(&mut length)?;
                u64::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.0.read_exact(&mut length)?;
                u64::from_be_bytes(length)
            }
            short => u64::from(short),
        };
        let mut text = vec![0; usize::try_from(length)?];
        self.0.read_exact(&mut text)?;
        Ok(text)
    }
}

/// A line of `/proc/PID/status`.
fn kilobytes(process: u32, name: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with(name));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(figure.context("no such figure")?.parse()?)
}
