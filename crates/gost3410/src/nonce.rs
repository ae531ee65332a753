//! Nonces: the deterministic ones of RFC 6979 with fresh random bytes mixed in, so that neither a weak random source
//! nor a fault in a repeated signature tells the key.
//!
//! The hash function inside is SHA-2, which has no table to look up in: Streebog on the private key would read memory
//! at places that the key decides. No reader of a signature can tell which one made the nonce.

use digest::{KeyInit, Mac};
use hmac::Hmac;
use sha2::{Sha256, Sha512};
use zeroize::{Zeroize, Zeroizing};

use crate::constant_time::declassify;
use crate::field::Wide;
use crate::params::Params;
use crate::scalar::Scalar;

/// Numbers between 1 and q - 1 from HMAC-DRBG, all a function of what it was made from.
///
/// `Source:` RFC 6979 sections 3.2 and 3.6, with SHA-512 or SHA-256, as long as the field, for the hash function.
pub(crate) struct Nonces {
    key: Zeroizing<Wide>,
    value: Zeroizing<Wide>,
    /// Bytes of the hash function and of q.
    size: usize,
    /// Whether the value has been given out as a candidate.
    used: bool,
}

impl Nonces {
    /// `secret` is the private key, `e` the number that is signed, `random` the fresh bytes.
    pub(crate) fn new<P: Params>(secret: &P::Scalar, e: &P::Scalar, random: &[u8]) -> Self {
        let size = P::BYTES;
        let mut value = Zeroizing::new([0; 64]);
        value.iter_mut().take(size).for_each(|byte| *byte = 1);
        let mut nonces = Self {
            key: Zeroizing::new([0; 64]),
            value,
            size,
            used: false,
        };
        let secret = big_endian(&secret.to_wide());
        let e = big_endian(&e.to_wide());
        nonces.stir(0, &[tail(&secret, size), tail(&e, size), random]);
        nonces.stir(1, &[tail(&secret, size), tail(&e, size), random]);
        nonces
    }

    /// The next number: candidates that are zero or not below q are thrown away, never reduced.
    pub(crate) fn next<P: Params>(&mut self) -> P::Scalar {
        loop {
            if self.used {
                self.stir(0, &[]);
            }
            self.value = self.mac(&[head(&self.value, self.size)]);
            self.used = true;
            if let Some(number) = candidate::<P>(&self.value) {
                return number;
            }
        }
    }

    fn stir(&mut self, mark: u8, parts: &[&[u8]]) {
        let mut all: [&[u8]; 5] = [head(&self.value, self.size), &[mark], &[], &[], &[]];
        all.iter_mut()
            .skip(2)
            .zip(parts)
            .for_each(|(place, part)| *place = part);
        self.key = self.mac(&all);
        self.value = self.mac(&[head(&self.value, self.size)]);
    }

    fn mac(&self, parts: &[&[u8]]) -> Zeroizing<Wide> {
        if self.size == 64 {
            mac::<Hmac<Sha512>>(&self.key, parts)
        } else {
            mac::<Hmac<Sha256>>(&self.key, parts)
        }
    }
}

/// The leftmost bits of a big-endian string, as many as q has; `None` where that is zero or not below q.
fn candidate<P: Params>(value: &Wide) -> Option<P::Scalar> {
    let mut number = Zeroizing::new([0; 64]);
    let (used, _) = value.split_at_checked(P::BYTES)?;
    number
        .iter_mut()
        .zip(used.iter().rev())
        .for_each(|(to, from)| *to = *from);
    let spare = 8 * P::BYTES - P::Scalar::ORDER_BITS;
    let mut above = 0;
    for byte in number.iter_mut().rev() {
        let wide = u16::from_be_bytes([above, *byte]);
        above = *byte;
        *byte = (wide >> spare) as u8;
    }
    // That a candidate was thrown away tells nothing of the one that is used.
    P::Scalar::from_wide(&number).filter(|number| !declassify(number.is_zero()))
}

/// The key is filled up with zeros to a block of the hash function, as HMAC does with a shorter one.
fn mac<M: Mac + KeyInit>(key: &Wide, parts: &[&[u8]]) -> Zeroizing<Wide> {
    let mut block = digest::Key::<M>::default();
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = <M as KeyInit>::new(&block);
    block.as_mut_slice().zeroize();
    parts.iter().for_each(|part| mac.update(part));
    let mut code = mac.finalize().into_bytes();
    let mut wide = Zeroizing::new([0; 64]);
    wide.iter_mut()
        .zip(code.iter())
        .for_each(|(to, from)| *to = *from);
    code.as_mut_slice().zeroize();
    wide
}

fn big_endian(number: &Wide) -> Zeroizing<Wide> {
    let mut reversed = Zeroizing::new(*number);
    reversed.reverse();
    reversed
}

fn head(bytes: &Wide, size: usize) -> &[u8] {
    bytes.get(..size).unwrap_or(bytes)
}

fn tail(bytes: &Wide, size: usize) -> &[u8] {
    bytes.get(bytes.len() - size..).unwrap_or(bytes)
}

#[cfg(test)]
mod tests;
