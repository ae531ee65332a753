//! Whatever the server does, the exchange ends in time.

use std::{
    io::{Read as _, Write as _},
    sync::mpsc,
    time::{Duration, Instant},
};

use pki::{Fetch as _, FetchError, FetchRequest};

use crate::{
    direct, get,
    server::{Server, answer, for_ever},
};

const TIMEOUT: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Ends with a time-out, not before its time and soon after: without one none of these would ever end.
fn ends_in_time(url: &str) {
    let began = Instant::now();
    let outcome = direct().fetch_all(&FetchRequest {
        timeout: TIMEOUT,
        ..get(url)
    });
    let took = began.elapsed();
    assert_eq!(outcome, Err(FetchError::Timeout));
    assert!(took >= TIMEOUT, "gave up after {took:?}");
    assert!(took <= 2 * TIMEOUT, "hung for {took:?}");
}

#[test]
fn a_server_that_says_nothing() {
    let (done, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let server = Server::start(move |_, _| {
        let _ = wait.lock().unwrap().recv();
    });
    ends_in_time(&server.url("/"));
    drop(done);
}

#[test]
fn headers_that_trickle() {
    let server = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ");
        for_ever(stream, b"a", TICK);
    });
    ends_in_time(&server.url("/"));
}

#[test]
fn a_body_that_trickles() {
    let server = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for_ever(stream, b"a", TICK);
    });
    ends_in_time(&server.url("/"));
}

#[test]
fn chunks_that_trickle() {
    let server = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        for_ever(stream, b"1\r\na\r\n", TICK);
    });
    ends_in_time(&server.url("/"));
}

#[test]
fn answers_that_are_only_announced() {
    let server = Server::start(|_, stream| {
        for_ever(stream, b"HTTP/1.1 100 Continue\r\n\r\n", TICK);
    });
    ends_in_time(&server.url("/"));
}

#[test]
fn redirects_that_take_their_time() {
    let server = Server::start(|request, stream| {
        std::thread::sleep(3 * TICK);
        let next = format!("{}x", request.path());
        let _ = stream.write_all(&answer("302 Found", &[("Location", &next)], b""));
    });
    ends_in_time(&server.url("/"));
}

#[test]
fn a_reader_that_takes_its_time() {
    let server = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst");
        for_ever(stream, b"", TICK);
    });
    let mut body = direct()
        .fetch(&FetchRequest {
            timeout: TIMEOUT,
            ..get(&server.url("/"))
        })
        .unwrap();
    let mut first = [0; 5];
    body.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"first");
    // Twice: who reads on after the end hears the same.
    for _ in 0..2 {
        let error = body.read(&mut first).unwrap_err();
        assert_eq!(FetchError::from_io(error), FetchError::Timeout);
    }
}
