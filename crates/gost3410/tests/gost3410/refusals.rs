//! What is refused, and by which name.

use gost3410::{Curve, Error, Signature, SigningKey, VerifyingKey};
use signature::hazmat::RandomizedPrehashSigner;
use signature::rand_core::{TryCryptoRng, TryRng};

#[test]
fn signatures_with_r_or_s_out_of_range_are_refused() {
    for curve in Curve::ALL {
        let (_, _, good) = signed(curve);
        let size = curve.field_bytes();
        for half in [0..size, size..2 * size] {
            for (number, error) in [
                (vec![0; size], Error::SignatureZero),
                (order(curve), Error::SignatureTooLarge),
                (plus_one(order(curve)), Error::SignatureTooLarge),
                (vec![0xff; size], Error::SignatureTooLarge),
            ] {
                let mut bytes = good.to_bytes();
                bytes[half.clone()].copy_from_slice(&number);
                assert_eq!(Signature::from_bytes(curve, &bytes), Err(error), "{curve}");
            }
        }
    }
}

#[test]
fn signatures_with_any_bit_changed_are_refused() {
    for curve in Curve::ALL {
        let (key, digest, good) = signed(curve);
        for bit in 0..16 * curve.field_bytes() {
            let mut bytes = good.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&key, &digest, &bytes), "{curve}, bit {bit}");
        }
    }
}

#[test]
fn signatures_in_another_byte_order_are_refused() {
    for curve in Curve::ALL {
        let (key, digest, good) = signed(curve);
        let (r, s) = (
            &good.to_bytes()[..curve.field_bytes()],
            &good.to_bytes()[curve.field_bytes()..],
        );
        let reversed = |half: &[u8]| half.iter().rev().copied().collect::<Vec<u8>>();
        assert!(holds(&key, &digest, &[r, s].concat()));
        assert!(
            !holds(&key, &digest, &[s, r].concat()),
            "{curve}, halves swapped"
        );
        assert!(
            !holds(&key, &digest, &[reversed(r), reversed(s)].concat()),
            "{curve}, big-endian"
        );
        assert!(
            !holds(&key, &digest, &[reversed(s), reversed(r)].concat()),
            "{curve}, as in RFC 4491"
        );
        assert!(
            !holds(&key, &reversed(&digest), &good.to_bytes()),
            "{curve}, digest reversed"
        );
    }
}

#[test]
fn signatures_of_another_key_digest_or_curve_are_refused() {
    for curve in Curve::ALL {
        let (key, digest, signature) = signed(curve);
        let other = SigningKey::generate(curve).unwrap();
        assert_eq!(
            other.verifying_key().verify_prehash(&digest, &signature),
            Err(Error::SignatureMismatch)
        );
        let mut changed = digest.clone();
        changed[3] ^= 0x10;
        assert_eq!(
            key.verify_prehash(&changed, &signature),
            Err(Error::SignatureMismatch)
        );
        for another in Curve::ALL.into_iter().filter(|another| *another != curve) {
            let (_, _, foreign) = signed(another);
            assert_eq!(
                key.verify_prehash(&digest, &foreign),
                Err(Error::OtherCurve {
                    key: curve,
                    signature: another
                })
            );
            let _ = Signature::from_bytes(curve, &foreign.to_bytes())
                .map(|foreign| assert!(key.verify_prehash(&digest, &foreign).is_err()));
        }
    }
}

#[test]
fn wrong_lengths_are_refused() {
    for curve in Curve::ALL {
        let (key, digest, signature) = signed(curve);
        let size = curve.field_bytes();
        let private = SigningKey::generate(curve).unwrap();
        for found in [
            0,
            1,
            size - 1,
            size + 1,
            2 * size - 1,
            2 * size + 1,
            4 * size,
            1000,
        ] {
            let bytes = vec![1; found];
            assert_eq!(
                Signature::from_bytes(curve, &bytes),
                Err(Error::SignatureLength { curve, found })
            );
            assert_eq!(
                VerifyingKey::from_xy_le(curve, &bytes),
                Err(Error::PublicKeyLength { curve, found })
            );
            let error = Error::DigestLength { curve, found };
            assert_eq!(key.verify_prehash(&bytes, &signature), Err(error));
            assert_eq!(private.sign_prehash(&bytes), Err(error));
            let error = Error::PrivateKeyLength { curve, found };
            assert_eq!(SigningKey::from_le_bytes(curve, &bytes).err(), Some(error));
            if found == 0 || found > size {
                assert_eq!(SigningKey::from_be_bytes(curve, &bytes).err(), Some(error));
            }
        }
        assert!(key.verify_prehash(&digest, &signature).is_ok());
    }
}

