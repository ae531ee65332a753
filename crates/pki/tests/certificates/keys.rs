use pki::{Algorithm, DigestAlgorithm, Error, ObjectIdentifier, PublicKey};

use crate::{
    build::{oid, sequence, tlv},
    fixtures::{self, hex},
};

const NULL: &[u8] = &[5, 0];

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(0x03, &[&[0], bytes].concat())
}

fn spki(key: &str, sets: &[&str], point: &[u8]) -> Vec<u8> {
    let sets: Vec<_> = sets.iter().flat_map(|set| oid(set)).collect();
    sequence(&[
        &sequence(&[&oid(key), &tlv(0x30, &sets)]),
        &bit_string(&tlv(0x04, point)),
    ])
}

/// `x ‖ y` of a demo key.
fn point(key_identifier: &str) -> Vec<u8> {
    fixtures::demo_certificate(key_identifier)
        .public_key()
        .as_gost()
        .unwrap()
        .to_xy_le()
}

fn point_2004() -> Vec<u8> {
    point("f138f84f105359d7dbb7bce9b69246328efa5f46")
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = sequence(&[&tlv(2, modulus), &tlv(2, exponent)]);
    sequence(&[
        &sequence(&[&oid("1.2.840.113549.1.1.1"), NULL]),
        &bit_string(&key),
    ])
}

fn unsupported(text: &str) -> Result<PublicKey, Error> {
    Err(Error::UnsupportedAlgorithm(ObjectIdentifier::new_unwrap(
        text,
    )))
}

#[test]
fn keys_of_2004_are_read_with_every_known_name_of_their_digest() {
    let (key, curve) = ("1.2.398.3.10.1.1.1.1", "1.2.398.3.10.1.1.1.1.1");
    for digest in [
        vec![],
        vec!["1.2.398.3.10.1.3.1.1.0"],
        vec!["1.2.398.3.10.1.3.1"],
    ] {
        let der = spki(key, &[&[curve], &digest[..]].concat(), &point_2004());
        let key = PublicKey::from_spki_der(&der).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Gost2004);
        assert_eq!((key.bits(), key.signature_len()), (256, 64));
        assert_eq!(key.spki_der(), der);
    }
}

#[test]
fn algorithms_curves_and_digests_that_are_not_known_are_named() {
    let point = point_2004();
    let gost2004 = "1.2.398.3.10.1.1.1.1";
    for (key, sets, named) in [
        (
            "1.2.643.7.1.1.1.1",
            &["1.2.643.7.1.2.1.1.1"][..],
            "1.2.643.7.1.1.1.1",
        ),
        (
            "1.2.840.10045.2.1",
            &["1.2.840.10045.3.1.7"],
            "1.2.840.10045.2.1",
        ),
        (gost2004, &["1.2.643.2.2.35.1"], "1.2.643.2.2.35.1"),
        (
            gost2004,
            &["1.2.398.3.10.1.1.1.1.2"],
            "1.2.398.3.10.1.1.1.1.2",
        ),
        (
            gost2004,
            &["1.2.398.3.10.1.1.1.1.1", "1.2.643.2.2.30.1"],
            "1.2.643.2.2.30.1",
        ),
        (
            "1.2.398.3.10.1.1.2.2",
            &["1.2.398.3.10.1.1.2.1.1"],
            "1.2.398.3.10.1.1.2.1.1",
        ),
    ] {
        assert_eq!(
            PublicKey::from_spki_der(&spki(key, sets, &point)),
            unsupported(named)
        );
    }
}

#[test]
fn points_with_which_no_signature_can_hold_are_refused() {
    let (key, sets) = ("1.2.398.3.10.1.1.1.1", &["1.2.398.3.10.1.1.1.1.1"]);
    let good = point_2004();
    let mut beside = good.clone();
    beside[0] ^= 1;
    let off_curve = "the ECGOST34310 public key is not valid: the point is not on the curve";
    let wrong_length = "the ECGOST34310 public key is not valid: the point has a wrong length";
    for (point, reason) in [
        (&beside[..], off_curve),
        (&[0; 64], off_curve),
        (&[0xff; 64], off_curve),
        (&good[..63], wrong_length),
        (&[&good[..], &[0]].concat(), wrong_length),
        (&[], wrong_length),
    ] {
        let error = PublicKey::from_spki_der(&spki(key, sets, point)).unwrap_err();
        assert_eq!(error.to_string(), reason);
    }
}

#[test]
fn rsa_keys_out_of_bounds_are_refused() {
    let modulus =
        |bytes: usize, last: u8| [&[0, 0x80][..], &vec![0x55; bytes - 2], &[last]].concat();
    let three = &[3][..];
    assert!(PublicKey::from_spki_der(&rsa(&modulus(256, 1), three)).is_ok());
    assert_eq!(
        PublicKey::from_spki_der(&rsa(&modulus(1024, 1), three))
            .unwrap()
            .bits(),
        8192
    );
    for (modulus, exponent) in [
        (modulus(255, 1), three),
        (modulus(1025, 1), three),
        (modulus(256, 2), three),
        (modulus(256, 1), &[1]),
        (modulus(256, 1), &[4]),
        (modulus(256, 1), &[1, 0, 0, 0, 0, 0, 1]),
        (vec![0], three),
    ] {
        let error = PublicKey::from_spki_der(&rsa(&modulus, exponent)).unwrap_err();
        assert!(
            matches!(
                error,
                Error::InvalidPublicKey {
                    algorithm: Algorithm::Rsa,
                    ..
                }
            ),
            "{error}"
        );
    }
    // A negative modulus.
    assert!(PublicKey::from_spki_der(&rsa(&[0x80; 256], three)).is_err());
}

