//! OpenSSL as a certification authority with the demo CA's RSA key.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use e2e::places;
use tempfile::TempDir;

/// A folder where OpenSSL keeps what a CA needs.
pub(crate) struct Office(TempDir);

/// An extension section for `openssl x509 -extfile`.
pub(crate) const OCSP_SIGNING: &str =
    "keyUsage=digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=yes\n";
pub(crate) const TIME_STAMPING: &str =
    "keyUsage=digitalSignature\nextendedKeyUsage=critical,timeStamping\n";

impl Office {
    pub(crate) fn open() -> Self {
        let office = Self(tempfile::tempdir().unwrap());
        let root = places::key("ca/tanba_demo_rsa.cer");
        let key = places::key("ca/tanba_demo_rsa.key.pem");
        office.run(&["x509", "-in", text(&root), "-out", "root.pem"]);
        std::fs::copy(key, office.path("root.key")).unwrap();
        office
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn openssl(&self) -> Command {
        let mut command = Command::new("openssl");
        command.current_dir(self.folder());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) {
        let output = self.openssl().args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "openssl {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// A key `NAME.key` with a certificate `NAME.pem` of the demo CA.
    pub(crate) fn certify(&self, name: &str, extensions: &str) {
        self.write("extensions", extensions);
        let key = format!("{name}.key");
        let subject = format!("/CN={name}");
        self.run(&[
            "req",
            "-new",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            &key,
            "-subj",
            &subject,
            "-out",
            "request.pem",
        ]);
        let certificate = format!("{name}.pem");
        self.run(&[
            "x509",
            "-req",
            "-in",
            "request.pem",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
            "-days",
            "30",
            "-sha256",
            "-extfile",
            "extensions",
            "-out",
            &certificate,
        ]);
    }

    /// The database of certificates that `openssl ca` and `openssl ocsp` use.
    pub(crate) fn write_index(&self, entries: &[(&pki::Certificate, bool)]) {
        let mut index = String::new();
        for (certificate, revoked) in entries {
            let serial = certificate.serial_hex().to_uppercase();
            let state = if *revoked {
                "R\t360101000000Z\t260201000000Z,keyCompromise"
            } else {
                "V\t360101000000Z\t"
            };
            index += &format!("{state}\t{serial}\tunknown\t/CN=key {serial}\n");
        }
        self.write("index.txt", &index);
        self.write("index.txt.attr", "unique_subject = no\n");
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
