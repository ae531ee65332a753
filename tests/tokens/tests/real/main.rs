//! Tokens and cards through programs that are not ours: SoftHSM, pcscd, OpenSC; what they sign is judged by OpenSSL.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may say what they expect"
)]
#![cfg(target_os = "linux")]

mod cards;
mod readers;
mod softhsm;
#[path = "../../../../crates/keystore/tests/keystore/suite.rs"]
mod suite;
mod watch;

use keystore::{Deadlines, Error, OpenKey, Password, Tokens, WorkerProgram};
use pki::Signer as _;
use std::{fs, path::PathBuf, process::Command};
use virtual_cards::run;
use zeroize::Zeroizing;

/// The tokens that this module sees when it runs with this environment variable.
fn tokens_of(module: &str, (name, value): (&str, PathBuf)) -> Tokens {
    let program = WorkerProgram {
        program: "/usr/bin/env".into(),
        arguments: vec![
            format!("{name}={}", value.display()).into(),
            env!("CARGO_BIN_EXE_token-worker").into(),
        ],
    };
    Tokens::new(program, vec![module.into()], Deadlines::default())
}

fn password(text: &str) -> Password {
    Password::new(Zeroizing::new(text.to_owned()))
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
