//! Jacobian coordinates with the usual faster formulas, which have exceptions and branch on them: for public values
//! only (verification, tables), but for [`Jacobian::add_distinct_affine`].
//!
//! `Source:` Bernstein, Lange, Explicit-Formulas Database, shortw/jacobian: dbl-2001-b and add-1998-cmo-2.

use super::Affine;
use crate::field::{Field, Wide, invert_all};
use crate::params::Params;
use crate::scalar::Scalar;

/// Digits of a signed window are odd and below 2^(WINDOW - 1) in size.
const WINDOW: usize = 5;
/// Odd multiples 1, 3, … that the digits pick from.
const ODD_MULTIPLES: usize = 1 << (WINDOW - 2);

/// The point (x / z^2, y / z^3), or infinity where z is zero.
pub(crate) struct Jacobian<P: Params> {
    pub(super) x: P::Field,
    pub(super) y: P::Field,
    pub(super) z: P::Field,
}

/// `base_factor` times the base point plus `factor` times `point`.
pub(crate) fn add_multiples_vartime<P: Params>(
    base_factor: &P::Scalar,
    factor: &P::Scalar,
    point: &Affine<P>,
) -> Jacobian<P> {
    let mut sum = Jacobian::multiple(&factor.to_wide(), point);
    P::base_table().for_each_vartime(base_factor, |multiple| sum = sum.add_affine(multiple));
    sum
}

/// Whether q times the point is infinity.
pub(crate) fn is_in_subgroup_vartime<P: Params>(point: &Affine<P>) -> bool {
    Jacobian::multiple(&P::Scalar::ORDER, point).is_infinity()
}

impl<P: Params> Jacobian<P> {
    const INFINITY: Self = Self {
        x: P::Field::ONE,
        y: P::Field::ONE,
        z: P::Field::ZERO,
    };

