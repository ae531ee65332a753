//! Cards and tokens without hardware, for tests: a service for readers of the test's own, a card to put into its virtual
//! readers, and a token of SoftHSM. Everything lies in a folder of its own and ends with what holds it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "tests only: whatever goes wrong here must end the test"
)]
#![cfg(target_os = "linux")]

mod pcscd;
mod piv;
mod softhsm;

pub use pcscd::{Inserted, Pcscd, READERS};
pub use piv::{ATR_HEX, AUTHENTICATION, Card, SIGNATURE};
pub use softhsm::SoftHsm;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use keystore::{KeyFile, OpenKey, Password};
use zeroize::Zeroizing;

/// OpenSC's module, which reads PIV cards.
pub const OPENSC: &str = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

/// Whether these files are there; where not, that is said, and with `CI=true` it is a failure.
pub fn installed(files: &[&str]) -> bool {
    let missing: Vec<_> = files
        .iter()
        .filter(|file| !Path::new(file).exists())
        .collect();
    if missing.is_empty() {
        return true;
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "not installed: {missing:?}"
    );
    eprintln!("passed over: not installed: {missing:?}");
    false
}

/// A key file of the demo CA, opened.
pub fn fixture(file: &str) -> OpenKey {
    let file = KeyFile::read(&fixtures().join(file)).unwrap();
    let password = Password::new(Zeroizing::new("Qwerty12".to_owned()));
    file.open(&password).unwrap()
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures")
}

/// Runs a program and returns what it prints.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
