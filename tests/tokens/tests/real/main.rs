//! Tokens and cards through programs that are not ours: SoftHSM, pcscd, OpenSC; what they sign is judged by OpenSSL.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may say what they expect"
)]
#![cfg(target_os = "linux")]

mod cards;
mod pcscd;
mod piv;
mod readers;
mod softhsm;
#[path = "../../../../crates/keystore/tests/keystore/suite.rs"]
mod suite;

use keystore::{Error, OpenKey, Password};
use pki::Signer as _;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use zeroize::Zeroizing;

fn password(text: &str) -> Password {
    Password::new(Zeroizing::new(text.to_owned()))
}

/// Whether these files are there; where not, that is said, and with `CI=true` it is a failure.
fn installed(files: &[&str]) -> bool {
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
fn fixture(file: &str) -> OpenKey {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../keystore-fixtures");
    let file = keystore::KeyFile::read(&Path::new(folder).join(file)).unwrap();
    file.open(&password("Qwerty12")).unwrap()
}

/// Signs, and has OpenSSL say whether it holds.
fn signs(key: &OpenKey) -> Result<(), Error> {
    let document = b"to be signed";
    let digest = key.certificate().algorithm().digest().digest(document);
    let signature = match key.sign_digest(&digest) {
        Ok(signature) => signature,
        Err(pki::SignerError::Failed(error)) => return Err(*error.downcast::<Error>().unwrap()),
        Err(other) => panic!("{other}"),
    };
    openssl_agrees(key, document, &signature);
    Ok(())
}

/// OpenSSL finds that the signature is the key's over the document.
fn openssl_agrees(key: &OpenKey, document: &[u8], signature: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    fs::write(at("document"), document).unwrap();
    fs::write(at("signature"), signature).unwrap();
    fs::write(at("certificate"), key.certificate().to_pem()).unwrap();
    let public = run(Command::new("openssl")
        .args(["x509", "-pubkey", "-noout", "-in"])
        .arg(at("certificate")));
    fs::write(at("public"), public).unwrap();
    let verdict = run(Command::new("openssl")
        .args(["dgst", "-sha256", "-verify"])
        .arg(at("public"))
        .arg("-signature")
        .arg(at("signature"))
        .arg(at("document")));
    assert_eq!(verdict.trim(), "Verified OK");
}

/// Runs a program and returns what it prints.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
