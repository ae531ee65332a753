//! The demo authority's RSA root at work: OpenSSL answers and lists in its name, in a folder of the test's own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use pki::Certificate;
use tempfile::TempDir;

use crate::fixtures;

const DEMO_CA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../keystore-fixtures/ca/tanba_demo_rsa"
);

pub(super) struct Authority {
    pub(super) folder: TempDir,
    pub(super) certificate: Certificate,
    /// In the index as valid.
    pub(super) good: Certificate,
    /// In the index as revoked on 2026-02-01 for keyCompromise.
    pub(super) revoked: Certificate,
    /// Not in the index.
    pub(super) unknown: Certificate,
}

/// 2026-02-01T00:00:00Z.
pub(super) const REVOKED_AT: i64 = 1_769_904_000;

impl Authority {
    pub(super) fn new() -> Self {
        let good = fixtures::demo_certificate("8f53657752bb77db36e60908e5633d5bc2b2e506");
        let revoked = fixtures::demo_certificate("def62eeff3ebeb846f8ce0c6de147ee50842da7a");
        let authority = Self {
            folder: TempDir::new().unwrap(),
            certificate: fixtures::demo_authority("tanba_demo_rsa"),
            unknown: fixtures::demo_certificate("41d30c84f0e35ff625f70cf20ce38cd51b96c920"),
            good,
            revoked,
        };
        authority.write("ca.pem", authority.certificate.to_pem().as_bytes());
        fs::copy(format!("{DEMO_CA}.key.pem"), authority.path("ca.key")).unwrap();
        authority.write("responder.key", RESPONDER_KEY.as_bytes());
        let index = format!(
            "V\t360101000000Z\t\t{}\tunknown\t/CN=good\n\
             R\t360101000000Z\t260201000000Z,keyCompromise\t{}\tunknown\t/CN=revoked\n",
            authority.good.serial_hex().to_uppercase(),
            authority.revoked.serial_hex().to_uppercase(),
        );
        authority.write("index.txt", index.as_bytes());
        authority
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// Runs OpenSSL in the folder.
    pub(super) fn openssl(&self, arguments: &str) {
        openssl(self.folder.path(), arguments);
    }

    /// Makes `NAME.pem`, a certificate of the responder's key for one day, with this extension.
    pub(super) fn make_responder(&self, name: &str, extension: &str, issuer: &str) {
        self.write("extensions", extension.as_bytes());
        self.openssl(&format!(
            "req -new -key responder.key -subj /CN={name} -out request"
        ));
        self.openssl(&format!(
            "x509 -req -in request -CA {issuer}.pem -CAkey {issuer}.key -set_serial 99 -days 1 \
             -extfile extensions -out {name}.pem"
        ));
    }

    /// The answer of OpenSSL to a request, signed by `signer` (`ca`, or one that was made).
    pub(super) fn respond(&self, request: &[u8], signer: &str, options: &str) -> Vec<u8> {
        self.write("request.der", request);
        self.openssl(&format!(
            "ocsp {} -reqin request.der -respout response.der {options}",
            signer_options(signer)
        ));
        self.read("response.der")
    }

    /// A responder that listens on the loopback.
    pub(super) fn start_responder(&self, signer: &str) -> Responder {
        let mut process = Command::new("openssl")
            .args(format!("ocsp {} -port 0", signer_options(signer)).split(' '))
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is needed");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.split(' ').nth(1).unwrap();
        let port = address.rsplit(':').next().unwrap();
        Responder {
            url: format!("http://127.0.0.1:{port}/"),
            process,
        }
    }

    /// A list of what the index says, valid for 30 days, with these options of `openssl ca`.
    pub(super) fn make_list(&self, extensions: &str, options: &str) -> Vec<u8> {
        let config = format!(
            "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ndefault_md=sha256\ncrlnumber=number\n\
             certificate=ca.pem\nprivate_key=ca.key\n[e]\nauthorityKeyIdentifier=keyid\n{extensions}\n"
        );
        self.write("config", config.as_bytes());
        self.write("number", b"1000\n");
        self.openssl(&format!(
            "ca -config config -gencrl -crldays 30 -crlexts e -out list.pem {options}"
        ));
        self.openssl("crl -in list.pem -outform DER -out list.der");
        self.read("list.der")
    }
}

fn signer_options(signer: &str) -> String {
    let key = if signer == "ca" { "ca" } else { "responder" };
    format!("-index index.txt -CA ca.pem -rsigner {signer}.pem -rkey {key}.key")
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .expect("openssl is needed");
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// One key for all responders: making one takes a while.
static RESPONDER_KEY: LazyLock<String> = LazyLock::new(|| {
    let algorithm = [
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
    ];
    fixtures::openssl(&algorithm)
});

/// A process of OpenSSL; it ends when it is dropped.
pub(super) struct Responder {
    pub(super) url: String,
    process: Child,
}

impl Drop for Responder {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
