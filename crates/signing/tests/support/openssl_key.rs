//! An RSA key that the `openssl` program made and signs with: nothing of ours is in it.

use pki::{Certificate, Signer, SignerError};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A key in a folder of its own, gone with it.
pub(crate) struct OpensslKey {
    certificate: Certificate,
    folder: TempDir,
}

impl OpensslKey {
    /// A new RSA-2048 key with a self-signed certificate.
    pub(crate) fn generate() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("openssl")
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-utf8",
            ])
            .args([
                "-subj",
                "/CN=ТЕСТОВ ТЕСТ/serialNumber=IIN123456789011/C=KZ",
                "-outform",
                "DER",
            ])
            .args(["-keyout", "key.pem", "-out", "certificate.der"])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success());
        let certificate =
            Certificate::from_der(&fs::read(folder.path().join("certificate.der")).unwrap())
                .unwrap();
        Self {
            certificate,
            folder,
        }
    }

    /// Where the key lies; for the files of a test, too.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

impl Signer for OpensslKey {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, SignerError> {
        let mut program = Command::new("openssl")
            .args([
                "pkeyutl",
                "-sign",
                "-inkey",
                "key.pem",
                "-pkeyopt",
                "digest:sha256",
            ])
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        program.stdin.take().unwrap().write_all(digest).unwrap();
        Ok(program.wait_with_output().unwrap().stdout)
    }
}
