//! Signature bytes.

use core::fmt;

use crate::field::Wide;
use crate::params::{Params, with_params};
use crate::scalar::Scalar;
use crate::scheme::Pair;
use crate::{Curve, Error};

/// A signature: r and s, both between 1 and q - 1.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Signature {
    curve: Curve,
    r: Wide,
    s: Wide,
}

impl Signature {
    /// Reads r‖s, each little-endian and as long as the field: 128 or 64 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::SignatureLength`], [`Error::SignatureZero`] or [`Error::SignatureTooLarge`].
    ///
    /// `Source:` the bytes of X.509, CRL, OCSP, CMS and XML signatures made in Kazakhstan (the reverse of RFC 4491).
    pub fn from_bytes(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        let size = curve.field_bytes();
        let (r, s) = split(bytes, size).ok_or(Error::SignatureLength {
            curve,
            found: bytes.len(),
        })?;
        for number in [&r, &s] {
            with_params!(curve, P => check::<P>(number))?;
        }
        Ok(Self { curve, r, s })
    }

    /// r‖s, each little-endian and as long as the field: 128 or 64 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> alloc::vec::Vec<u8> {
        join(&self.r, &self.s, self.curve.field_bytes())
    }

    /// Reads s‖r, each big-endian and as long as the field, as Russian certificates and CMS hold it: the reverse of
    /// [`Self::from_bytes`].
    ///
    /// # Errors
    ///
    /// Those of [`Self::from_bytes`].
    ///
    /// `Source:` RFC 4491 section 2.2.2, RFC 9215 section 3.
    pub fn from_rfc4491(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        let mut reversed = bytes.to_vec();
        reversed.reverse();
        Self::from_bytes(curve, &reversed)
    }

    /// s‖r, each big-endian and as long as the field: the reverse of [`Self::to_bytes`].
    #[must_use]
    pub fn to_rfc4491(&self) -> alloc::vec::Vec<u8> {
        let mut bytes = self.to_bytes();
        bytes.reverse();
        bytes
    }

    /// The curve the signature is for.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    pub(crate) fn from_pair<P: Params>(curve: Curve, pair: &Pair<P>) -> Self {
        Self {
            curve,
            r: *pair.r.to_wide(),
            s: *pair.s.to_wide(),
        }
    }

    /// `None` for a signature of a longer curve.
    pub(crate) fn to_pair<P: Params>(self) -> Option<Pair<P>> {
        Some(Pair {
            r: P::Scalar::from_wide(&self.r)?,
            s: P::Scalar::from_wide(&self.s)?,
        })
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({}, ", self.curve)?;
        for byte in self.to_bytes() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

fn check<P: Params>(number: &Wide) -> Result<(), Error> {
    let number = P::Scalar::from_wide(number).ok_or(Error::SignatureTooLarge)?;
    if number.is_zero().into() {
        Err(Error::SignatureZero)
    } else {
        Ok(())
    }
}

/// Two little-endian numbers of `size` bytes each; `None` where the length is another.
pub(crate) fn split(bytes: &[u8], size: usize) -> Option<(Wide, Wide)> {
    let (first, second) = bytes.split_at_checked(size)?;
    Some((widen(first, size)?, widen(second, size)?))
}

/// A little-endian number of exactly `size` bytes.
pub(crate) fn widen(bytes: &[u8], size: usize) -> Option<Wide> {
    let mut wide = [0; 64];
    (bytes.len() == size).then_some(())?;
    wide.get_mut(..size)?.copy_from_slice(bytes);
    Some(wide)
}

/// The reverse of [`split`].
pub(crate) fn join(first: &Wide, second: &Wide, size: usize) -> alloc::vec::Vec<u8> {
    first
        .iter()
        .take(size)
        .chain(second.iter().take(size))
        .copied()
        .collect()
}
