use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::{Running, raw, status};
use crate::window::eventually;

const START: &str = r#"{"numberOfDocuments":2,"base64":false,"encapsulateContent":false}"#;
const SITE: &str = "Origin: https://sigex.example\r\n";

/// A listener whose settings turn large documents on.
struct Large {
    server: Running,
    port: u16,
}

impl Large {
    async fn start() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = Running::start_with(|options| {
            options.streaming_port = port;
            let settings = options.data_dir.join("settings.toml");
            std::fs::write(settings, "streaming = true\n").unwrap();
        })
        .await;
        for _ in 0..1000 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Self { server, port };
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it does not listen");
    }

    async fn tls(&self) -> TlsStream<TcpStream> {
        self.server.tls_to(self.port).await
    }

    fn request(&self, line: &str, headers: &str, body: &str) -> String {
        format!(
            "{line} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> String {
        raw(self.tls().await, &self.request(line, headers, body)).await
    }

    /// Begins an operation: its path, and headers with its cookie.
    async fn begin(&self) -> (String, String) {
        let answer = self.send("POST /", SITE, START).await;
        assert_eq!(status(&answer), "HTTP/1.1 200 OK", "{answer}");
        let id = answer.split("\r\n\r\n").nth(1).unwrap();
        let cookie = header(&answer, "set-cookie").unwrap();
        assert!(
            cookie.ends_with("; Secure; HttpOnly; SameSite=None; Partitioned"),
            "{cookie}"
        );
        let pair = cookie.split(';').next().unwrap();
        assert!(pair.starts_with("operationCookie="), "{cookie}");
        (format!("/{id}"), format!("{SITE}Cookie: {pair}\r\n"))
    }

    fn opened(&self) -> usize {
        self.server.screen.opened.load(Ordering::SeqCst)
    }

    fn closed(&self) -> usize {
        self.server.screen.closed.load(Ordering::SeqCst)
    }
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = answer.lines().filter_map(|line| line.split_once(": "));
    lines
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

#[tokio::test]
async fn nobody_listens_unless_the_settings_say_so() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let server = Running::start_with(|options| options.streaming_port = port).await;
    server.socket().await;
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    server.stop().await;
}

#[tokio::test]
async fn only_the_page_that_asks_may_read_the_answer() {
    let large = Large::start().await;
    for (line, headers) in [
        ("GET /", ""),
        ("POST /nothing", ""),
        ("OPTIONS /", "Access-Control-Request-Method: POST\r\n"),
    ] {
        let answer = large.send(line, &format!("{SITE}{headers}"), "").await;
        assert_eq!(
            header(&answer, "access-control-allow-origin"),
            Some("https://sigex.example")
        );
        assert_eq!(
            header(&answer, "access-control-allow-credentials"),
            Some("true")
        );
        assert_eq!(header(&answer, "vary"), Some("Origin"));
    }
    let preflight = large
        .send("OPTIONS /x", &format!("{SITE}Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\nAccess-Control-Request-Private-Network: true\r\n"), "")
        .await;
    assert_eq!(status(&preflight), "HTTP/1.1 204 No Content");
    for (name, value) in [
        ("access-control-allow-methods", "GET, POST, DELETE"),
        ("access-control-allow-headers", "content-type"),
        ("access-control-allow-private-network", "true"),
    ] {
        assert_eq!(header(&preflight, name), Some(value));
    }
    let program = large.send("GET /", "", "").await;
    assert_eq!(status(&program), "HTTP/1.1 200 OK");
    assert_eq!(header(&program, "access-control-allow-origin"), None);
    large.server.stop().await;
}

#[tokio::test]
async fn foreign_hosts_and_malformed_origins_are_refused() {
    let large = Large::start().await;
    for head in [
        "GET / HTTP/1.1\r\nHost: evil.example:24680\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", large.server.host()),
        large.request("GET /", "Origin: https://a.kz/path\r\n", ""),
    ] {
        let answer = raw(large.tls().await, &head).await;
        assert_eq!(status(&answer), "HTTP/1.1 403 Forbidden", "{head}");
        assert_eq!(header(&answer, "access-control-allow-origin"), None);
    }
    large.server.stop().await;
}