#[test]
fn what_is_no_key_is_refused() {
    let good = spki(
        "1.2.398.3.10.1.1.1.1",
        &["1.2.398.3.10.1.1.1.1.1"],
        &point_2004(),
    );
    assert!(PublicKey::from_spki_der(&good).is_ok());
    assert!(PublicKey::from_spki_der(&[&good[..], &[0]].concat()).is_err());
    for length in 0..good.len() {
        assert!(
            PublicKey::from_spki_der(&good[..length]).is_err(),
            "{length}"
        );
    }
    let identifier = sequence(&[&oid("1.2.398.3.10.1.1.1.1")]);
    let unnamed = sequence(&[&identifier, &bit_string(&tlv(4, &point_2004()))]);
    assert!(matches!(
        PublicKey::from_spki_der(&unnamed),
        Err(Error::Invalid { .. })
    ));
    let bare = sequence(&[&identifier]);
    assert!(matches!(
        PublicKey::from_spki_der(&bare),
        Err(Error::Invalid { .. })
    ));
}

#[test]
fn signatures_made_elsewhere_hold_and_changed_ones_do_not() {
    for name in ["gost512", "gost256", "gost2004"] {
        let Some(certificate) = fixtures::certificate(&format!("own/{name}.cer")) else {
            return;
        };
        let read = |kind| {
            std::fs::read(
                fixtures::folder()
                    .unwrap()
                    .join(format!("own/{name}.{kind}")),
            )
            .unwrap()
        };
        let (data, signature) = (read("data.bin"), read("raw.sig"));
        let key = certificate.public_key();
        assert_eq!(signature.len(), key.signature_len());
        let digest = certificate.algorithm().digest().digest(&data);
        assert_eq!(key.verify_digest(&digest, &signature), Ok(()));

        for index in 0..signature.len() {
            let mut changed = signature.clone();
            changed[index] ^= 0x10;
            assert_eq!(
                key.verify_digest(&digest, &changed),
                Err(Error::BadSignature),
                "{name} {index}"
            );
        }
        for length in [0, 1, signature.len() - 1] {
            assert_eq!(
                key.verify_digest(&digest, &signature[..length]),
                Err(Error::BadSignature)
            );
        }
        let mut other = digest.clone();
        other[0] ^= 1;
        assert_eq!(
            key.verify_digest(&other, &signature),
            Err(Error::BadSignature)
        );
        assert_eq!(
            key.verify_digest(&digest[1..], &signature),
            Err(Error::WrongDigestLength {
                expected: digest.len(),
                actual: digest.len() - 1
            })
        );
        assert_eq!(
            key.verify_digest_with(DigestAlgorithm::Sha256, &[0; 32], &signature),
            Err(Error::UnsupportedAlgorithm(DigestAlgorithm::Sha256.oid()))
        );
    }
}

#[test]
fn rsa_takes_sha1_and_sha256_and_nothing_else() {
    let certificate = fixtures::demo_certificate("8f53657752bb77db36e60908e5633d5bc2b2e506");
    let key = certificate.public_key();
    for digest in [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256] {
        assert_eq!(
            key.verify_digest_with(digest, &vec![0; digest.output_len()], &[1; 256]),
            Err(Error::BadSignature)
        );
    }
    let digest = DigestAlgorithm::Streebog256;
    assert_eq!(
        key.verify_digest_with(digest, &[0; 32], &[1; 256]),
        Err(Error::UnsupportedAlgorithm(digest.oid()))
    );
}

#[test]
fn digests_are_the_published_ones_in_one_piece_and_in_many() {
    let m1 = "012345678901234567890123456789012345678901234567890123456789012";
    for (algorithm, message, expected) in [
        (
            DigestAlgorithm::Sha1,
            "abc",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
        ),
        (
            DigestAlgorithm::Sha256,
            "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        // RFC 6986 §10.1, as bytes stand in CMS.
        (
            DigestAlgorithm::Streebog512,
            m1,
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa\
             00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48",
        ),
        (
            DigestAlgorithm::Streebog256,
            m1,
            "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
        ),
        (
            DigestAlgorithm::Gost341195,
            "abc",
            "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d",
        ),
    ] {
        assert_eq!(
            hex(&algorithm.digest(message.as_bytes())),
            expected,
            "{algorithm:?}"
        );
        let mut hasher = algorithm.hasher();
        message.bytes().for_each(|byte| hasher.update(&[byte]));
        assert_eq!(hex(&hasher.finish()), expected, "{algorithm:?}");
        assert_eq!(expected.len(), 2 * algorithm.output_len());
        assert_eq!(DigestAlgorithm::from_oid(&algorithm.oid()), Ok(algorithm));
    }
}
