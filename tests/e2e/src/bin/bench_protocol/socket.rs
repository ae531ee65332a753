//! A page's side of the line, made to cost nothing itself.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::Arc,
};

use anyhow::{Context as _, Result};
use e2e::agent::Agent;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

pub(crate) type Tls = StreamOwned<ClientConnection, TcpStream>;

/// One request; the answer as text, whatever it holds.
pub(crate) fn http(
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

/// A socket: frames as they go over the line, without a copy, and replies in memory that is there before they come.
pub(crate) struct Socket {
    stream: Tls,
    room: Vec<u8>,
}

impl Socket {
    /// `room`: bytes of the longest reply.
    pub(crate) fn connect(agent: &Agent, room: usize) -> Result<Self> {
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
        // Not zeros: only then the system gives the memory now.
        let room = vec![0xff; room.max(1024)];
        let mut socket = Self { stream, room };
        socket.receive()?;
        Ok(socket)
    }

    pub(crate) fn ask(&mut self, text: &str) -> Result<&[u8]> {
        let mut head = vec![0x81, 0xff];
        head.extend((text.len() as u64).to_be_bytes());
        // A mask of zeros changes nothing, and the agent takes it off all the same.
        head.extend([0; 4]);
        self.stream.write_all(&head)?;
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()?;
        self.receive()
    }

    fn receive(&mut self) -> Result<&[u8]> {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head)?;
        let [_, length] = head;
        let length = match length {
            126 => {
                let mut length = [0; 2];
                self.stream.read_exact(&mut length)?;
                u64::from(u16::from_be_bytes(length))
            }
            127 => {
                let mut length = [0; 8];
                self.stream.read_exact(&mut length)?;
                u64::from_be_bytes(length)
            }
            short => u64::from(short),
        };
        let length = usize::try_from(length)?;
        let text = self.room.get_mut(..length);
        let text = text.context("a longer reply than there is room for")?;
        self.stream.read_exact(text)?;
        Ok(text)
    }
}