#[tokio::test]
async fn without_its_cookie_or_from_another_site_a_document_is_not_taken() {
    let large = Large::start().await;
    let (path, headers) = large.begin().await;
    let cookie = headers.strip_prefix(SITE).unwrap();
    for headers in [
        SITE.to_owned(),
        format!("Origin: https://evil.example\r\n{cookie}"),
        cookie.to_owned(),
        format!("{SITE}Cookie: operationCookie=\r\n"),
    ] {
        let answer = large.send(&format!("POST {path}"), &headers, "text").await;
        assert_eq!(status(&answer), "HTTP/1.1 401 Unauthorized", "{headers}");
        let answer = large.send(&format!("DELETE {path}"), &headers, "").await;
        assert_eq!(status(&answer), "HTTP/1.1 401 Unauthorized", "{headers}");
    }
    assert_eq!(large.opened(), 0);
    large.server.stop().await;
}

#[tokio::test]
async fn what_is_no_operation_is_refused_and_so_are_too_many() {
    let large = Large::start().await;
    for body in ["", "[]", "{}", r#"{"numberOfDocuments":0}"#] {
        let answer = large.send("POST /", SITE, body).await;
        assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request", "{body}");
    }
    let long = " ".repeat(10_000);
    let answer = large.send("POST /", SITE, &long).await;
    assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request");
    for _ in 0..3 {
        large.begin().await;
    }
    let answer = large.send("POST /", SITE, START).await;
    assert_eq!(status(&answer), "HTTP/1.1 409 Conflict");
    large.server.stop().await;
}

#[tokio::test]
async fn the_window_opens_when_the_document_is_complete_and_closes_when_the_page_leaves() {
    let large = Large::start().await;
    let (path, headers) = large.begin().await;
    let line = format!("POST {path}");

    // Gone in the middle of the body: nobody is asked, and the operation stays.
    let mut leaving = large.tls().await;
    let head = large.request(&line, &headers, &"x".repeat(100_000));
    leaving
        .write_all(&head.as_bytes()[..head.len() - 1])
        .await
        .unwrap();
    leaving.flush().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(leaving);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(large.opened(), 0);

    let mut waiting = large.tls().await;
    let head = large.request(&line, &headers, "text");
    waiting.write_all(head.as_bytes()).await.unwrap();
    waiting.flush().await.unwrap();
    eventually("the window opens", || large.opened() == 1).await;
    // One document at a time.
    let second = large.send(&line, &headers, "text").await;
    assert_eq!(status(&second), "HTTP/1.1 409 Conflict");
    drop(waiting);
    eventually("the window closes", || large.closed() == 1).await;
    large.server.stop().await;
}

#[tokio::test]
async fn a_page_that_gives_up_closes_the_window() {
    let large = Large::start().await;
    let (path, headers) = large.begin().await;
    let mut waiting = large.tls().await;
    let head = large.request(&format!("POST {path}"), &headers, "text");
    waiting.write_all(head.as_bytes()).await.unwrap();
    waiting.flush().await.unwrap();
    eventually("the window opens", || large.opened() == 1).await;
    let ended = large.send(&format!("DELETE {path}"), &headers, "").await;
    assert_eq!(status(&ended), "HTTP/1.1 204 No Content");
    let mut answer = Vec::new();
    waiting.read_to_end(&mut answer).await.ok();
    let answer = String::from_utf8(answer).unwrap();
    assert_eq!(status(&answer), "HTTP/1.1 401 Unauthorized");
    eventually("the window closes", || large.closed() == 1).await;
    large.server.stop().await;
}

#[tokio::test]
async fn a_document_that_is_not_the_base64_it_should_be_is_refused_unseen() {
    let large = Large::start().await;
    let start = START.replace("\"base64\":false", "\"base64\":true");
    let answer = large.send("POST /", SITE, &start).await;
    let id = answer.split("\r\n\r\n").nth(1).unwrap();
    let cookie = header(&answer, "set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let headers = format!("{SITE}Cookie: {cookie}\r\n");
    let answer = large
        .send(&format!("POST /{id}"), &headers, "not base64!")
        .await;
    assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request", "{answer}");
    assert_eq!(large.opened(), 0);
    large.server.stop().await;
}
