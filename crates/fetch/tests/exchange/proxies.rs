//! Through a proxy that asks for a name and a password.

use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    thread,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use fetch::{Credentials, HttpFetch, Network, Proxy, ProxyError};
use pki::{Fetch as _, FetchError};
use zeroize::Zeroizing;

use crate::{
    get,
    server::{Request, Server, answer},
    tls,
};

/// A proxy for `http` and CONNECT; with `expected` (`name:password`) only for who knows it.
pub(crate) fn proxy(expected: Option<&'static str>) -> Server {
    Server::start(move |request, stream| {
        let wanted = expected.map(|text| format!("Basic {}", BASE64_STANDARD.encode(text)));
        if request.header("proxy-authorization") != wanted.as_deref() {
            let said = answer(
                "407 Proxy Authentication Required",
                &[("Proxy-Authenticate", "Basic realm=\"test\"")],
                b"who are you",
            );
            let _ = stream.write_all(&said);
        } else if request.line.starts_with("CONNECT ") {
            tunnel(request, stream);
        } else {
            forward(request, stream);
        }
    })
}

fn tunnel(request: &Request, stream: &mut TcpStream) {
    let Ok(target) = TcpStream::connect(request.path()) else {
        let _ = stream.write_all(&answer("502 Bad Gateway", &[], b""));
        return;
    };
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let (mut from, mut to) = (stream.try_clone().unwrap(), target.try_clone().unwrap());
    let there = thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let _ = io::copy(&mut &target, stream);
    let _ = stream.shutdown(Shutdown::Both);
    let _ = there.join();
}

fn forward(request: &Request, stream: &mut TcpStream) {
    let rest = request.path().strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let Ok(mut target) = TcpStream::connect(host) else {
        let _ = stream.write_all(&answer("502 Bad Gateway", &[], b""));
        return;
    };
    write!(target, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let _ = io::copy(&mut target, stream);
}

fn through(proxy: &Server, credentials: Option<(&str, &str)>) -> HttpFetch {
    let credentials = credentials.map(|(user, password)| Credentials {
        user: user.to_owned(),
        password: Zeroizing::new(password.to_owned()),
    });
    let proxy = Proxy::new(&proxy.address.to_string(), credentials).unwrap();
    HttpFetch::new(Network::Proxy(proxy))
}

#[test]
fn the_right_name_and_password_open_it() {
    let server = Server::saying(answer("200 OK", &[], b"from afar"));
    let proxy = proxy(Some("name:пароль"));
    let url = server.url("/crl");
    assert_eq!(
        through(&proxy, Some(("name", "пароль"))).fetch_all(&get(&url)),
        Ok(b"from afar".to_vec())
    );
    assert_eq!(proxy.requests()[0].line, format!("GET {url} HTTP/1.1"));
    // What is for the proxy stays with the proxy.
    assert_eq!(server.requests()[0].header("proxy-authorization"), None);
}

#[test]
fn the_wrong_ones_do_not() {
    let server = Server::saying(answer("200 OK", &[], b"from afar"));
    let proxy = proxy(Some("name:password"));
    for credentials in [None, Some(("name", "wrong")), Some(("", ""))] {
        for url in [server.url("/"), format!("https://{}/", server.address)] {
            assert_eq!(
                through(&proxy, credentials).fetch_all(&get(&url)),
                Err(FetchError::Proxy),
                "{credentials:?} {url}"
            );
        }
    }
    assert!(server.requests().is_empty());
}

#[test]
fn https_goes_through_a_tunnel() {
    let (server, _) = tls::server();
    let proxy = proxy(Some("name:password"));
    let url = format!("https://{}/", server.address);
    // The tunnel stands, and what stands behind it is judged as without a proxy.
    assert_eq!(
        through(&proxy, Some(("name", "password"))).fetch_all(&get(&url)),
        Err(FetchError::Tls)
    );
    assert_eq!(
        proxy.requests()[0].line,
        format!("CONNECT {} HTTP/1.1", server.address)
    );
}

#[test]
fn a_proxy_that_is_not_there_is_the_proxys_fault() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    for address in [address.as_str(), "proxy.invalid:3128"] {
        let fetch = HttpFetch::new(Network::Proxy(Proxy::new(address, None).unwrap()));
        for url in ["http://127.0.0.1:9/", "https://127.0.0.1:9/"] {
            assert_eq!(fetch.fetch_all(&get(url)), Err(FetchError::Proxy));
        }
    }
}

#[test]
fn a_proxy_that_hangs_up_is_the_proxys_fault() {
    let proxy = Server::start_raw(drop);
    let fetch = through(&proxy, None);
    assert_eq!(
        fetch.fetch_all(&get("https://127.0.0.1:9/")),
        Err(FetchError::Proxy)
    );
}

#[test]
fn an_address_is_host_and_port() {
    for good in [
        "proxy.example:3128",
        "http://proxy.example:3128",
        "https://proxy.example/",
        " 10.0.0.1:8080 ",
        "[::1]:8080",
    ] {
        assert!(Proxy::new(good, None).is_ok(), "{good}");
    }
    for bad in [
        "",
        ":3128",
        "http://",
        "socks5://proxy.example:1080",
        "proxy.example:3128/path",
        "proxy.example:port",
        "http://proxy.example/?a",
    ] {
        assert_eq!(
            Proxy::new(bad, None).err(),
            Some(ProxyError::Address),
            "{bad}"
        );
    }
    assert_eq!(
        Proxy::new("http://name:password@proxy.example:3128", None).err(),
        Some(ProxyError::CredentialsInAddress)
    );
}
