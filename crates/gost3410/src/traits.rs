//! The traits of the `signature` crate.

use alloc::vec::Vec;

use digest::{Digest, FixedOutput, Update};
#[cfg(feature = "getrandom")]
use signature::hazmat::PrehashSigner;
use signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use signature::rand_core::TryCryptoRng;
#[cfg(feature = "getrandom")]
use signature::{DigestSigner, Signer};
use signature::{DigestVerifier, KeypairRef, RandomizedDigestSigner, RandomizedSigner, Verifier};

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

#[cfg(feature = "getrandom")]
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
#[cfg(feature = "getrandom")]
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

/// Signs the digest of what `f` feeds to the hash function, whose output must be as long as the field.
#[cfg(feature = "getrandom")]
impl<D: Default + FixedOutput + Update> DigestSigner<D, Signature> for SigningKey {
    fn try_sign_digest<F: Fn(&mut D) -> Result<(), signature::Error>>(
        &self,
        f: F,
    ) -> Result<Signature, signature::Error> {
        Ok(Self::sign_prehash(self, &digest_of(f)?)?)
    }
}

/// Signs the digest of what `f` feeds to the hash function, whose output must be as long as the field.
impl<D: Default + FixedOutput + Update> RandomizedDigestSigner<D, Signature> for SigningKey {
    fn try_sign_digest_with_rng<
        R: TryCryptoRng + ?Sized,
        F: Fn(&mut D) -> Result<(), signature::Error>,
    >(
        &self,
        rng: &mut R,
        f: F,
    ) -> Result<Signature, signature::Error> {
        self.sign_prehash_with_rng(rng, &digest_of(f)?)
    }
}

/// Verifies the signature of the digest of what `f` feeds to the hash function.
impl<D: Default + FixedOutput + Update> DigestVerifier<D, Signature> for VerifyingKey {
    fn verify_digest<F: Fn(&mut D) -> Result<(), signature::Error>>(
        &self,
        f: F,
        signature: &Signature,
    ) -> Result<(), signature::Error> {
        Ok(Self::verify_prehash(self, &digest_of(f)?, signature)?)
    }
}

fn digest_of<D: Default + FixedOutput + Update>(
    f: impl Fn(&mut D) -> Result<(), signature::Error>,
) -> Result<digest::Output<D>, signature::Error> {
    let mut hasher = D::default();
    f(&mut hasher)?;
    Ok(hasher.finalize_fixed())
}

impl AsRef<VerifyingKey> for SigningKey {
    fn as_ref(&self) -> &VerifyingKey {
        self.verifying_key()
    }
}

impl KeypairRef for SigningKey {
    type VerifyingKey = VerifyingKey;
}