#[test]
fn private_keys_of_zero_or_from_q_on_are_refused() {
    for curve in Curve::ALL {
        let size = curve.field_bytes();
        let error = |bytes: &[u8]| SigningKey::from_le_bytes(curve, bytes).err();
        assert_eq!(error(&vec![0; size]), Some(Error::PrivateKeyZero));
        assert_eq!(error(&order(curve)), Some(Error::PrivateKeyTooLarge));
        assert_eq!(
            error(&plus_one(order(curve))),
            Some(Error::PrivateKeyTooLarge)
        );
        assert_eq!(error(&vec![0xff; size]), Some(Error::PrivateKeyTooLarge));
        assert_eq!(error(&minus_one(order(curve))), None);
        assert_eq!(
            SigningKey::from_be_bytes(curve, &[0]).err(),
            Some(Error::PrivateKeyZero)
        );
    }
}

#[test]
fn big_endian_private_keys_may_be_written_as_asn_1_integers() {
    for curve in Curve::ALL {
        let size = curve.field_bytes();
        let mut number = vec![0; size];
        number[size - 2..].copy_from_slice(&[0x80, 0x01]);
        let key = |bytes: &[u8]| {
            *SigningKey::from_be_bytes(curve, bytes)
                .unwrap()
                .verifying_key()
        };
        assert_eq!(key(&number), key(&[0x80, 0x01]));
        assert_eq!(key(&number), key(&[0, 0x80, 0x01]));
        assert_eq!(key(&number), key(&[&[0], &number[..]].concat()));
        assert!(SigningKey::from_be_bytes(curve, &[&[1], &number[..]].concat()).is_err());
    }
}

#[test]
fn points_off_the_curve_at_infinity_or_with_long_coordinates_are_refused() {
    for curve in Curve::ALL {
        let (key, ..) = signed(curve);
        let size = curve.field_bytes();
        let error = |bytes: &[u8]| VerifyingKey::from_xy_le(curve, bytes).err();
        assert_eq!(error(&vec![0; 2 * size]), Some(Error::PointAtInfinity));
        assert_eq!(
            error(&vec![0xff; 2 * size]),
            Some(Error::CoordinateTooLarge)
        );
        for bit in (0..16 * size).step_by(7) {
            let mut bytes = key.to_xy_le();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let found = error(&bytes);
            let expected = [
                Some(Error::PointNotOnCurve),
                Some(Error::CoordinateTooLarge),
            ];
            assert!(expected.contains(&found), "{curve}, bit {bit}: {found:?}");
        }
        let swapped = [&key.to_xy_le()[size..], &key.to_xy_le()[..size]].concat();
        let expected = [
            Some(Error::PointNotOnCurve),
            Some(Error::CoordinateTooLarge),
        ];
        assert!(expected.contains(&error(&swapped)));
    }
}

/// X + p is the same point to a careless reader. It fits into the bytes only where p leaves room and X is small,
/// as that of the base points of 512-A (X = 3) and CryptoPro-A (X = 1).
#[test]
fn coordinates_that_are_not_the_smallest_are_refused() {
    for (curve, prime) in [(Curve::Gost512A, 569u16), (Curve::CryptoProA, 617)] {
        let size = curve.field_bytes();
        let mut one = vec![0; size];
        one[0] = 1;
        let base = *SigningKey::from_le_bytes(curve, &one)
            .unwrap()
            .verifying_key();
        let mut bytes = base.to_xy_le();
        let [low, high] = (u16::MAX - prime + 1 + u16::from(bytes[0])).to_le_bytes();
        bytes[..size].fill(0xff);
        bytes[..2].copy_from_slice(&[low, high]);
        assert_eq!(
            VerifyingKey::from_xy_le(curve, &bytes),
            Err(Error::CoordinateTooLarge)
        );
    }
}

#[test]
fn points_outside_the_subgroup_of_256_a_are_refused() {
    for (what, x, y) in [
        (
            "order 2",
            "0100FE73F595FF158E974B44D478D9588744FE5C192AC47EA63075DCE7A14AAA",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ),
        (
            "order 4",
            "7F7F80C60535007538B45A5D95C39353BC5D80D1F36A9DC0ACE7C5118C2F5977",
            "81817DADF060FEA055E2F0E73EB54604CAE77D8A25C026BDF948B0CB5B71EECA",
        ),
        (
            "base point plus the one of order 2",
            "18476B1AF2E5CECDC380E4C91D2A3A5C2B6C0788066615E2B4E9A63246463E96",
            "4CFA952E3B48A1409977E07FABA396136986D7E8EDC05C336154375BE5070030",
        ),
    ] {
        let bytes = [little_endian(x), little_endian(y)].concat();
        let found = VerifyingKey::from_xy_le(Curve::Gost256A, &bytes);
        assert_eq!(found, Err(Error::PointNotInSubgroup), "{what}");
    }
}

