//! What is sent.

use fetch::{HttpFetch, Network};
use pki::{Fetch as _, FetchError};

use crate::{
    direct, fetched, get, post,
    server::{Server, answer},
};

#[test]
fn a_get_brings_the_body() {
    let server = Server::saying(answer("200 OK", &[], b"a list"));
    assert_eq!(fetched(&server.url("/crl/a.crl")), Ok(b"a list".to_vec()));
    let request = &server.requests()[0];
    assert_eq!(request.line, "GET /crl/a.crl HTTP/1.1");
    assert_eq!(
        request.header("user-agent"),
        Some(concat!("Tanba/", env!("CARGO_PKG_VERSION")))
    );
    for absent in [
        "cookie",
        "referer",
        "accept-encoding",
        "authorization",
        "proxy-authorization",
    ] {
        assert_eq!(request.header(absent), None, "{absent}");
    }
}

#[test]
fn a_post_brings_its_body_and_type() {
    let server = Server::saying(answer("200 OK", &[], b"an answer"));
    let url = server.url("/ocsp/");
    assert_eq!(direct().fetch_all(&post(&url)), Ok(b"an answer".to_vec()));
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /ocsp/ HTTP/1.1");
    assert_eq!(
        request.header("content-type"),
        Some("application/ocsp-request")
    );
    assert_eq!(request.body, b"question");
}

#[test]
fn a_page_in_place_of_an_answer_is_passed_on() {
    let page = b"<html>Please log in to the network</html>";
    let server = Server::saying(answer("200 OK", &[("Content-Type", "text/html")], page));
    assert_eq!(fetched(&server.url("/")), Ok(page.to_vec()));
}

#[test]
fn a_compressed_answer_stays_compressed() {
    let server = Server::saying(answer(
        "200 OK",
        &[("Content-Encoding", "gzip")],
        &[0x1f, 0x8b, 8, 0],
    ));
    assert_eq!(fetched(&server.url("/")), Ok(vec![0x1f, 0x8b, 8, 0]));
}

#[test]
fn cookies_are_not_sent_back() {
    let server = Server::saying(answer("200 OK", &[("Set-Cookie", "a=b; Path=/")], b"x"));
    let fetch = direct();
    for _ in 0..2 {
        assert!(fetch.fetch_all(&get(&server.url("/"))).is_ok());
    }
    assert_eq!(server.requests().len(), 2);
    for request in server.requests() {
        assert_eq!(request.header("cookie"), None);
    }
}

#[test]
fn addresses_that_are_none_are_refused() {
    for url in [
        "",
        "crl",
        "http://",
        "http://*:*/crl",
        "http://[::1/crl",
        "file:///etc/hostname",
        "ftp://127.0.0.1/crl",
        "ldap://127.0.0.1/cn=crl",
        "javascript:alert(1)",
        "http://name:password@127.0.0.1/crl",
        "http://127.0.0.1:99999/",
    ] {
        assert_eq!(fetched(url), Err(FetchError::BadUrl), "{url}");
    }
}

#[test]
fn offline_nothing_is_asked() {
    let server = Server::saying(answer("200 OK", &[], b"x"));
    let fetch = HttpFetch::new(Network::Offline);
    let url = server.url("/");
    assert_eq!(fetch.fetch_all(&get(&url)), Err(FetchError::Offline));
    assert!(server.requests().is_empty());

    fetch.set(Network::Direct);
    assert_eq!(fetch.fetch_all(&get(&url)), Ok(b"x".to_vec()));
    fetch.set(Network::Offline);
    assert_eq!(fetch.fetch_all(&get(&url)), Err(FetchError::Offline));
    assert_eq!(server.requests().len(), 1);
}
