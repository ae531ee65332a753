//! Redirects: within limits, and only to the web.

use std::io::Write as _;

use fetch::MAX_REDIRECTS;
use pki::{Fetch as _, FetchError};

use crate::{
    direct, fetched, post,
    server::{Server, answer},
};

/// Sends `/5` to `/4` and so on; `/0` answers.
fn countdown(status: &'static str) -> Server {
    Server::start(move |request, stream| {
        let number: usize = request.path().trim_start_matches('/').parse().unwrap();
        let said = match number.checked_sub(1) {
            None => answer("200 OK", &[], b"here"),
            Some(next) => answer(status, &[("Location", &format!("/{next}"))], b"elsewhere"),
        };
        let _ = stream.write_all(&said);
    })
}

#[test]
fn five_are_followed_and_no_more() {
    let server = countdown("302 Found");
    let at = |number: usize| server.url(&format!("/{number}"));
    assert_eq!(fetched(&at(MAX_REDIRECTS)), Ok(b"here".to_vec()));
    assert_eq!(server.requests().len(), MAX_REDIRECTS + 1);
    assert_eq!(fetched(&at(MAX_REDIRECTS + 1)), Err(FetchError::Redirects));
    assert_eq!(server.requests().len(), 2 * (MAX_REDIRECTS + 1));
}

#[test]
fn a_circle_ends() {
    let server = Server::saying(answer("301 Moved Permanently", &[("Location", "/")], b""));
    assert_eq!(fetched(&server.url("/")), Err(FetchError::Redirects));
}

#[test]
fn the_body_goes_along_but_for_see_other() {
    for (status, method) in [
        ("301 Moved Permanently", "POST"),
        ("302 Found", "POST"),
        ("303 See Other", "GET"),
        ("307 Temporary Redirect", "POST"),
        ("308 Permanent Redirect", "POST"),
    ] {
        let server = countdown(status);
        let url = server.url("/1");
        assert_eq!(
            direct().fetch_all(&post(&url)),
            Ok(b"here".to_vec()),
            "{status}"
        );
        let second = &server.requests()[1];
        assert_eq!(second.line, format!("{method} /0 HTTP/1.1"), "{status}");
        assert_eq!(second.body.is_empty(), method == "GET", "{status}");
    }
}

#[test]
fn only_to_the_web() {
    for target in [
        "file:///etc/hostname",
        "ftp://127.0.0.1/",
        "data:,x",
        "//name:password@127.0.0.1/",
        "http://",
    ] {
        let server = Server::saying(answer("302 Found", &[("Location", target)], b""));
        assert_eq!(
            fetched(&server.url("/")),
            Err(FetchError::Redirects),
            "{target}"
        );
        assert_eq!(server.requests().len(), 1, "{target}");
    }
}

#[test]
fn without_an_address_it_is_a_status() {
    let server = Server::saying(answer("302 Found", &[], b""));
    assert_eq!(fetched(&server.url("/")), Err(FetchError::Status(302)));
}
