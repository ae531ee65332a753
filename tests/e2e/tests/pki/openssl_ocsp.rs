//! `openssl ocsp` as a responder.

use std::{
    net::TcpStream,
    process::Stdio,
    time::{Duration, Instant},
};

use e2e::process;
use pki::revocation::{RevocationReason, RevocationStatus, Source, UnknownCause};

use crate::{
    NOBODY, PATIENCE, Servers, Way, certificate,
    openssl::{OCSP_SIGNING, Office},
    revocation,
};

/// A program that ends with its test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until somebody listens on the port.
pub(crate) fn await_port(port: u16) {
    let until = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "nobody listens on {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn good_revoked_and_unknown() {
    let good = certificate("individual-old", "RSA256");
    let revoked = certificate("revoked", "RSA256");
    let unknown = certificate("individual-old", "AUTH_RSA256");
    let office = Office::open();
    office.certify("responder", OCSP_SIGNING);
    office.write_index(&[(&good, false), (&revoked, true)]);
    let port = process::free_port().unwrap();
    let text = port.to_string();
    let _responder = Running(
        office
            .openssl()
            .args(["ocsp", "-index", "index.txt", "-CA", "root.pem"])
            .args(["-rsigner", "responder.pem", "-rkey", "responder.key"])
            .args(["-ndays", "1", "-port", &text])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    await_port(port);

    let url = format!("http://127.0.0.1:{port}/");
    let way = Way::to_address(NOBODY);
    let servers = Servers {
        ocsp: Some(&url),
        lists: Some(NOBODY),
    };
    match revocation(&good, &way, servers) {
        RevocationStatus::Good(evidence) => {
            assert_eq!(evidence.source, Source::Ocsp);
            assert!(evidence.next_update.is_some());
            assert!(evidence.responder.is_some());
        }
        other => panic!("{other:?}"),
    }
    match revocation(&revoked, &way, servers) {
        RevocationStatus::Revoked { when, reason, .. } => {
            assert_eq!(when, 1_769_904_000);
            assert_eq!(reason, Some(RevocationReason::KeyCompromise));
        }
        other => panic!("{other:?}"),
    }
    match revocation(&unknown, &way, servers) {
        RevocationStatus::Unknown(reasons) => {
            assert_eq!(reasons[0].cause, UnknownCause::UnknownToResponder);
        }
        other => panic!("{other:?}"),
    }
}
