//! SubjectPublicKeyInfo and PKCS #8: of Kazakhstan's vectors, of Russian files, and what is refused.

use gost3410::pkcs8::{DecodePrivateKey, DecodePublicKey};
use gost3410::{Curve, Error, SigningKey, VerifyingKey};

use crate::fixtures::fixture;
use crate::vectors::{bytes, curve, signing_key, vectors};

/// tc26 512-A with Kazakhstan's identifiers; the last 128 bytes are the point.
const SPKI_HEADER_512: &str = "3081ac302306092a830e030a010102023016060a2a830e030a010102020106082a830e030a01030303818400048180";

#[test]
fn keys_of_the_vectors_are_read_from_their_structures() {
    let Some(vectors) = vectors() else { return };
    for vector in vectors["signatures"].as_array().unwrap() {
        // No Kazakh key names the CryptoPro-B and -C curves.
        if vector["spki_der"].is_null() {
            continue;
        }
        let expected = signing_key(vector);
        let expected = expected.verifying_key();
        let public = VerifyingKey::from_spki(&bytes(vector, "spki_der")).unwrap();
        assert_eq!(public.curve(), curve(vector));
        assert_eq!(&public, expected);
        let private = SigningKey::from_pkcs8(&bytes(vector, "pkcs8_der")).unwrap();
        assert_eq!(private.verifying_key(), expected);
        let same = VerifyingKey::from_public_key_der(&bytes(vector, "spki_der")).unwrap();
        assert_eq!(&same, expected);
        let same: SigningKey =
            DecodePrivateKey::from_pkcs8_der(&bytes(vector, "pkcs8_der")).unwrap();
        assert_eq!(same.verifying_key(), expected);
    }
}

#[test]
fn russian_keys_are_read_in_every_form() {
    for (folder, curve) in [
        ("tc26-512-A", Curve::Gost512A),
        ("tc26-256-A", Curve::Gost256A),
        ("cp-A-256", Curve::CryptoProA),
        ("cp-XA-256", Curve::CryptoProA),
    ] {
        let Some(path) = fixture(&format!("russian/{folder}")) else {
            return;
        };
        let key = SigningKey::from_pkcs8(&std::fs::read(path.join("key.pkcs8.der")).unwrap());
        let key = key.unwrap();
        assert_eq!(key.curve(), curve);
        let certificate = std::fs::read(path.join("cert.cer")).unwrap();
        let spki = spki_of(&certificate);
        assert_eq!(
            VerifyingKey::from_spki(spki).as_ref(),
            Ok(key.verifying_key())
        );
        for form in ["integer", "masked2", "octet-in-octet", "v2-with-public"] {
            let path = path.with_file_name(format!("pkcs8-forms/{folder}.{form}.der"));
            if folder.starts_with("tc26") {
                let other = SigningKey::from_pkcs8(&std::fs::read(path).unwrap()).unwrap();
                assert_eq!(
                    other.verifying_key(),
                    key.verifying_key(),
                    "{folder} {form}"
                );
            }
        }
    }
}

#[test]
fn points_and_numbers_that_are_not_keys_are_refused_by_name() {
    let key = SigningKey::generate(Curve::Gost512A).unwrap();
    let point = key.verifying_key().to_xy_le();
    let public = |point: &[u8]| VerifyingKey::from_spki(&spki(point)).err();
    assert_eq!(public(&point), None);
    assert_eq!(public(&[0; 128]), Some(Error::PointAtInfinity));
    assert_eq!(public(&[0xff; 128]), Some(Error::CoordinateTooLarge));
    let mut off = point.clone();
    off[0] ^= 1;
    assert_eq!(public(&off), Some(Error::PointNotOnCurve));

    let private = |key: &[u8]| SigningKey::from_pkcs8(&pkcs8(key)).err();
    assert_eq!(private(&[0; 64]), Some(Error::PrivateKeyZero));
    assert_eq!(private(&[0xff; 64]), Some(Error::PrivateKeyTooLarge));
    assert_eq!(private(&[7; 64]), None);
    assert_eq!(private(&[0xff; 128]), Some(Error::PrivateKeyTooLarge));
    assert_eq!(
        private(&[[7; 64], [0; 64]].concat()),
        Some(Error::PrivateKeyZero)
    );
    assert_eq!(private(&[2, 1, 0]), Some(Error::PrivateKeyZero));
    assert_eq!(private(&[]), Some(Error::Encoding));
    assert_eq!(private(&[5, 0]), Some(Error::Encoding));
}

#[test]
fn structures_of_other_keys_are_refused_by_name() {
    let key = SigningKey::generate(Curve::Gost512A).unwrap();
    let good = spki(&key.verifying_key().to_xy_le());
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        VerifyingKey::from_spki(&bytes).err()
    };
    // The last byte of the algorithm's identifier, of the curve's, and the tag of the parameters.
    assert_eq!(changed(15, 0x7f), Some(Error::UnknownAlgorithm));
    assert_eq!(changed(29, 0x7f), Some(Error::UnknownCurve));
    assert_eq!(changed(16, 0x31), Some(Error::Encoding));
    // 2015 with 256 bits does not go with the curve of 512 bits.
    assert_eq!(changed(15, 1), Some(Error::UnknownCurve));
    for length in 0..good.len() {
        assert_eq!(
            VerifyingKey::from_spki(&good[..length]),
            Err(Error::Encoding)
        );
    }
    assert_eq!(
        VerifyingKey::from_spki(&[&good[..], &[0]].concat()),
        Err(Error::Encoding)
    );
}

fn spki(point: &[u8]) -> Vec<u8> {
    let mut bytes = hex(SPKI_HEADER_512);
    bytes.extend(point);
    bytes
}

fn pkcs8(key: &[u8]) -> Vec<u8> {
    let algorithm =
        hex("302306092a830e030a010102023016060a2a830e030a010102020106082a830e030a010303");
    let content = [&[2, 1, 0][..], &algorithm, &der(4, key)].concat();
    der(0x30, &content)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len() as u8;
    let header: &[u8] = if length < 0x80 {
        &[tag, length]
    } else {
        &[tag, 0x81, length]
    };
    [header, content].concat()
}

fn hex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// The SubjectPublicKeyInfo of a certificate: its seventh part, or the sixth without a version.
fn spki_of(certificate: &[u8]) -> &[u8] {
    let (_, tbs) = element(certificate);
    let (_, mut rest) = element(tbs);
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (length, _) = element(rest);
        let (part, after) = rest.split_at(length);
        parts.push(part);
        rest = after;
    }
    parts[if parts[0][0] == 0xa0 { 6 } else { 5 }]
}

/// The length of the first element of DER, and its content.
fn element(der: &[u8]) -> (usize, &[u8]) {
    let (header, length) = match der[1] {
        short @ 0..=0x7f => (2, usize::from(short)),
        0x81 => (3, usize::from(der[2])),
        _ => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
    };
    (header + length, &der[header..header + length])
}
