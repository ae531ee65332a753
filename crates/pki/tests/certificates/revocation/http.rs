//! HTTP over bare sockets: a client for what is tested, and a server that does what a test says.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use pki::{Fetch, FetchError, FetchRequest};

/// Plain HTTP to numeric addresses, one exchange a connection.
pub(super) struct Http;

impl Fetch for Http {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        let until = Instant::now() + request.timeout;
        let rest = request
            .url
            .strip_prefix("http://")
            .ok_or(FetchError::BadUrl)?;
        let (host, path) = rest.split_once('/').ok_or(FetchError::BadUrl)?;
        let address: SocketAddr = host.parse().map_err(|_| FetchError::UnknownHost)?;
        let mut stream = TcpStream::connect_timeout(&address, request.timeout)
            .map_err(|_| FetchError::CannotConnect)?;
        let broken = |_| FetchError::Broken;
        let head = match &request.body {
            None => format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n"),
            Some(body) => format!(
                "POST /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
                body.content_type,
                body.bytes.len()
            ),
        };
        stream.write_all(head.as_bytes()).map_err(broken)?;
        if let Some(body) = &request.body {
            stream.write_all(body.bytes).map_err(broken)?;
        }
        let mut reader = BufReader::new(Timed { stream, until });
        let mut line = String::new();
        reader.read_line(&mut line).map_err(FetchError::from_io)?;
        let status = line.split(' ').nth(1).and_then(|text| text.parse().ok());
        let status: u16 = status.ok_or(FetchError::Broken)?;
        let mut length = None;
        loop {
            line.clear();
            reader.read_line(&mut line).map_err(FetchError::from_io)?;
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
        }
        match status {
            200 => Ok(Box::new(Body {
                reader,
                left: length,
                room: request.max_bytes,
            })),
            other => Err(FetchError::Status(other)),
        }
    }
}

struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Read for Timed {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(FetchError::Timeout.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(room).map_err(|error| match error.kind() {
            std::io::ErrorKind::WouldBlock => FetchError::Timeout.into(),
            _ => error,
        })
    }
}

struct Body {
    reader: BufReader<Timed>,
    left: Option<u64>,
    room: u64,
}

impl Read for Body {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        if self.left == Some(0) {
            return Ok(0);
        }
        let count = self.reader.read(room)?;
        if let Some(left) = &mut self.left {
            if count == 0 {
                return Err(FetchError::Broken.into());
            }
            *left = left.saturating_sub(count as u64);
        }
        self.room = self
            .room
            .checked_sub(count as u64)
            .ok_or(FetchError::TooLarge)?;
        Ok(count)
    }
}

/// What a server sends back.
pub(super) enum Answer {
    Body(Vec<u8>),
    Status(u16),
    /// The first half of a body, then the end of the connection.
    Half(Vec<u8>),
    /// A body that repeats itself until the client has enough.
    Endless(Vec<u8>),
    /// One byte of a body now and then.
    Trickle(Vec<u8>),
    /// Nothing at all, until the client goes.
    Silence,
}

/// A server on the loopback; it ends when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// `answer` gets the path without its slash, and the body of the request.
    pub(super) fn start(answer: impl Fn(&str, &[u8]) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::new(AtomicUsize::new(0));
        let (stopped, count) = (stop.clone(), asked.clone());
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                count.fetch_add(1, Ordering::SeqCst);
                // A client that goes away in the middle is what some tests are about.
                let _ = serve(&stream.unwrap(), &answer);
            }
        });
        Self {
            address,
            stop,
            asked,
            thread: Some(thread),
        }
    }

    /// Answers everything with these bytes.
    pub(super) fn with_body(body: Vec<u8>) -> Self {
        Self::start(move |_, _| Answer::Body(body.clone()))
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// How often it was asked.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: &TcpStream, answer: &impl Fn(&str, &[u8]) -> Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or("/")[1..].to_owned();
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let head = |length: usize| format!("HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n");
    match answer(&path, &body) {
        Answer::Body(body) => {
            stream.write_all(head(body.len()).as_bytes())?;
            stream.write_all(&body)
        }
        Answer::Status(status) => {
            stream.write_all(format!("HTTP/1.0 {status} No\r\n\r\n").as_bytes())
        }
        Answer::Half(body) => {
            stream.write_all(head(body.len()).as_bytes())?;
            stream.write_all(&body[..body.len() / 2])
        }
        Answer::Endless(body) => {
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n")?;
            loop {
                stream.write_all(&body)?;
            }
        }
        Answer::Trickle(body) => {
            stream.write_all(head(body.len()).as_bytes())?;
            for byte in body {
                stream.write_all(&[byte])?;
                thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
        Answer::Silence => stream.read(&mut [0]).map(|_| ()),
    }
}
