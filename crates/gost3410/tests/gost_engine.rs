//! Both ways with OpenSSL's gost-engine: what it signs verifies here, what is signed here verifies there.
//!
//! OpenSSL knows the curves under their Russian names, and writes a signature as s‖r with both big-endian, which is
//! ours in reverse (RFC 4491 section 2.2.2). Debian: libengine-gost-openssl.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::path::Path;
use std::process::{Command, Output};

use gost3410::{Curve, Signature, SigningKey};

const ROUNDS: usize = 6;

#[test]
fn signatures_of_gost_engine_verify_here() {
    if !engine_is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for curve in Curve::ALL {
        for round in 0..ROUNDS {
            let (key, digest) = prepare(folder.path(), curve, round);
            pkeyutl(
                folder.path(),
                &["-sign", "-inkey", "key.der", "-out", "sig"],
            )
            .unwrap();
            let mut bytes = std::fs::read(folder.path().join("sig")).unwrap();
            bytes.reverse();
            let signature = Signature::from_bytes(curve, &bytes).unwrap();
            assert_eq!(
                key.verifying_key().verify_prehash(&digest, &signature),
                Ok(()),
                "{curve}"
            );
        }
    }
}

#[test]
fn signatures_made_here_verify_in_gost_engine() {
    if !engine_is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let verify = [
        "-verify",
        "-pubin",
        "-inkey",
        "public.der",
        "-sigfile",
        "sig",
    ];
    for curve in Curve::ALL {
        for round in 0..ROUNDS {
            let (key, digest) = prepare(folder.path(), curve, round);
            let mut bytes = key.sign_prehash(&digest).unwrap().to_bytes();
            bytes.reverse();
            std::fs::write(folder.path().join("sig"), &bytes).unwrap();
            pkeyutl(folder.path(), &verify).unwrap_or_else(|why| panic!("{curve}: {why}"));
            bytes[5] ^= 1;
            std::fs::write(folder.path().join("sig"), &bytes).unwrap();
            pkeyutl(folder.path(), &verify).unwrap_err();
        }
    }
}

fn engine_is_there() -> bool {
    let there = openssl(Path::new("."), &["engine", "gost"])
        .is_ok_and(|found| String::from_utf8_lossy(&found.stdout).contains("(gost)"));
    if !there {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "OpenSSL has no gost engine"
        );
        println!("passed over: OpenSSL has no gost engine");
    }
    there
}

/// Writes a new key pair and a digest into the folder.
fn prepare(folder: &Path, curve: Curve, round: usize) -> (SigningKey, Vec<u8>) {
    let size = curve.field_bytes();
    // A private key is made here as bytes, for the one of a key made by the crate is not to be had.
    let mut secret = curve.digest(format!("private key {round} on {curve}").as_bytes());
    secret[size - 1] &= 0x3f;
    let key = SigningKey::from_le_bytes(curve, &secret).unwrap();
    let digest = curve.digest(&[round as u8]);

    let algorithm = der(
        0x30,
        &[algorithm_oid(curve), &der(0x30, &[parameter_oid(curve)])],
    );
    let private = der(0x30, &[&der(2, &[&[0]]), &algorithm, &der(4, &[&secret])]);
    let point = der(4, &[&key.verifying_key().to_xy_le()]);
    let public = der(0x30, &[&algorithm, &der(3, &[&[0], &point])]);
    std::fs::write(folder.join("key.der"), private).unwrap();
    std::fs::write(folder.join("public.der"), public).unwrap();
    std::fs::write(folder.join("digest"), &digest).unwrap();
    (key, digest)
}

/// id-tc26-gost3410-12-512 and -256.
fn algorithm_oid(curve: Curve) -> &'static [u8] {
    match curve.field_bytes() {
        64 => &[6, 8, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x01, 0x02],
        _ => &[6, 8, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x01, 0x01],
    }
}

fn parameter_oid(curve: Curve) -> &'static [u8] {
    match curve {
        Curve::Gost512A => &[6, 9, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x02, 0x01, 0x02, 0x01],
        Curve::Gost256A => &[6, 9, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x02, 0x01, 0x01, 0x01],
        Curve::CryptoProA => &[6, 7, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x01],
        Curve::CryptoProB => &[6, 7, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x02],
        Curve::CryptoProC => &[6, 7, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23, 0x03],
    }
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len() as u8;
    let header = if length < 0x80 {
        vec![tag, length]
    } else {
        vec![tag, 0x81, length]
    };
    [header, content].concat()
}

fn pkeyutl(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let fixed = [
        "pkeyutl", "-engine", "gost", "-keyform", "DER", "-in", "digest",
    ];
    let output =
        openssl(folder, &[&fixed, arguments].concat()).map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

fn openssl(folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
}
