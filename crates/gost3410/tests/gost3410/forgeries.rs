//! A table of signatures that must not verify, in the manner of Wycheproof: each is what a careless verifier takes.

use gost3410::{Curve, Signature, SigningKey, VerifyingKey};

use crate::refusals::{little_endian, order};

struct Case {
    what: &'static str,
    key: VerifyingKey,
    digest: Vec<u8>,
    signature: Vec<u8>,
}

#[test]
fn no_signature_of_the_table_verifies() {
    for curve in Curve::ALL {
        let cases = cases(curve);
        assert!(cases.len() >= 40);
        for case in cases {
            let verified = Signature::from_bytes(curve, &case.signature)
                .and_then(|signature| case.key.verify_prehash(&case.digest, &signature));
            assert!(verified.is_err(), "{curve}: {}", case.what);
        }
    }
}

/// So that the table proves something, the signature that it starts from holds.
fn cases(curve: Curve) -> Vec<Case> {
    let size = curve.field_bytes();
    let private = SigningKey::generate(curve).unwrap();
    let key = *private.verifying_key();
    let digest = curve.digest(b"what is signed");
    let good = private.sign_prehash(&digest).unwrap();
    key.verify_prehash(&digest, &good).unwrap();
    let good = good.to_bytes();
    let (r, s) = good.split_at(size);
    let q = order(curve);
    let zero = vec![0; size];
    let number = |low: u8| {
        let mut number = zero.clone();
        number[0] = low;
        number
    };
    let ones = vec![0xff; size];
    let with = |what, r: &[u8], s: &[u8]| Case {
        what,
        key,
        digest: digest.clone(),
        signature: [r, s].concat(),
    };
    let mut cases = vec![
        with("r = 0", &zero, s),
        with("s = 0", r, &zero),
        with("r = s = 0", &zero, &zero),
        with("r = 0, s = 1", &zero, &number(1)),
        with("r = 1, s = 0", &number(1), &zero),
        with("r = s = 1", &number(1), &number(1)),
        with("r = 1", &number(1), s),
        with("s = 1", r, &number(1)),
        with("r = q", &q, s),
        with("s = q", r, &q),
        with("r = s = q", &q, &q),
        with("r = q, s = 0", &q, &zero),
        with("r = q - 1", &minus(&q, &number(1)), s),
        with("s = q - 1", r, &minus(&q, &number(1))),
        with("r = q + 1", &plus(&q, &number(1)), s),
        with("s = q + 1", r, &plus(&q, &number(1))),
        with("r all ones", &ones, s),
        with("s all ones", r, &ones),
        with("both all ones", &ones, &ones),
        with("-r", &minus(&q, r), s),
        with("-s", r, &minus(&q, s)),
        with("-r, -s", &minus(&q, r), &minus(&q, s)),
        with("r + q, modulo 2^n", &plus(r, &q), s),
        with("s + q, modulo 2^n", r, &plus(s, &q)),
        with("halves swapped", s, r),
        with("r twice", r, r),
        with("s twice", s, s),
        with("r big-endian", &reversed(r), s),
        with("s big-endian", r, &reversed(s)),
        with("both big-endian", &reversed(r), &reversed(s)),
        with("all reversed, as in RFC 4491", &reversed(s), &reversed(r)),
        with("r + 1", &plus(r, &number(1)), s),
        with("s + 1", r, &plus(s, &number(1))),
        with("r the digest", &digest, s),
        with("cut by a byte", r, &s[1..]),
        with("a byte longer", r, &[s, &[0]].concat()),
        with("a leading byte", &[&[0], r].concat(), s),
        with("r alone", r, &[]),
        with("empty", &[], &[]),
        with("twice in a row", &[r, s].concat(), &[r, s].concat()),
    ];
    let of = |what, key: VerifyingKey, digest: Vec<u8>| Case {
        what,
        key,
        digest,
        signature: good.clone(),
    };
    let other = *SigningKey::generate(curve).unwrap().verifying_key();
    let mut negative = key.to_xy_le();
    let prime = prime(curve);
    let y = minus(&prime, &negative[size..]);
    negative[size..].copy_from_slice(&y);
    let negative = VerifyingKey::from_xy_le(curve, &negative).unwrap();
    cases.extend([
        of("another key", other, digest.clone()),
        of("the negative of the key", negative, digest.clone()),
        of("digest reversed", key, reversed(&digest)),
        of("digest of zeros", key, zero.clone()),
        of("digest of q", key, q.clone()),
        of("digest + 1", key, plus(&digest, &number(1))),
        of("digest of nothing", key, curve.digest(b"")),
        of("digest cut by a byte", key, digest[1..].to_vec()),
        of("digest a byte longer", key, [&digest[..], &[0]].concat()),
        of("no digest", key, Vec::new()),
    ]);
    // With the base point for a key, s = r makes s G - r Q infinity, which has no x.
    let base = *SigningKey::from_le_bytes(curve, &number(1))
        .unwrap()
        .verifying_key();
    for r in [r, &number(1), &minus(&q, &number(1))] {
        cases.push(Case {
            what: "the sum is infinity",
            key: base,
            digest: digest.clone(),
            signature: [r, r].concat(),
        });
    }
    for bit in 0..8 * good.len() {
        let mut signature = good.clone();
        signature[bit / 8] ^= 1 << (bit % 8);
        cases.push(Case {
            what: "one bit of the signature",
            key,
            digest: digest.clone(),
            signature,
        });
    }
    for bit in (0..8 * size).step_by(3) {
        let mut digest = digest.clone();
        digest[bit / 8] ^= 1 << (bit % 8);
        cases.push(of("one bit of the digest", key, digest));
    }
    cases
}

#[test]
fn signatures_of_one_curve_are_none_of_another() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let digest = curve.digest(b"what is signed");
        let signature = key.sign_prehash(&digest).unwrap();
        for other in Curve::ALL.into_iter().filter(|other| *other != curve) {
            let verifier = SigningKey::generate(other).unwrap();
            let verifier = verifier.verifying_key();
            let digest = other.digest(b"what is signed");
            assert!(verifier.verify_prehash(&digest, &signature).is_err());
            let read = Signature::from_bytes(other, &signature.to_bytes());
            assert!(read.is_err() || verifier.verify_prehash(&digest, &read.unwrap()).is_err());
            let point = key.verifying_key().to_xy_le();
            assert!(VerifyingKey::from_xy_le(other, &point).is_err());
        }
    }
}

fn reversed(number: &[u8]) -> Vec<u8> {
    number.iter().rev().copied().collect()
}

/// Modulo 2^n.
fn plus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = false;
    a.iter()
        .zip(b)
        .map(|(a, b)| {
            let sum;
            (sum, carry) = a.carrying_add(*b, carry);
            sum
        })
        .collect()
}

/// Modulo 2^n.
fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    a.iter()
        .zip(b)
        .map(|(a, b)| {
            let difference;
            (difference, borrow) = a.borrowing_sub(*b, borrow);
            difference
        })
        .collect()
}

fn prime(curve: Curve) -> Vec<u8> {
    let hex = match curve {
        Curve::Gost512A => {
            return [&0xfdc7_u16.to_le_bytes()[..], &[0xff; 62]].concat();
        }
        Curve::Gost256A | Curve::CryptoProA => {
            return [&0xfd97_u16.to_le_bytes()[..], &[0xff; 30]].concat();
        }
        Curve::CryptoProB => "8000000000000000000000000000000000000000000000000000000000000C99",
        Curve::CryptoProC => "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B",
    };
    little_endian(hex)
}
