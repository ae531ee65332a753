//! Public keys.

use core::fmt;

use crate::digest_number::digest_number;
use crate::field::{Field, Wide};
use crate::group::{Affine, is_in_subgroup_vartime};
use crate::params::{Params, with_params};
use crate::signature_value::{join, split};
use crate::{Curve, Error, Signature, scheme};

/// A public key: a point of the curve's subgroup of prime order, never infinity.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct VerifyingKey {
    curve: Curve,
    x: Wide,
    y: Wide,
}

impl VerifyingKey {
    /// Reads X‖Y, each little-endian and as long as the field: 128 or 64 bytes.
    ///
    /// # Errors
    ///
    /// [`Error::PublicKeyLength`], [`Error::PointAtInfinity`], [`Error::CoordinateTooLarge`],
    /// [`Error::PointNotOnCurve`] or [`Error::PointNotInSubgroup`].
    ///
    /// `Source:` the OCTET STRING inside subjectPublicKey of Kazakhstan's certificates; RFC 4491 section 2.3.2.
    pub fn from_xy_le(curve: Curve, bytes: &[u8]) -> Result<Self, Error> {
        let (x, y) = split(bytes, curve.field_bytes()).ok_or(Error::PublicKeyLength {
            curve,
            found: bytes.len(),
        })?;
        if x == [0; 64] && y == [0; 64] {
            return Err(Error::PointAtInfinity);
        }
        let key = Self { curve, x, y };
        with_params!(curve, P => key.check::<P>())?;
        Ok(key)
    }

    /// X‖Y, each little-endian and as long as the field: 128 or 64 bytes.
    #[must_use]
    pub fn to_xy_le(&self) -> alloc::vec::Vec<u8> {
        join(&self.x, &self.y, self.curve.field_bytes())
    }

    /// The key's curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// Whether the signature is this key's signature of the digest, which is as long as the field (64 or 32 bytes in
    /// the order the hash function gives them).
    ///
    /// # Errors
    ///
    /// [`Error::SignatureMismatch`] when it is not; [`Error::DigestLength`] or [`Error::OtherCurve`] when it cannot be.
    ///
    /// `Source:` GOST R 34.10-2012 section 6.2 (RFC 7091 section 6.2).
    pub fn verify_prehash(&self, digest: &[u8], signature: &Signature) -> Result<(), Error> {
        if signature.curve() != self.curve {
            return Err(Error::OtherCurve {
                key: self.curve,
                signature: signature.curve(),
            });
        }
        with_params!(self.curve, P => self.verify::<P>(digest, signature))
    }

    fn check<P: Params>(&self) -> Result<(), Error> {
        let point = self.point::<P>().ok_or(Error::CoordinateTooLarge)?;
        if !point.is_on_curve() {
            return Err(Error::PointNotOnCurve);
        }
        if P::HAS_COFACTOR && !is_in_subgroup_vartime(&point) {
            return Err(Error::PointNotInSubgroup);
        }
        Ok(())
    }

    fn verify<P: Params>(&self, digest: &[u8], signature: &Signature) -> Result<(), Error> {
        let e = digest_number::<P>(self.curve, digest)?;
        let point = self.point::<P>().ok_or(Error::SignatureMismatch)?;
        let pair = signature.to_pair::<P>().ok_or(Error::SignatureMismatch)?;
        scheme::verify(&point, &e, &pair)
            .then_some(())
            .ok_or(Error::SignatureMismatch)
    }

    pub(crate) fn from_point<P: Params>(curve: Curve, point: &Affine<P>) -> Self {
        Self {
            curve,
            x: point.x.to_wide(),
            y: point.y.to_wide(),
        }
    }

    fn point<P: Params>(&self) -> Option<Affine<P>> {
        Some(Affine {
            x: P::Field::from_wide(&self.x)?,
            y: P::Field::from_wide(&self.y)?,
        })
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, ", self.curve)?;
        for byte in self.to_xy_le() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}
