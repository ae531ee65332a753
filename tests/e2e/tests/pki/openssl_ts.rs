//! `openssl ts` as a time-stamping authority, behind a few lines of HTTP.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use pki::trust::TrustAnchors;
use signing::timestamp::{TimestampAuthority, TimestampError, TokenError, timestamp};

use crate::{
    NOBODY, PATIENCE, Way, anchors, now,
    openssl::{Office, TIME_STAMPING},
    root,
};

const CONFIGURATION: &str = "[tsa]\ndefault_tsa=demo\n[demo]\nserial=serial\ncrypto_device=builtin\n\
signer_digest=sha256\ndefault_policy=1.2.398.3.3.2.6.2\ndigests=sha256\naccuracy=secs:1\nordering=no\n\
tsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha1\n";

/// Answers each POST with what `openssl ts -reply` says, until it is dropped.
struct Front {
    url: String,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Front {
    fn start(office: Arc<Office>, signer: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let ends = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&ends);
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::SeqCst) {
                    break;
                }
                answer(&office, signer, stream);
            }
        });
        Self {
            url: format!("http://{address}/"),
            ends,
            thread: Some(thread),
        }
    }
}

fn answer(office: &Office, signer: &str, mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut query = vec![0; length];
    reader.read_exact(&mut query).unwrap();
    std::fs::write(office.path("query"), query).unwrap();
    let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
    office.run(&[
        "ts",
        "-reply",
        "-config",
        "tsa.conf",
        "-section",
        "demo",
        "-queryfile",
        "query",
        "-signer",
        &certificate,
        "-inkey",
        &key,
        "-out",
        "reply",
    ]);
    let reply = std::fs::read(office.path("reply")).unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", reply.len());
    stream
        .write_all(&[head.as_bytes(), &reply].concat())
        .unwrap();
}

impl Drop for Front {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        let address = self.url.trim_start_matches("http://").trim_end_matches('/');
        let _ = TcpStream::connect(address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[test]
fn a_token_of_openssl_holds() {
    let office = Office::open();
    office.certify("authority", TIME_STAMPING);
    office.write("tsa.conf", CONFIGURATION);
    office.write("serial", "01\n");
    let front = Front::start(Arc::new(office), "authority");
    let way = Way::to_address(NOBODY);
    let ask = |anchors: &TrustAnchors, family| {
        timestamp(
            family,
            b"a signature value",
            &TimestampAuthority {
                fetch: &way,
                url: &front.url,
                anchors,
                at: now(),
                timeout: PATIENCE,
            },
        )
    };
    let token = ask(&anchors(), pki::Algorithm::Rsa).unwrap();
    assert!((token.time() - now()).abs() <= 2);

    // Trusted by nobody here.
    let strangers = TrustAnchors::only([root("gost")]);
    let outcome = ask(&strangers, pki::Algorithm::Rsa).map(drop);
    assert!(
        matches!(outcome, Err(TimestampError::Token(TokenError::Chain(_)))),
        "{outcome:?}"
    );
    // OpenSSL does not know the digest of the GOST keys.
    let outcome = ask(&anchors(), pki::Algorithm::Gost2015_512).map(drop);
    assert!(
        matches!(outcome, Err(TimestampError::Rejected { .. })),
        "{outcome:?}"
    );
}
