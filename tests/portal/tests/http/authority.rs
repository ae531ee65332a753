//! The demo CA's servers, judged by programs that are not ours: OpenSSL and the independent verifier.

mod faults;
mod ocsp;
mod tsp;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use demo_portal::authority::{Authority, AuthorityOptions};
use fetch::{HttpFetch, Network};
use pki::{Certificate, Fetch as _, FetchBody, FetchError, FetchRequest};
use serde_json::Value;
use tempfile::TempDir;

use crate::keys;

/// 21 November 2026.
const NOW: i64 = 1_795_219_200;

fn options() -> AuthorityOptions {
    AuthorityOptions {
        clock: Arc::new(|| NOW),
        ..AuthorityOptions::new(keys::fixtures())
    }
}

fn authority() -> Authority {
    Authority::start(options()).unwrap()
}

fn post(url: &str, content_type: &str, bytes: &[u8]) -> Result<Vec<u8>, FetchError> {
    HttpFetch::new(Network::Direct).fetch_all(&FetchRequest {
        url,
        body: Some(FetchBody {
            content_type,
            bytes,
        }),
        max_bytes: 16 * 1024,
        timeout: Duration::from_secs(20),
    })
}

fn get(url: &str) -> Result<Vec<u8>, FetchError> {
    HttpFetch::new(Network::Direct).fetch_all(&FetchRequest {
        url,
        body: None,
        max_bytes: 16 * 1024,
        timeout: Duration::from_secs(20),
    })
}

/// A folder for the files that programs exchange.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// What `openssl` says, and whether it is content.
    fn openssl(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// What the independent verifier finds in a file; none where it is not at hand.
    fn verifier(&self, arguments: &[&str]) -> Option<Value> {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracle/kz_verify.py");
        if !script.is_file() {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{} is missing",
                script.display()
            );
            println!("passed over: {} is not here", script.display());
            return None;
        }
        let output = Command::new("python3")
            .arg(script)
            .args(arguments)
            .arg("--pool")
            .arg(ca())
            .current_dir(self.0.path())
            .output()
            .unwrap();
        Some(
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
                panic!("{error}: {}", String::from_utf8_lossy(&output.stderr))
            }),
        )
    }
}

fn ca() -> PathBuf {
    std::fs::canonicalize(keys::fixtures().join("ca")).unwrap()
}

/// A root of the demo CA, `gost` or `rsa`.
fn root(family: &str) -> String {
    let path = ca().join(format!("tanba_demo_{family}.cer"));
    path.to_str().unwrap().to_owned()
}

/// The certificate of the key file in a folder of `keystore-fixtures` whose name begins with `prefix`.
fn certificate(folder: &str, prefix: &str) -> (Certificate, String) {
    let key = keys::key(folder, prefix);
    let der = pki::Signer::certificate(&key).der().to_vec();
    let certificate = Certificate::from_der(&der).unwrap();
    let hex: String = certificate
        .key_id()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let path = keys::fixtures().join(format!("certificates/{hex}.cer"));
    let path = std::fs::canonicalize(path).unwrap();
    (certificate, path.to_str().unwrap().to_owned())
}

#[test]
fn certificates_and_lists_are_where_certificates_say() {
    let authority = authority();
    for name in [
        "/cert/tanba_demo_gost.cer",
        "/cert/tanba_demo_rsa.cer",
        "/crl/tanba_demo_gost.crl",
        "/crl/tanba_demo_gost_d.crl",
        "/crl/tanba_demo_rsa.crl",
        "/crl/tanba_demo_rsa_d.crl",
    ] {
        let file = name.rsplit('/').next().unwrap();
        assert_eq!(
            get(&authority.url(name)).unwrap(),
            std::fs::read(ca().join(file)).unwrap(),
            "{name}"
        );
    }
    for absent in [
        "/",
        "/crl/",
        "/crl/other.crl",
        "/ca/tanba_demo_gost.key.pem",
    ] {
        assert_eq!(get(&authority.url(absent)), Err(FetchError::Status(404)));
    }
    authority.publish("/crl/other.crl", b"another list".to_vec());
    assert_eq!(
        get(&authority.url("/crl/other.crl")),
        Ok(b"another list".to_vec())
    );
}

#[test]
fn it_ends_when_dropped() {
    let authority = authority();
    let url = authority.url("/cert/tanba_demo_gost.cer");
    assert!(get(&url).is_ok());
    drop(authority);
    assert_eq!(get(&url), Err(FetchError::CannotConnect));
}
