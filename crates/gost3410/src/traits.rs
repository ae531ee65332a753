//! The traits of the `signature` crate.

use alloc::vec::Vec;

use digest::Digest;
use signature::hazmat::{PrehashSigner, PrehashVerifier, RandomizedPrehashSigner};
use signature::rand_core::TryCryptoRng;
use signature::{Keypair, RandomizedSigner, Signer, Verifier};

use crate::{
    Curve, Error, Gost341195, Signature, SigningKey, Streebog256, Streebog512, VerifyingKey,
};

impl Curve {
    /// The message's digest by the hash function that Kazakhstan uses with the curve: Streebog of the field's length
    /// for the 2015 curves, GOST 34.311-95 for the older ones.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Gost512A => Streebog512::digest(message).to_vec(),
            Self::Gost256A => Streebog256::digest(message).to_vec(),
            Self::CryptoProA | Self::CryptoProB | Self::CryptoProC => {
                Gost341195::digest(message).to_vec()
            }
        }
    }
}

impl PrehashSigner<Signature> for SigningKey {
    fn sign_prehash(&self, prehash: &[u8]) -> Result<Signature, signature::Error> {
        Ok(Self::sign_prehash(self, prehash)?)
    }
}

impl RandomizedPrehashSigner<Signature> for SigningKey {
    fn sign_prehash_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        prehash: &[u8],
    ) -> Result<Signature, signature::Error> {
        let fill = |random: &mut [u8]| rng.try_fill_bytes(random).map_err(|_| Error::Randomness);
        Ok(self.sign_prehash_with(prehash, fill)?)
    }
}

impl PrehashVerifier<Signature> for VerifyingKey {
    fn verify_prehash(
        &self,
        prehash: &[u8],
        signature: &Signature,
    ) -> Result<(), signature::Error> {
        Ok(Self::verify_prehash(self, prehash, signature)?)
    }
}

/// Signs the message's [`Curve::digest`].
impl Signer<Signature> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<Signature, signature::Error> {
        Ok(Self::sign_prehash(self, &self.curve().digest(message))?)
    }
}

/// Signs the message's [`Curve::digest`].
impl RandomizedSigner<Signature> for SigningKey {
    fn try_sign_with_rng<R: TryCryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        message: &[u8],
    ) -> Result<Signature, signature::Error> {
        self.sign_prehash_with_rng(rng, &self.curve().digest(message))
    }
}

/// Verifies the signature of the message's [`Curve::digest`].
impl Verifier<Signature> for VerifyingKey {
    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), signature::Error> {
        Ok(Self::verify_prehash(
            self,
            &self.curve().digest(message),
            signature,
        )?)
    }
}

impl Keypair for SigningKey {
    type VerifyingKey = VerifyingKey;

    fn verifying_key(&self) -> VerifyingKey {
        *Self::verifying_key(self)
    }
}
