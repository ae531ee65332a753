//! The key files of the demo CA, made by a generator that shares no code with this reader.

use crate::password;
use keystore::{Error, KeyFile};
use pki::Signer;
use serde_json::Value;
use std::{fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../keystore-fixtures"
    ))
}

/// One of the two lists in `index.json`.
fn listed(kind: &str) -> Vec<Value> {
    let index: Value =
        serde_json::from_slice(&fs::read(folder().join("index.json")).unwrap()).unwrap();
    index[kind].as_array().unwrap().clone()
}

fn text<'a>(entry: &'a Value, field: &str) -> &'a str {
    entry[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} of {entry}"))
}

#[test]
fn every_key_opens_with_its_password_and_is_what_the_table_says() {
    let keys = listed("keys");
    assert!(keys.len() >= 20);
    for entry in keys {
        let name = text(&entry, "file");
        let file = KeyFile::read(&folder().join(name)).unwrap();
        let key = file
            .open(&password(text(&entry, "password")))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(key.alias(), text(&entry, "alias"), "{name}");
        let certificate = key.certificate();
        assert_eq!(
            certificate.der(),
            fs::read(folder().join(text(&entry, "certificate"))).unwrap(),
            "{name}"
        );
        assert_eq!(
            certificate.algorithm().java_name(),
            text(&entry, "algorithm"),
            "{name}"
        );
        let digest = certificate.algorithm().digest().digest(b"to be signed");
        let signature = key.sign_digest(&digest).unwrap();
        certificate
            .public_key()
            .verify_digest(&digest, &signature)
            .unwrap();
    }
}

#[test]
fn every_faulty_file_is_refused_for_the_reason_in_the_table() {
    let faulty = listed("faulty");
    assert!(faulty.len() >= 10);
    for entry in faulty {
        let path = folder().join(text(&entry, "file"));
        let error = KeyFile::read(&path)
            .and_then(|file| file.open(&password(text(&entry, "password"))))
            .err()
            .unwrap();
        let reason = match error {
            Error::Truncated => "truncated",
            Error::NotPkcs12 => "not PKCS#12",
            Error::WrongPassword => "wrong password",
            Error::NoKey => "no key",
            Error::NoCertificate => "no certificate",
            Error::SeveralKeys => "several keys",
            Error::KeyMismatch => "key mismatch",
            Error::TooManyRounds => "too many rounds",
            Error::UnsupportedAlgorithm(_) => "unsupported algorithm",
            _ => "another",
        };
        assert_eq!(reason, text(&entry, "error"), "{}", path.display());
    }
}
