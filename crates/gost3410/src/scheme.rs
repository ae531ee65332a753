//! The two processes of GOST 34.10, on numbers.
//!
//! `Source:` GOST R 34.10-2012 sections 6.1 and 6.2 (RFC 7091, the same sections).

use crate::constant_time::declassify;
use crate::field::{Field, Wide};
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
    declassify(usable).then_some(Pair { r, s })
}

/// Whether x(s / e G - r / e Q) mod q is r.
pub(crate) fn verify<P: Params>(point: &Affine<P>, e: &P::Scalar, signature: &Pair<P>) -> bool {
    let Pair { r, s } = signature;
    let Some(v) = e.invert_vartime() else {
        return false;
    };
    let sum = add_multiples_vartime(&s.mul(&v), &r.mul(&v).neg(), point);
    // x mod q = r where x is one of r, r + q, … below p; to try them costs less than to divide.
    let mut candidate = *r.to_wide();
    while let Some(x) = P::Field::from_wide(&candidate) {
        if sum.has_x(&x) {
            return true;
        }
        match add(&candidate, &P::Scalar::ORDER) {
            Some(next) => candidate = next,
            None => return false,
        }
    }
    false
}

/// The sum of two numbers; `None` where it has more than 512 bits.
fn add(a: &Wide, b: &Wide) -> Option<Wide> {
    let mut sum = [0; 64];
    let mut carry = false;
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        (*sum, carry) = a.carrying_add(*b, carry);
    }
    (!carry).then_some(sum)
}

#[cfg(test)]
mod tests;
