//! Both ways with OpenSSL's gost-engine: what it signs verifies here, what is signed here verifies there.
//!
//! OpenSSL knows the curves under their Russian names, and writes a signature as s‖r with both big-endian, which is
//! ours in reverse (RFC 4491 section 2.2.2). Debian: libengine-gost-openssl, libssl-dev and a C compiler.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use gost3410::{Curve, Signature, SigningKey};

/// Two thousand signatures each way on each of five curves.
const KEYS: usize = 20;
const DIGESTS: usize = 100;

#[test]
fn ten_thousand_signatures_of_gost_engine_verify_here() {
    let folder = tempfile::tempdir().unwrap();
    if !build(folder.path()) {
        return;
    }
    let mut requests = Vec::new();
    let pairs: Vec<_> = Curve::ALL.into_iter().flat_map(pairs).collect();
    for pair in &pairs {
        record(&mut requests, b'k', &pair.private);
        for digest in &pair.digests {
            record(&mut requests, b'd', digest);
            record(&mut requests, b's', &[]);
        }
    }
    let answers = ask(folder.path(), &requests);
    let mut rest = &answers[..];
    for pair in &pairs {
        for digest in &pair.digests {
            let length = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
            let (signature, after) = rest[2..].split_at(length);
            rest = after;
            let signature = Signature::from_rfc4491(pair.key.curve(), signature).unwrap();
            assert_eq!(
                pair.key.verifying_key().verify_prehash(digest, &signature),
                Ok(())
            );
        }
    }
    assert!(rest.is_empty());
}

#[test]
fn ten_thousand_signatures_made_here_verify_in_gost_engine() {
    let folder = tempfile::tempdir().unwrap();
    if !build(folder.path()) {
        return;
    }
    let mut requests = Vec::new();
    let mut expected = Vec::new();
    for pair in Curve::ALL.into_iter().flat_map(pairs) {
        record(&mut requests, b'p', &pair.public);
        for (i, digest) in pair.digests.iter().enumerate() {
            let signature = pair.key.sign_prehash(digest).unwrap();
            let mut signature = signature.to_rfc4491();
            record(&mut requests, b'd', digest);
            record(&mut requests, b'v', &signature);
            expected.push(1);
            if i % 25 == 0 {
                signature[i / 2] ^= 1;
                record(&mut requests, b'v', &signature);
                expected.push(0);
            }
        }
    }
    assert_eq!(ask(folder.path(), &requests), expected);
}

/// Builds the program in `engine.c`; false where the engine or the compiler is absent, which is a failure with `CI=true`.
fn build(folder: &Path) -> bool {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gost3410/engine.c");
    let built = Command::new("cc")
        .current_dir(folder)
        .args(["-O1", "-o", "engine"])
        .arg(source)
        .arg("-lcrypto")
        .status()
        .is_ok_and(|status| status.success());
    let there = built
        && Command::new(folder.join("engine"))
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
    if !there {
        assert_ne!(
            std::env::var("CI").as_deref(),
            Ok("true"),
            "OpenSSL's gost engine, its headers or a C compiler is missing"
        );
        println!("passed over: OpenSSL's gost engine, its headers or a C compiler is missing");
    }
    there
}

/// The answers of the program in `engine.c`.
fn ask(folder: &Path, requests: &[u8]) -> Vec<u8> {
    let path = folder.join("requests");
    std::fs::write(&path, requests).unwrap();
    let output = Command::new(folder.join("engine"))
        .stdin(File::open(path).unwrap())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn record(requests: &mut Vec<u8>, letter: u8, data: &[u8]) {
    requests.push(letter);
    requests.extend((data.len() as u16).to_be_bytes());
    requests.extend(data);
}

struct Pair {
    key: SigningKey,
    private: Vec<u8>,
    public: Vec<u8>,
    digests: Vec<Vec<u8>>,
}

/// New key pairs on a curve, and what they are to sign.
fn pairs(curve: Curve) -> impl Iterator<Item = Pair> {
    (0..KEYS).map(move |_| {
        let size = curve.field_bytes();
        // A private key is made here as bytes, for the one of a key made by the crate is not to be had.
        let mut secret = vec![0; size];
        getrandom::fill(&mut secret).unwrap();
        secret[size - 1] &= 0x3f;
        let key = SigningKey::from_le_bytes(curve, &secret).unwrap();
        let algorithm = der(
            0x30,
            &[algorithm_oid(curve), &der(0x30, &[parameter_oid(curve)])],
        );
        let private = der(0x30, &[&der(2, &[&[0]]), &algorithm, &der(4, &[&secret])]);
        let point = der(4, &[&key.verifying_key().to_xy_le()]);
        let public = der(0x30, &[&algorithm, &der(3, &[&[0], &point])]);
        let digests = std::iter::repeat_with(|| {
            let mut digest = vec![0; size];
            getrandom::fill(&mut digest).unwrap();
            digest
        });
        Pair {
            key,
            private,
            public,
            digests: digests.take(DIGESTS).collect(),
        }
    })
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
