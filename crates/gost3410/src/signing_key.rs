//! Private keys.

use signature::rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::constant_time::declassify;
use crate::digest_number::digest_number;
use crate::field::Wide;
use crate::nonce::Nonces;
use crate::params::{Params, with_params};
use crate::scalar::Scalar;
use crate::signature_value::widen;
use crate::{Curve, Error, Signature, VerifyingKey, scheme};

/// A private key: a number between 1 and q - 1. Wiped when dropped; has no `Debug`, `Display` or `Clone`.
pub struct SigningKey {
    secret: Zeroizing<Wide>,
    public: VerifyingKey,
}

impl SigningKey {
    /// Reads a little-endian number as long as the field: 64 or 32 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::PrivateKeyLength`], [`Error::PrivateKeyZero`] or [`Error::PrivateKeyTooLarge`].
    ///
    /// `Source:` the OCTET STRING of Kazakhstan's 2015 keys in PKCS#8; RFC 9548 for Russian keys.
    pub fn from_le_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        let secret = widen(bytes, curve.field_bytes())
            .map(Zeroizing::new)
            .ok_or(Error::PrivateKeyLength {
                curve,
                found: bytes.len(),
            })?;
        Self::new(curve, secret)
    }

    /// Reads a big-endian number as an ASN.1 INTEGER holds it: as long as the field, or one zero byte longer, or
    /// shorter where the leading bytes are zero.
    ///
    /// # Errors
    ///
    /// [`Error::PrivateKeyLength`], [`Error::PrivateKeyZero`] or [`Error::PrivateKeyTooLarge`].
    ///
    /// `Source:` the INTEGER of Kazakhstan's 2004 keys in PKCS#8.
    pub fn from_be_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        let length = Error::PrivateKeyLength {
            curve,
            found: bytes.len(),
        };
        let size = curve.field_bytes();
        let number = match bytes {
            [0, rest @ ..] if rest.len() == size => rest,
            [] => return Err(length),
            other if other.len() <= size => other,
            _ => return Err(length),
        };
        let mut secret = Zeroizing::new([0; 64]);
        secret
            .iter_mut()
            .zip(number.iter().rev())
            .for_each(|(to, from)| *to = *from);
        Self::new(curve, secret)
    }

    /// Makes a new key from the system's random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Randomness`] when the system gives none.
    ///
    /// ```
    /// # use gost3410::{Curve, SigningKey};
    /// let key = SigningKey::generate(Curve::Gost512A)?;
    /// assert_eq!(key.verifying_key().to_xy_le().len(), 128);
    /// # Ok::<(), gost3410::Error>(())
    /// ```
    #[cfg(feature = "getrandom")]
    pub fn generate(curve: Curve) -> Result<Self, Error> {
        Self::generate_with(curve, system_random)
    }

    /// Makes a new key from the random bytes of `rng`.
    ///
    /// # Errors
    ///
    /// [`Error::Randomness`] when it fails.
    pub fn generate_with_rng<R: TryCryptoRng + ?Sized>(
        curve: Curve,
        rng: &mut R,
    ) -> Result<Self, Error> {
        Self::generate_with(curve, |random| {
            rng.try_fill_bytes(random).map_err(|_| Error::Randomness)
        })
    }

    fn generate_with(
        curve: Curve,
        mut fill: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        loop {
            let mut secret = Zeroizing::new([0; 64]);
            let size = curve.field_bytes();
            fill(secret.get_mut(..size).ok_or(Error::Randomness)?)?;
            match Self::new(curve, secret) {
                // Thrown away rather than reduced, so that every key is as likely as any other.
                Err(Error::PrivateKeyZero | Error::PrivateKeyTooLarge) => {}
                made => return made,
            }
        }
    }

    fn new(curve: Curve, secret: Zeroizing<Wide>) -> Result<Self, Error> {
        let public = with_params!(curve, P => public_key::<P>(curve, &secret))?;
        Ok(Self { secret, public })
    }

    /// The key's curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.public.curve()
    }

    /// The public key that belongs to this one.
    #[must_use]
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// Signs a digest as long as the field: 64 or 32 bytes in the order the hash function gives them.
    ///
    /// The nonce comes from the key, the digest and 32 fresh bytes of the system's randomness (RFC 6979 section 3.6),
    /// so two signatures of one digest differ.
    ///
    /// # Errors
    ///
    /// [`Error::DigestLength`]; [`Error::Randomness`] when the system gives no random bytes: then nothing is signed.
    ///
    /// `Source:` GOST R 34.10-2012 section 6.1 (RFC 7091 section 6.1).
    ///
    /// ```
    /// # use gost3410::{Curve, SigningKey, Streebog256, digest::Digest};
    /// let key = SigningKey::generate(Curve::Gost256A)?;
    /// let digest = Streebog256::digest(b"what is signed");
    /// let signature = key.sign_prehash(&digest)?;
    /// key.verifying_key().verify_prehash(&digest, &signature)?;
    /// # Ok::<(), gost3410::Error>(())
    /// ```
    #[cfg(feature = "getrandom")]
    pub fn sign_prehash(&self, digest: &[u8]) -> Result<Signature, Error> {
        self.sign_prehash_with(digest, system_random)
    }

    /// Signs a digest with 32 random bytes from `fill`.
    pub(crate) fn sign_prehash_with(
        &self,
        digest: &[u8],
        fill: impl FnOnce(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Signature, Error> {
        with_params!(self.curve(), P => self.sign_hedged::<P>(digest, fill))
    }

    fn sign_hedged<P: Params>(
        &self,
        digest: &[u8],
        fill: impl FnOnce(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Signature, Error> {
        let e = digest_number::<P>(self.curve(), digest)?;
        let mut random = Zeroizing::new([0; 32]);
        fill(&mut *random)?;
        let secret = secret_number::<P>(&self.secret)?;
        let mut nonces = Nonces::new::<P>(&secret, &e, &*random);
        loop {
            let nonce = Zeroizing::new(nonces.next::<P>());
            if let Some(pair) = scheme::sign::<P>(&secret, &e, &nonce) {
                return Ok(Signature::from_pair(self.curve(), &pair));
            }
        }
    }

    /// Signs with the given nonce (little-endian, as long as the field). A nonce that is used twice or can be guessed
    /// gives the private key away: this is for comparing with published examples only.
    ///
    /// # Errors
    ///
    /// [`Error::DigestLength`], or [`Error::Nonce`] where GOST 34.10 asks for another nonce.
    #[doc(hidden)]
    pub fn sign_prehash_with_nonce(&self, digest: &[u8], nonce: &[u8]) -> Result<Signature, Error> {
        with_params!(self.curve(), P => self.sign_with_nonce::<P>(digest, nonce))
    }

    fn sign_with_nonce<P: Params>(&self, digest: &[u8], nonce: &[u8]) -> Result<Signature, Error> {
        let e = digest_number::<P>(self.curve(), digest)?;
        let nonce = Zeroizing::new(widen(nonce, P::BYTES).ok_or(Error::Nonce)?);
        let nonce = Zeroizing::new(P::Scalar::from_wide(&nonce).ok_or(Error::Nonce)?);
        if declassify(nonce.is_zero()) {
            return Err(Error::Nonce);
        }
        let secret = secret_number::<P>(&self.secret)?;
        let pair = scheme::sign::<P>(&secret, &e, &nonce).ok_or(Error::Nonce)?;
        Ok(Signature::from_pair(self.curve(), &pair))
    }
}

#[cfg(feature = "getrandom")]
fn system_random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes).map_err(|_| Error::Randomness)
}

fn public_key<P: Params>(curve: Curve, secret: &Wide) -> Result<VerifyingKey, Error> {
    let secret = secret_number::<P>(secret)?;
    if declassify(secret.is_zero()) {
        return Err(Error::PrivateKeyZero);
    }
    Ok(VerifyingKey::from_point(
        curve,
        &P::base_table().multiply(&secret),
    ))
}

fn secret_number<P: Params>(secret: &Wide) -> Result<Zeroizing<P::Scalar>, Error> {
    P::Scalar::from_wide(secret)
        .map(Zeroizing::new)
        .ok_or(Error::PrivateKeyTooLarge)
}
