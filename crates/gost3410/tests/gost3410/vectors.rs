//! The vectors that Bouncy Castle and gost-engine agree with: signatures of given nonces, keys and hashes.

use gost3410::digest::Digest;
use gost3410::{Curve, Gost341195, Signature, SigningKey, Streebog256, Streebog512, VerifyingKey};
use serde_json::Value;

use crate::fixtures::fixture;

#[test]
fn signatures_of_given_nonces_are_those_of_the_vectors() {
    let Some(vectors) = vectors() else { return };
    let all = vectors["signatures"].as_array().unwrap();
    assert_eq!(all.len(), 65);
    for vector in all {
        let curve = curve(vector);
        let key = signing_key(vector);
        let nonce = little_endian(curve, &bytes(vector, "k"));
        let signature = key
            .sign_prehash_with_nonce(&bytes(vector, "digest"), &nonce)
            .unwrap();
        assert_eq!(
            signature.to_bytes(),
            bytes(vector, "sig_kz"),
            "{curve} {}",
            vector["label"]
        );
    }
}

#[test]
fn signatures_of_the_vectors_verify_and_those_of_other_digests_do_not() {
    let Some(vectors) = vectors() else { return };
    for vector in vectors["signatures"].as_array().unwrap() {
        let curve = curve(vector);
        let key = VerifyingKey::from_xy_le(curve, &bytes(vector, "pub_x509")).unwrap();
        let signature = Signature::from_bytes(curve, &bytes(vector, "sig_kz")).unwrap();
        let mut digest = bytes(vector, "digest");
        assert_eq!(
            key.verify_prehash(&digest, &signature),
            Ok(()),
            "{curve} {}",
            vector["label"]
        );
        digest[0] ^= 1;
        assert!(
            key.verify_prehash(&digest, &signature).is_err(),
            "{curve} {}",
            vector["label"]
        );
    }
}

#[test]
fn public_keys_of_the_vectors_follow_from_their_private_keys() {
    let Some(vectors) = vectors() else { return };
    for vector in vectors["signatures"].as_array().unwrap() {
        let key = signing_key(vector);
        assert_eq!(
            key.verifying_key().to_xy_le(),
            bytes(vector, "pub_x509"),
            "{}",
            vector["label"]
        );
        // No Kazakh key names the CryptoPro-B and -C curves.
        if !vector["spki_der"].is_null() {
            assert!(bytes(vector, "spki_der").ends_with(&key.verifying_key().to_xy_le()));
        }
    }
}

#[test]
fn hashes_are_those_of_the_vectors() {
    let Some(vectors) = vectors() else { return };
    let all = vectors["hashes"].as_array().unwrap();
    assert_eq!(all.len(), 33);
    for vector in all {
        let message = bytes(vector, "msg");
        let digest = match vector["alg"].as_str().unwrap() {
            "streebog512" => Streebog512::digest(&message).to_vec(),
            "streebog256" => Streebog256::digest(&message).to_vec(),
            "gost94" => Gost341195::digest(&message).to_vec(),
            other => panic!("unknown hash function {other}"),
        };
        assert_eq!(
            digest,
            bytes(vector, "digest"),
            "{} {}",
            vector["alg"],
            vector["label"]
        );
    }
}

pub(crate) fn vectors() -> Option<Value> {
    let path = fixture("vectors/gost-kat.json")?;
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

pub(crate) fn curve(vector: &Value) -> Curve {
    let name = vector["curve"].as_str().unwrap();
    Curve::ALL
        .into_iter()
        .find(|curve| curve.name() == name)
        .unwrap()
}

/// The same key by both byte orders.
pub(crate) fn signing_key(vector: &Value) -> SigningKey {
    let curve = curve(vector);
    let big_endian = bytes(vector, "d");
    let key = SigningKey::from_be_bytes(curve, &big_endian).unwrap();
    let same = SigningKey::from_le_bytes(curve, &little_endian(curve, &big_endian)).unwrap();
    assert_eq!(key.verifying_key(), same.verifying_key());
    key
}

fn little_endian(curve: Curve, big_endian: &[u8]) -> Vec<u8> {
    let mut number: Vec<u8> = big_endian.iter().rev().copied().collect();
    number.resize(curve.field_bytes(), 0);
    number
}

pub(crate) fn bytes(vector: &Value, name: &str) -> Vec<u8> {
    let hex = vector[name].as_str().unwrap();
    let hex = if hex.len() % 2 == 1 {
        format!("0{hex}")
    } else {
        hex.to_owned()
    };
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
