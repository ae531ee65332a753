//! The traits of the `signature` crate, by generic functions that know nothing else.

use gost3410::digest::{Digest, FixedOutput, Update};
use gost3410::{Curve, Gost341195, Signature, SigningKey, Streebog256, Streebog512, VerifyingKey};
use signature::hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner};
use signature::rand_core::{TryCryptoRng, TryRng};
use signature::{
    DigestSigner, DigestVerifier, Keypair, RandomizedDigestSigner, RandomizedSigner, Signer,
    Verifier,
};

const MESSAGE: &[u8] = b"what is signed";

#[test]
fn every_way_of_signing_goes_with_every_way_of_verifying() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let verifier = Keypair::verifying_key(&key);
        match curve {
            Curve::Gost512A => check::<Streebog512>(&key, &verifier),
            Curve::Gost256A => check::<Streebog256>(&key, &verifier),
            Curve::CryptoProA | Curve::CryptoProB | Curve::CryptoProC => {
                check::<Gost341195>(&key, &verifier);
            }
        }
    }
}

#[test]
fn keys_are_generated_from_a_random_source_of_the_caller() {
    for curve in Curve::ALL {
        let key = SigningKey::generate_with_rng(curve, &mut System).unwrap();
        let other = SigningKey::generate_with_rng(curve, &mut System).unwrap();
        assert_ne!(key.verifying_key(), other.verifying_key());
    }
}

#[test]
fn hash_functions_of_another_length_are_refused() {
    let key = SigningKey::generate(Curve::Gost512A).unwrap();
    let made: Result<Signature, _> = key.try_sign_digest(|digest: &mut Streebog256| {
        Digest::update(digest, MESSAGE);
        Ok(())
    });
    assert!(made.is_err());
}

fn check<D: Digest + Default + FixedOutput + Update>(
    key: &(
         impl Signer<Signature>
         + PrehashSigner<Signature>
         + DigestSigner<D, Signature>
         + RandomizedSigner<Signature>
         + RandomizedPrehashSigner<Signature>
         + RandomizedDigestSigner<D, Signature>
     ),
    verifier: &(impl Verifier<Signature> + PrehashVerifier<Signature> + DigestVerifier<D, Signature>),
) {
    let feed = |digest: &mut D| {
        Digest::update(digest, MESSAGE);
        Ok(())
    };
    let prehash = D::digest(MESSAGE);
    for signature in [
        key.sign(MESSAGE),
        PrehashSigner::sign_prehash(key, &prehash).unwrap(),
        key.try_sign_digest(feed).unwrap(),
        key.try_sign_with_rng(&mut System, MESSAGE).unwrap(),
        key.sign_prehash_with_rng(&mut System, &prehash).unwrap(),
        key.try_sign_digest_with_rng(&mut System, feed).unwrap(),
    ] {
        assert!(verifier.verify(MESSAGE, &signature).is_ok());
        assert!(verifier.verify(b"another", &signature).is_err());
        assert!(PrehashVerifier::verify_prehash(verifier, &prehash, &signature).is_ok());
        assert!(verifier.verify_digest(feed, &signature).is_ok());
    }
}

/// The system's random bytes.
struct System;

impl TryRng for System {
    type Error = getrandom::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        getrandom::u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        getrandom::u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        getrandom::fill(bytes)
    }
}

impl TryCryptoRng for System {}

/// Keys can be handed to other threads.
#[test]
fn keys_are_send_and_sync() {
    fn check<T: Send + Sync>() {}
    check::<SigningKey>();
    check::<VerifyingKey>();
    check::<Signature>();
}