#[test]
fn nonces_that_the_standard_forbids_are_refused() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let digest = vec![7; curve.field_bytes()];
        for nonce in [
            vec![0; curve.field_bytes()],
            order(curve),
            plus_one(order(curve)),
            vec![1],
        ] {
            assert_eq!(
                key.sign_prehash_with_nonce(&digest, &nonce),
                Err(Error::Nonce)
            );
        }
    }
    // The base point of CryptoPro-C has X = 0, so the nonce 1 makes r = 0.
    let key = SigningKey::generate(Curve::CryptoProC).unwrap();
    let mut one = vec![0; 32];
    one[0] = 1;
    assert_eq!(
        key.sign_prehash_with_nonce(&[7; 32], &one),
        Err(Error::Nonce)
    );
}

#[test]
fn digest_of_zero_counts_as_one() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let size = curve.field_bytes();
        let mut one = vec![0; size];
        one[0] = 1;
        let signature = key.sign_prehash(&one).unwrap();
        for zero in [vec![0; size], order(curve)] {
            assert_eq!(
                key.verifying_key().verify_prehash(&zero, &signature),
                Ok(()),
                "{curve}"
            );
            let same = key.sign_prehash(&zero).unwrap();
            assert_eq!(
                key.verifying_key().verify_prehash(&one, &same),
                Ok(()),
                "{curve}"
            );
        }
    }
}

#[test]
fn nothing_is_signed_when_the_random_source_fails() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let digest = vec![7; curve.field_bytes()];
        assert!(key.sign_prehash_with_rng(&mut Broken, &digest).is_err());
        assert!(key.sign_prehash_with_rng(&mut Stuck, &digest).is_ok());
    }
}

/// A source of equal bytes must not lead to one nonce for two digests: r would be the same.
#[test]
fn stuck_random_source_still_gives_another_nonce_for_another_digest() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let sign = |fill: u8| {
            let digest = vec![fill; curve.field_bytes()];
            key.sign_prehash_with_rng(&mut Stuck, &digest)
                .unwrap()
                .to_bytes()
        };
        assert_eq!(sign(1), sign(1));
        assert_ne!(
            sign(1)[..curve.field_bytes()],
            sign(2)[..curve.field_bytes()]
        );
    }
}

struct Broken;

#[derive(Debug)]
struct Unavailable;

impl std::fmt::Display for Unavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no random bytes")
    }
}

impl std::error::Error for Unavailable {}

impl TryRng for Broken {
    type Error = Unavailable;

    fn try_next_u32(&mut self) -> Result<u32, Unavailable> {
        Err(Unavailable)
    }

    fn try_next_u64(&mut self) -> Result<u64, Unavailable> {
        Err(Unavailable)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Unavailable> {
        Err(Unavailable)
    }
}

impl TryCryptoRng for Broken {}

struct Stuck;

impl TryRng for Stuck {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}

fn signed(curve: Curve) -> (VerifyingKey, Vec<u8>, Signature) {
    let key = SigningKey::generate(curve).unwrap();
    let digest = curve.digest(b"refusals");
    let signature = key.sign_prehash(&digest).unwrap();
    (*key.verifying_key(), digest, signature)
}

fn holds(key: &VerifyingKey, digest: &[u8], signature: &[u8]) -> bool {
    Signature::from_bytes(key.curve(), signature)
        .and_then(|signature| key.verify_prehash(digest, &signature))
        .is_ok()
}

/// q, little-endian.
pub(crate) fn order(curve: Curve) -> Vec<u8> {
    little_endian(match curve {
        Curve::Gost512A => {
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275"
        }
        Curve::Gost256A => "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
        Curve::CryptoProA => "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
        Curve::CryptoProB => "800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F",
        Curve::CryptoProC => "9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9",
    })
}

/// The orders end in neither 00 nor ff.
fn plus_one(mut number: Vec<u8>) -> Vec<u8> {
    number[0] += 1;
    number
}

fn minus_one(mut number: Vec<u8>) -> Vec<u8> {
    number[0] -= 1;
    number
}

pub(crate) fn little_endian(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    (0..hex.len() / 2).rev().map(byte).collect()
}
