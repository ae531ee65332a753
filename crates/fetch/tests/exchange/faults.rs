//! Each way to fail has its name.

use std::{
    io::Write as _,
    net::{Ipv4Addr, TcpListener},
    time::Duration,
};

use pki::FetchError;

use crate::{
    fetched,
    server::{Server, answer, for_ever},
};

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(fetched(&url), Err(FetchError::CannotConnect));
}

#[test]
fn no_route() {
    // The system refuses to connect to the broadcast address, so nothing leaves this computer.
    assert_eq!(
        fetched("http://255.255.255.255/"),
        Err(FetchError::CannotConnect)
    );
}

#[test]
fn no_such_host() {
    assert_eq!(
        fetched("http://ocsp.invalid/"),
        Err(FetchError::UnknownHost)
    );
}

#[test]
fn another_status() {
    for (line, status) in [
        ("500 Internal Server Error", 500),
        ("404 Not Found", 404),
        ("503 Service Unavailable", 503),
        ("204 No Content", 204),
        ("206 Partial Content", 206),
        ("401 Unauthorized", 401),
        ("304 Not Modified", 304),
    ] {
        let server = Server::saying(answer(line, &[], b""));
        assert_eq!(
            fetched(&server.url("/")),
            Err(FetchError::Status(status)),
            "{line}"
        );
    }
}

#[test]
fn cut_off() {
    for said in [
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "",
    ] {
        let server = Server::saying(said);
        assert_eq!(fetched(&server.url("/")), Err(FetchError::Broken), "{said}");
    }
}

#[test]
fn something_else_than_http() {
    for said in [
        "SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
        "220 mail ready\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "HTTP/1.1 2000000 OK\r\n\r\n",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        let server = Server::saying(said);
        assert_eq!(
            fetched(&server.url("/")),
            Err(FetchError::Broken),
            "{said:?}"
        );
    }
}

#[test]
fn headers_without_end() {
    let server = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        for_ever(
            stream,
            b"X-Long: aaaaaaaaaaaaaaaaaaaaaa\r\n",
            Duration::ZERO,
        );
    });
    assert_eq!(fetched(&server.url("/")), Err(FetchError::Broken));
}
