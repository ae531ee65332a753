//! SoftHSM: a token in software, with an RSA key. It counts wrong PINs and never locks, and knows no GOST.

use std::{fs, path::PathBuf, process::Command};

use pki::Signer as _;
use tempfile::TempDir;

use crate::{fixture, fixtures, installed, piv::SIGNATURE, run};

/// A token of SoftHSM with the label «agent» and the PIN 123456.
pub struct SoftHsm {
    folder: TempDir,
}

impl SoftHsm {
    /// Its module.
    pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
    /// The key file whose key is on the token, RSA.
    pub const KEY: &str = SIGNATURE;

    /// A token with the key file's key and certificate, filled by programs that are not ours; `None` where they are missing.
    pub fn new() -> Option<Self> {
        if !installed(&[
            Self::MODULE,
            "/usr/bin/softhsm2-util",
            "/usr/bin/pkcs11-tool",
        ]) {
            return None;
        }
        let hsm = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(hsm.at("tokens")).unwrap();
        let config = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            hsm.at("tokens").display()
        );
        fs::write(hsm.at("config"), config).unwrap();
        let name = ["--label", "agent"];
        let pins = ["--pin", "123456", "--so-pin", "12345678"];
        run(hsm
            .tool("softhsm2-util")
            .args(["--init-token", "--free"])
            .args(name)
            .args(pins));
        run(Command::new("openssl")
            .args([
                "pkcs12",
                "-legacy",
                "-nocerts",
                "-nodes",
                "-passin",
                "pass:Qwerty12",
            ])
            .arg("-in")
            .arg(fixtures().join(Self::KEY))
            .arg("-out")
            .arg(hsm.at("key.pem")));
        run(Command::new("openssl")
            .args(["pkcs8", "-topk8", "-nocrypt", "-in"])
            .arg(hsm.at("key.pem"))
            .arg("-out")
            .arg(hsm.at("key.p8")));
        run(hsm
            .tool("softhsm2-util")
            .args(["--token", "agent", "--id", "a1", "--pin", "123456"])
            .args(["--label", "signing key", "--import"])
            .arg(hsm.at("key.p8")));
        fs::write(
            hsm.at("certificate"),
            fixture(Self::KEY).certificate().der(),
        )
        .unwrap();
        run(hsm
            .tool("pkcs11-tool")
            .args([
                "--module",
                Self::MODULE,
                "--token-label",
                "agent",
                "--login",
            ])
            .args(["--pin", "123456", "--type", "cert", "--id", "a1"])
            .args(["--label", "certificate", "--write-object"])
            .arg(hsm.at("certificate")));
        Some(hsm)
    }

    /// A file in its folder.
    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The environment variable by which its module finds it.
    pub fn variable(&self) -> (&'static str, PathBuf) {
        ("SOFTHSM2_CONF", self.at("config"))
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let (name, value) = self.variable();
        command.env(name, value);
        command
    }
}
