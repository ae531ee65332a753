//! No answer is larger than it may be, and none fills the memory.

use std::{
    io::{self, Read as _, Write as _},
    time::Duration,
};

use pki::{Fetch as _, FetchError, FetchRequest};

use crate::{
    direct, fetched, get,
    server::{Server, answer, for_ever},
};

const CHUNK: usize = 64 * 1024;

/// Chunks without end.
fn endless() -> Server {
    Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let mut chunk = format!("{CHUNK:x}\r\n").into_bytes();
        chunk.resize(chunk.len() + CHUNK, b'a');
        chunk.extend(b"\r\n");
        for_ever(stream, &chunk, Duration::ZERO);
    })
}

#[test]
fn exactly_the_limit_is_allowed() {
    let body = vec![7; 1024];
    let server = Server::saying(answer("200 OK", &[], &body));
    assert_eq!(fetched(&server.url("/")), Ok(body));
    let server = Server::saying(answer("200 OK", &[], &[7; 1025]));
    assert_eq!(fetched(&server.url("/")), Err(FetchError::TooLarge));
}

#[test]
fn a_gibibyte_is_refused_unread() {
    let server = Server::start(|_, stream| {
        // Nothing follows: who waits for the body waits for ever.
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
        let _ = stream.read(&mut [0]);
    });
    assert_eq!(fetched(&server.url("/")), Err(FetchError::TooLarge));
}

#[test]
fn chunks_without_end_are_counted() {
    let server = endless();
    assert_eq!(fetched(&server.url("/")), Err(FetchError::TooLarge));
}

#[test]
fn a_body_without_length_is_counted() {
    let server = Server::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        for_ever(stream, &[b'a'; CHUNK], Duration::ZERO);
    });
    assert_eq!(fetched(&server.url("/")), Err(FetchError::TooLarge));
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_answer_is_never_whole_in_memory() {
    const LENGTH: u64 = 256 << 20;
    let server = endless();
    let before = resident();
    let body = direct()
        .fetch(&FetchRequest {
            max_bytes: 2 * LENGTH,
            ..get(&server.url("/"))
        })
        .unwrap();
    let mut most = 0;
    let mut read = 0;
    let mut body = body.take(LENGTH);
    loop {
        let mut piece = io::sink();
        let got = io::copy(&mut (&mut body).take(16 << 20), &mut piece).unwrap();
        read += got;
        most = most.max(resident().saturating_sub(before));
        if got == 0 {
            break;
        }
    }
    assert_eq!(read, LENGTH);
    // Other tests of this process run beside.
    assert!(most < 32 << 20, "{most} bytes more than before");
}

/// Bytes of this process that are in memory.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    1024 * kibibytes
}
