//! `openssl ocsp` as a responder.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use pki::revocation::{RevocationReason, RevocationStatus, Source, UnknownCause};

use crate::{
    NOBODY, Servers, Way, certificate,
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

#[test]
fn good_revoked_and_unknown() {
    let good = certificate("individual-old", "RSA256");
    let revoked = certificate("revoked", "RSA256");
    let unknown = certificate("individual-old", "AUTH_RSA256");
    let office = Office::open();
    office.certify("responder", OCSP_SIGNING);
    office.write_index(&[(&good, false), (&revoked, true)]);
    let mut responder = Running(
        office
            .openssl()
            .args(["ocsp", "-index", "index.txt", "-CA", "root.pem"])
            .args(["-rsigner", "responder.pem", "-rkey", "responder.key"])
            .args(["-ndays", "1", "-port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    // It says where it listens. A connection without a request would make it wait for ever.
    let mut line = String::new();
    let mut said = BufReader::new(responder.0.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    let port = line
        .strip_prefix("ACCEPT ")
        .and_then(|line| line.split(' ').next())
        .and_then(|address| address.trim().rsplit(':').next())
        .unwrap_or_else(|| panic!("openssl said {line:?}"))
        .to_owned();
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
