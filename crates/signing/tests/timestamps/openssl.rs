//! OpenSSL as the authority, and OpenSSL as the judge of what we make of its answers.

use crate::openssl_key::OpensslKey;
use crate::tsa::authority;
use fetch::{HttpFetch, Network};
use pki::trust::TrustAnchors;
use pki::{Certificate, Fetch, FetchBody, FetchError, FetchRequest, Signer};
use signing::cms::{self, Content};
use signing::timestamp::{TimestampAuthority, TimestampError, TimestampToken};
use std::fs;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// `openssl ts -reply` with a certificate of its own, in a folder of its own.
pub(crate) struct OpensslTsa {
    folder: TempDir,
    /// One at a time: the file with the serial number is shared.
    turn: Mutex<()>,
}

impl OpensslTsa {
    pub(crate) fn new(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("tsa.cnf"),
            format!(
                "[tsa]\ndefault_tsa = it\n[it]\nserial = serial\nsigner_cert = tsa.pem\nsigner_key = tsa.key\n\
                 signer_digest = sha256\ndefault_policy = 1.2.398.3.3.2.6.2\ndigests = sha256\n{more}\n\
                 [extensions]\nextendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n"
            ),
        )
        .unwrap();
        fs::write(folder.path().join("serial"), "01\n").unwrap();
        openssl(
            folder.path(),
            &[
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=Test CA",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem",
            ],
        );
        openssl(
            folder.path(),
            &[
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=Test TSA",
                "-keyout",
                "tsa.key",
                "-out",
                "tsa.csr",
            ],
        );
        openssl(
            folder.path(),
            &[
                "x509",
                "-req",
                "-in",
                "tsa.csr",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                "30",
                "-extfile",
                "tsa.cnf",
                "-extensions",
                "extensions",
                "-out",
                "tsa.pem",
            ],
        );
        Self {
            folder,
            turn: Mutex::new(()),
        }
    }

    pub(crate) fn anchors(&self) -> TrustAnchors {
        let pem = fs::read_to_string(self.folder.path().join("ca.pem")).unwrap();
        TrustAnchors::only([Certificate::from_pem(&pem).unwrap()])
    }
}

impl Fetch for OpensslTsa {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        let _turn = self.turn.lock().unwrap();
        fs::write(
            self.folder.path().join("query"),
            request.body.unwrap().bytes,
        )
        .unwrap();
        openssl(
            self.folder.path(),
            &[
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-queryfile",
                "query",
                "-out",
                "reply",
            ],
        );
        let reply = fs::read(self.folder.path().join("reply")).unwrap();
        Ok(Box::new(Cursor::new(reply)))
    }
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs() as i64
}

#[test]
fn stamps_of_openssl_are_taken_and_what_comes_of_it_openssl_accepts() {
    let key = OpensslKey::generate();
    // Plain; with fractions of a second, accuracy, ordering and the authority's name; with signingCertificateV2.
    for more in [
        "ess_cert_id_alg = sha1",
        "accuracy = secs:1, millisecs:500\nordering = yes\ntsa_name = yes\nclock_precision_digits = 3\n\
         ess_cert_id_chain = yes\ness_cert_id_alg = sha1",
        "ess_cert_id_alg = sha256",
    ] {
        let tsa = OpensslTsa::new(more);
        let anchors = tsa.anchors();
        let at = now();
        let authority = authority(&tsa, &anchors, at);
        let message =
            cms::sign_timestamped(&key, Content::Attached(b"content"), at, &authority).unwrap();
        let report = cms::verify(&message, None).unwrap();
        assert!(report.holds());
        let signer = &report.signers[0];
        let token = TimestampToken::read(&signer.time_stamps[0]).unwrap();
        assert!((token.time() - at).abs() < 60);

        let folder = tsa.folder.path();
        fs::write(folder.join("message"), &message).unwrap();
        fs::write(folder.join("token"), token.der()).unwrap();
        fs::write(folder.join("signature"), &signer.signature).unwrap();
        fs::write(folder.join("signer.pem"), key.certificate().to_pem()).unwrap();
        openssl(
            folder,
            &[
                "cms",
                "-verify",
                "-cades",
                "-inform",
                "DER",
                "-in",
                "message",
                "-CAfile",
                "signer.pem",
                "-purpose",
                "any",
                "-out",
                "content",
            ],
        );
        assert_eq!(fs::read(folder.join("content")).unwrap(), b"content");
        openssl(
            folder,
            &[
                "ts",
                "-verify",
                "-token_in",
                "-in",
                "token",
                "-data",
                "signature",
                "-CAfile",
                "ca.pem",
            ],
        );
    }
}

#[test]
fn openssl_s_refusal_is_named() {
    // It takes SHA-512 only, and is asked for SHA-256.
    let tsa = OpensslTsa::new("digests = sha512");
    let anchors = tsa.anchors();
    let key = OpensslKey::generate();
    let error = cms::sign_timestamped(
        &key,
        Content::Detached(b"content"),
        now(),
        &authority(&tsa, &anchors, now()),
    )
    .unwrap_err();
    let TimestampError::Rejected { status, failure } = error else {
        panic!("{error}")
    };
    assert_eq!(status, signing::timestamp::Status::Rejection);
    assert_eq!(failure, Some(signing::timestamp::FailureInfo::BadAlgorithm));
}

/// Answers POSTs on a free port with what the authority says, until dropped.
struct HttpFront {
    address: std::net::SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl HttpFront {
    fn of(tsa: Arc<OpensslTsa>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while let Ok((connection, _)) = listener.accept() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                serve(connection, &tsa);
            }
        });
        Self {
            address,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for HttpFront {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().unwrap().join();
    }
}

fn serve(connection: TcpStream, tsa: &OpensslTsa) {
    let mut reader = BufReader::new(connection);
    let (mut length, mut kind) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            assert!(line.starts_with("POST /tsa "), "{line}");
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "content-type" => kind = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let request = FetchRequest {
        url: "",
        body: Some(FetchBody {
            content_type: &kind,
            bytes: &body,
        }),
        max_bytes: 64 * 1024,
        timeout: Duration::from_secs(10),
    };
    let reply = tsa.fetch_all(&request).unwrap();
    let mut connection = reader.into_inner();
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.len()
    )
    .unwrap();
    connection.write_all(&reply).unwrap();
}

#[test]
fn an_authority_is_asked_over_the_network() {
    let tsa = Arc::new(OpensslTsa::new("ess_cert_id_alg = sha1"));
    let front = HttpFront::of(Arc::clone(&tsa));
    let anchors = tsa.anchors();
    let key = OpensslKey::generate();
    let http = HttpFetch::new(Network::Direct);
    let url = format!("http://{}/tsa", front.address);
    let authority = TimestampAuthority {
        url: &url,
        ..authority(&http, &anchors, now())
    };
    let message =
        cms::sign_timestamped(&key, Content::Attached(b"content"), now(), &authority).unwrap();
    let report = cms::verify(&message, None).unwrap();
    assert!(report.holds());
    TimestampToken::read(&report.signers[0].time_stamps[0])
        .unwrap()
        .check_imprint(&report.signers[0].signature)
        .unwrap();
    // Where nobody listens, there is no signature either.
    drop(front);
    let silent = cms::sign_timestamped(&key, Content::Attached(b"content"), now(), &authority);
    assert_eq!(
        silent,
        Err(TimestampError::Fetch(FetchError::CannotConnect))
    );
}