    pub(super) fn from_affine(point: &Affine<P>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: P::Field::ONE,
        }
    }

    /// Whether this is a point with the coordinate `x`.
    pub(crate) fn has_x(&self, x: &P::Field) -> bool {
        !self.is_infinity() && self.z.square().mul(x).sub(&self.x).is_zero().into()
    }

    /// All points' coordinates with a single inversion. None may be infinity.
    pub(super) fn all_to_affine(points: &[Self]) -> alloc::vec::Vec<Affine<P>> {
        let mut inverses: alloc::vec::Vec<_> = points.iter().map(|point| point.z).collect();
        invert_all(&mut inverses);
        points
            .iter()
            .zip(&inverses)
            .map(|(point, inverse)| point.scaled(inverse))
            .collect()
    }

    fn scaled(&self, inverse: &P::Field) -> Affine<P> {
        let square = inverse.square();
        Affine {
            x: self.x.mul(&square),
            y: self.y.mul(&square.mul(inverse)),
        }
    }

    fn is_infinity(&self) -> bool {
        self.z.is_zero().into()
    }

    fn neg(&self) -> Self {
        Self {
            x: self.x,
            y: self.y.neg(),
            z: self.z,
        }
    }

    /// `factor` times `point`, by a signed window.
    pub(super) fn multiple(factor: &Wide, point: &Affine<P>) -> Self {
        let single = Self::from_affine(point);
        let double = single.double();
        let mut odd = [const { Self::INFINITY }; ODD_MULTIPLES];
        let mut next = single;
        for multiple in &mut odd {
            *multiple = next;
            next = multiple.add(&double);
        }

        let mut sum = Self::INFINITY;
        let digits = signed_window(factor);
        for digit in digits.iter().rev().skip_while(|digit| **digit == 0) {
            sum = sum.double();
            if let Some(multiple) = odd.get(usize::from(digit.unsigned_abs() / 2)) {
                match digit.signum() {
                    1 => sum = sum.add(multiple),
                    -1 => sum = sum.add(&multiple.neg()),
                    _ => {}
                }
            }
        }
        sum
    }

    pub(super) fn double(&self) -> Self {
        let zz = self.z.square();
        let yy = self.y.square();
        let slope = if P::A_IS_MINUS_3 {
            self.x.sub(&zz).mul(&self.x.add(&zz)).triple()
        } else {
            self.x.square().triple().add(&P::A.mul(&zz.square()))
        };
        let xyy4 = self.x.mul(&yy).double().double();
        let x = slope.square().sub(&xyy4.double());
        let yyyy8 = yy.square().double().double().double();
        Self {
            x,
            y: slope.mul(&xyy4.sub(&x)).sub(&yyyy8),
            z: self.y.add(&self.z).square().sub(&yy).sub(&zz),
        }
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        if self.is_infinity() {
            return Self { ..*other };
        }
        if other.is_infinity() {
            return Self { ..*self };
        }
        let zz = other.z.square();
        let x = self.x.mul(&zz);
        let y = self.y.mul(&zz.mul(&other.z));
        let zz = self.z.square();
        let across = other.x.mul(&zz).sub(&x);
        let up = other.y.mul(&zz.mul(&self.z)).sub(&y);
        if across.is_zero().into() {
            return self.double_or_infinity(&up);
        }
        Self::chord(&x, &y, &across, &up, &self.z.mul(&other.z))
    }

    fn add_affine(&self, other: &Affine<P>) -> Self {
        if self.is_infinity() {
            return Self::from_affine(other);
        }
        let (across, up) = self.to_affine_point(other);
        if across.is_zero().into() {
            return self.double_or_infinity(&up);
        }
        Self::chord(&self.x, &self.y, &across, &up, &self.z)
    }

    /// The sum with a point that is neither this one nor its negative, neither of them infinity: without a branch.
    pub(super) fn add_distinct_affine(&self, other: &Affine<P>) -> Self {
        let (across, up) = self.to_affine_point(other);
        Self::chord(&self.x, &self.y, &across, &up, &self.z)
    }

    /// How far it is to the other point, at this one's denominator.
    #[inline(always)]
    fn to_affine_point(&self, other: &Affine<P>) -> (P::Field, P::Field) {
        let zz = self.z.square();
        let across = other.x.mul(&zz).sub(&self.x);
        let up = other.y.mul(&zz.mul(&self.z)).sub(&self.y);
        (across, up)
    }

    /// The sum with a point of the same x.
    fn double_or_infinity(&self, up: &P::Field) -> Self {
        if up.is_zero().into() {
            self.double()
        } else {
            Self::INFINITY
        }
    }

    /// The third point of the chord from (`x`, `y`) at the common denominator `z`.
    #[inline(always)]
    fn chord(x: &P::Field, y: &P::Field, across: &P::Field, up: &P::Field, z: &P::Field) -> Self {
        let square = across.square();
        let cube = square.mul(across);
        let middle = x.mul(&square);
        let x3 = up.square().sub(&cube).sub(&middle.double());
        Self {
            x: x3,
            y: up.mul(&middle.sub(&x3)).sub(&y.mul(&cube)),
            z: z.mul(across),
        }
    }
}

/// The number as digits times powers of two, lowest first: each digit zero or odd, between -15 and 15, and of any
/// five in a row at most one is not zero.
fn signed_window(number: &Wide) -> [i8; 8 * 64 + 1] {
    let bit = |at: usize| {
        number
            .get(at / 8)
            .is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    };
    let mut digits = [0; 8 * 64 + 1];
    let mut carry = false;
    let mut at = 0;
    while let Some(digit) = digits.get_mut(at) {
        if bit(at) == carry {
            at += 1;
            continue;
        }
        let window =
            (0..WINDOW).fold(0, |sum, i| sum | i8::from(bit(at + i)) << i) + i8::from(carry);
        carry = window >= 1 << (WINDOW - 1);
        *digit = if carry {
            window - (1 << WINDOW)
        } else {
            window
        };
        at += WINDOW;
    }
    digits
}
