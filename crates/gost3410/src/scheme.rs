//! The two processes of GOST 34.10, on numbers.
//!
//! `Source:` GOST R 34.10-2012 sections 6.1 and 6.2 (RFC 7091, the same sections).

use crate::field::Field;
use crate::group::{Affine, add_multiples_vartime};
use crate::params::Params;
use crate::scalar::Scalar;

/// r and s.
pub(crate) struct Pair<P: Params> {
    pub(crate) r: P::Scalar,
    pub(crate) s: P::Scalar,
}

/// r = x(k G) mod q and s = r d + k e mod q; `None` where one of them is zero and another k is to be taken.
///
/// The private key d and the nonce k, neither of them zero, do not show in the time it takes.
pub(crate) fn sign<P: Params>(d: &P::Scalar, e: &P::Scalar, k: &P::Scalar) -> Option<Pair<P>> {
    let r = P::Scalar::from_wide_reduced(&P::base_table().multiply(k).x.to_wide());
    let s = r.mul(d).add(&k.mul(e));
    let usable = !(r.is_zero() | s.is_zero());
    bool::from(usable).then_some(Pair { r, s })
}

/// Whether x(s / e G - r / e Q) mod q is r.
pub(crate) fn verify<P: Params>(point: &Affine<P>, e: &P::Scalar, signature: &Pair<P>) -> bool {
    let Pair { r, s } = signature;
    let Some(v) = e.invert_vartime() else {
        return false;
    };
    let Some(sum) = add_multiples_vartime(&s.mul(&v), &r.mul(&v).neg(), point) else {
        return false;
    };
    P::Scalar::from_wide_reduced(&sum.x.to_wide()).to_wide() == r.to_wide()
}

#[cfg(test)]
mod tests;
