//! Key files that others made: all of them open, sign, and the certificate inside agrees.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests may say what they expect"
)]

use crate::password;
use keystore::{Error, KeyFile};
use pki::{Algorithm, Signer};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The key files of the fixtures with their passwords, or `None` (said aloud) where there are no fixtures.
pub(crate) fn key_files() -> Option<Vec<(PathBuf, &'static str)>> {
    let fixtures = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/fixtures"
    ));
    if !fixtures.is_dir() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "the fixtures are not at {}",
            fixtures.display()
        );
        eprintln!(
            "passed over: there are no fixtures at {}",
            fixtures.display()
        );
        return None;
    }
    let mut files = Vec::new();
    let mut folders = vec![fixtures.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Russian keys: other algorithms.
                if path.file_name().unwrap() != "russian" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "p12") {
                let password = if path.parent().unwrap().ends_with("ncanode/p12")
                    && path.to_string_lossy().contains("2015")
                {
                    "Aa123456"
                } else {
                    "Qwerty12"
                };
                files.push((path, password));
            }
        }
    }
    files.sort();
    assert!(files.len() >= 50, "only {} key files", files.len());
    Some(files)
}

#[test]
fn every_key_file_opens_and_its_signature_verifies_with_its_certificate() {
    let Some(files) = key_files() else { return };
    let mut algorithms = Vec::new();
    for (path, secret) in files {
        let key = KeyFile::read(&path).and_then(|file| file.open(&password(secret)));
        let key = key.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let algorithm = key.certificate().algorithm();
        let digest = algorithm.digest().digest(b"to be signed");
        let signature = key.sign_digest(&digest).unwrap();
        key.certificate()
            .public_key()
            .verify_digest(&digest, &signature)
            .unwrap();
        let other = algorithm.digest().digest(b"something else");
        key.certificate()
            .public_key()
            .verify_digest(&other, &signature)
            .unwrap_err();
        algorithms.push(algorithm);
    }
    for wanted in [
        Algorithm::Rsa,
        Algorithm::Gost2015_512,
        Algorithm::Gost2015_256,
        Algorithm::Gost2004,
    ] {
        assert!(algorithms.contains(&wanted), "no fixture with {wanted:?}");
    }
}

#[test]
fn the_alias_shows_without_the_password_and_is_the_key_identifier() {
    let Some(files) = key_files() else { return };
    let mut named = 0;
    for (path, secret) in files {
        if path.components().any(|part| part.as_os_str() == "own") {
            continue;
        }
        let file = KeyFile::read(&path).unwrap();
        let alias = file.alias().unwrap();
        let key = file.open(&password(secret)).unwrap();
        assert_eq!(alias, key.alias());
        assert_eq!(
            file.key_id(),
            key.certificate().subject_key_id(),
            "{}",
            path.display()
        );
        if let Some((_, suffix)) = path.file_stem().unwrap().to_str().unwrap().rsplit_once('_')
            && suffix.len() == 40
        {
            assert_eq!(alias, suffix);
            named += 1;
        }
    }
    assert!(named > 20, "only {named} files have their own names");
}

#[test]
fn a_wrong_password_is_told_from_everything_else() {
    let Some(files) = key_files() else { return };
    for (path, secret) in files {
        let file = KeyFile::read(&path).unwrap();
        for wrong in ["", "qwerty12", "Пароль12", &format!("{secret} ")] {
            assert_eq!(
                file.open(&password(wrong)).err(),
                Some(Error::WrongPassword),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn a_digest_of_a_wrong_length_is_not_signed() {
    let Some(files) = key_files() else { return };
    let (path, secret) = &files[0];
    let key = KeyFile::read(path)
        .unwrap()
        .open(&password(secret))
        .unwrap();
    assert!(matches!(
        key.sign_digest(&[0; 20]),
        Err(pki::SignerError::WrongDigestLength { actual: 20, .. })
    ));
}

/// One file of each kind, so that the exhaustive tests end soon.
fn one_of_each_kind() -> Option<Vec<(PathBuf, &'static str)>> {
    let wanted = [
        "skarm/p12/GOST512_25ba",
        "ncanode-go/personal/active/RSA256",
        "own/gost256",
        "key_ceo_sign_revoked_2004",
    ];
    let mut files = key_files()?;
    files.retain(|(path, _)| {
        wanted
            .iter()
            .any(|wanted| path.to_string_lossy().contains(wanted))
    });
    assert_eq!(files.len(), wanted.len());
    Some(files)
}

#[test]
fn a_file_cut_anywhere_is_truncated() {
    let Some(files) = one_of_each_kind() else {
        return;
    };
    for (path, _) in files {
        let bytes = fs::read(&path).unwrap();
        for length in 0..bytes.len() {
            assert_eq!(
                KeyFile::from_bytes(&bytes[..length]).err(),
                Some(Error::Truncated),
                "{length} bytes"
            );
        }
    }
}

#[test]
fn a_changed_byte_never_gives_another_key() {
    let Some(files) = one_of_each_kind() else {
        return;
    };
    for (path, secret) in files {
        let bytes = fs::read(&path).unwrap();
        let owner = KeyFile::from_bytes(&bytes)
            .unwrap()
            .open(&password(secret))
            .unwrap();
        let mut opened = 0;
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1 << (position % 8);
            let result =
                KeyFile::from_bytes(&changed).and_then(|file| file.open(&password(secret)));
            match result {
                // The MAC does not cover what names it, such as a NULL in its AlgorithmIdentifier.
                Ok(key) => {
                    assert_eq!(
                        key.certificate().der(),
                        owner.certificate().der(),
                        "byte {position}"
                    );
                    opened += 1;
                }
                Err(
                    Error::WrongPassword
                    | Error::Truncated
                    | Error::NotPkcs12
                    | Error::TooManyRounds
                    | Error::UnsupportedAlgorithm(_)
                    | Error::Damaged(_),
                ) => {}
                Err(error) => panic!("byte {position}: {error}"),
            }
        }
        assert!(
            opened <= 4,
            "{opened} changes went unnoticed in {}",
            path.display()
        );
    }
}
