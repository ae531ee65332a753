//! `https`: trusted by the system or not at all.

use std::{io::Write as _, sync::Arc};

use pki::FetchError;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::{
    fetched,
    server::{Request, Server, answer},
};

/// A server with a certificate of its own for 127.0.0.1, and that certificate as PEM.
pub(crate) fn server() -> (Server, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let server = Server::start_raw(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        if Request::read(&mut stream).is_none() {
            return;
        }
        let _ = stream.write_all(&answer("200 OK", &[], b"secretly"));
        stream.conn.send_close_notify();
        let _ = stream.flush();
    });
    (server, made.cert.pem())
}

#[test]
fn a_certificate_that_nobody_trusts() {
    let (server, _) = server();
    assert_eq!(
        fetched(&format!("https://{}/", server.address)),
        Err(FetchError::Tls)
    );
}

#[test]
fn a_server_without_tls() {
    let server = Server::saying(answer("400 Bad Request", &[], b""));
    assert_eq!(
        fetched(&format!("https://{}/", server.address)),
        Err(FetchError::Tls)
    );
    let server = Server::start_raw(drop);
    assert_eq!(
        fetched(&format!("https://{}/", server.address)),
        Err(FetchError::Tls)
    );
}
