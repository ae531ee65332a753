//! What is signed verifies, through every entry.

use gost3410::{Curve, Error, Signature, SigningKey, VerifyingKey};
use proptest::prelude::*;
use signature::hazmat::{PrehashSigner, PrehashVerifier};
use signature::{Signer, Verifier};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn signatures_verify_with_the_key_read_back(
        curve in proptest::sample::select(&Curve::ALL[..]),
        secret in any::<[u8; 64]>(),
        digest in any::<[u8; 64]>(),
        flip in any::<u16>(),
    ) {
        let size = curve.field_bytes();
        let key = match SigningKey::from_le_bytes(curve, &secret[..size]) {
            Err(Error::PrivateKeyTooLarge) => return Ok(()),
            key => key.unwrap(),
        };
        let mut digest = digest[..size].to_vec();
        let signature = key.sign_prehash(&digest).unwrap();

        let public = VerifyingKey::from_xy_le(curve, &key.verifying_key().to_xy_le()).unwrap();
        let signature = Signature::from_bytes(curve, &signature.to_bytes()).unwrap();
        prop_assert_eq!(public.verify_prehash(&digest, &signature), Ok(()));

        digest[usize::from(flip) / 8 % size] ^= 1 << (flip % 8);
        prop_assert_eq!(public.verify_prehash(&digest, &signature), Err(Error::SignatureMismatch));
    }

    #[test]
    fn any_bytes_are_read_or_refused_by_name(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for curve in Curve::ALL {
            if let Ok(signature) = Signature::from_bytes(curve, &bytes) {
                prop_assert_eq!(&signature.to_bytes(), &bytes);
            }
            if let Ok(key) = VerifyingKey::from_xy_le(curve, &bytes) {
                prop_assert_eq!(&key.to_xy_le(), &bytes);
            }
            let _ = SigningKey::from_be_bytes(curve, &bytes).map(|key| key.curve());
        }
    }
}

#[test]
fn two_signatures_of_one_digest_differ() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let digest = vec![5; curve.field_bytes()];
        assert_ne!(
            key.sign_prehash(&digest).unwrap(),
            key.sign_prehash(&digest).unwrap()
        );
    }
}

#[test]
fn traits_of_the_signature_crate_sign_and_verify() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let public = signature::Keypair::verifying_key(&key);
        let signature = key.sign(b"message");
        public.verify(b"message", &signature).unwrap();
        public.verify(b"massage", &signature).unwrap_err();

        let digest = curve.digest(b"message");
        PrehashVerifier::verify_prehash(&public, &digest, &signature).unwrap();
        let signature = PrehashSigner::sign_prehash(&key, &digest).unwrap();
        public.verify(b"message", &signature).unwrap();
        PrehashSigner::sign_prehash(&key, b"not a digest").unwrap_err();
    }
}

#[test]
fn private_keys_at_both_ends_of_the_range_work() {
    for curve in Curve::ALL {
        let size = curve.field_bytes();
        let mut small = vec![0; size];
        for number in 1..=40 {
            small[0] = number;
            let key = SigningKey::from_le_bytes(curve, &small).unwrap();
            let digest = vec![number; size];
            let signature = key.sign_prehash(&digest).unwrap();
            assert_eq!(
                key.verifying_key().verify_prehash(&digest, &signature),
                Ok(())
            );
        }
    }
}

#[test]
fn small_nonces_give_signatures_that_verify() {
    for curve in Curve::ALL {
        let key = SigningKey::generate(curve).unwrap();
        let digest = vec![9; curve.field_bytes()];
        let mut nonce = vec![0; curve.field_bytes()];
        for number in 2..=70 {
            nonce[0] = number;
            let signature = key.sign_prehash_with_nonce(&digest, &nonce).unwrap();
            assert_eq!(
                key.verifying_key().verify_prehash(&digest, &signature),
                Ok(()),
                "{number}"
            );
        }
    }
}
