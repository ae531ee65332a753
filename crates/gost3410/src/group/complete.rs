//! Homogeneous coordinates with complete formulas: no pair of points of odd order is an exception, so no step
//! depends on the values.
//!
//! `Source:` Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves" (2015), algorithms
//! 2 and 5. On a curve with a cofactor they are complete in the subgroup of order q, where all points here lie.

use super::Affine;
use super::jacobian::Jacobian;
use crate::field::Field;
use crate::params::Params;

/// The point (x / z, y / z), or infinity where z is zero.
pub(crate) struct Homogeneous<P: Params> {
    x: P::Field,
    y: P::Field,
    z: P::Field,
}

impl<P: Params> From<&Jacobian<P>> for Homogeneous<P> {
    fn from(point: &Jacobian<P>) -> Self {
        Self {
            x: point.x.mul(&point.z),
            y: point.y,
            z: point.z.square().mul(&point.z),
        }
    }
}

impl<P: Params> Homogeneous<P> {
    /// The coordinates; zeros for infinity.
    pub(crate) fn to_affine(&self) -> Affine<P> {
        let inverse = self.z.invert();
        Affine {
            x: self.x.mul(&inverse),
            y: self.y.mul(&inverse),
        }
    }

    pub(crate) fn add(&self, other: &Affine<P>) -> Self {
        if P::A_IS_MINUS_3 {
            self.add_minus_3(other)
        } else {
            self.add_any(other)
        }
    }

    /// Algorithm 5, for a = -3.
    fn add_minus_3(&self, other: &Affine<P>) -> Self {
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let xy = other
            .x
            .add(&other.y)
            .mul(&self.x.add(&self.y))
            .sub(&xx.add(&yy));
        let yz = other.y.mul(&self.z).add(&self.y);
        let xz = other.x.mul(&self.z).add(&self.x);

        let bz3 = xz.sub(&P::B.mul(&self.z)).triple();
        let minus = yy.sub(&bz3);
        let plus = yy.add(&bz3);
        let z3 = self.z.triple();
        let bxz3 = P::B.mul(&xz).sub(&z3.add(&xx)).triple();
        let xx3 = xx.triple().sub(&z3);

        Self {
            x: plus.mul(&xy).sub(&yz.mul(&bxz3)),
            y: plus.mul(&minus).add(&xx3.mul(&bxz3)),
            z: minus.mul(&yz).add(&xy.mul(&xx3)),
        }
    }

    /// Algorithm 2, for any a.
    fn add_any(&self, other: &Affine<P>) -> Self {
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let xy = other
            .x
            .add(&other.y)
            .mul(&self.x.add(&self.y))
            .sub(&xx.add(&yy));
        let xz = other.x.mul(&self.z).add(&self.x);
        let yz = other.y.mul(&self.z).add(&self.y);

        let b3 = P::B.triple();
        let sum = P::A.mul(&xz).add(&b3.mul(&self.z));
        let minus = yy.sub(&sum);
        let plus = yy.add(&sum);
        let az = P::A.mul(&self.z);
        let xx3 = xx.triple().add(&az);
        let bxz = b3.mul(&xz).add(&P::A.mul(&xx.sub(&az)));

        Self {
            x: xy.mul(&minus).sub(&yz.mul(&bxz)),
            y: plus.mul(&minus).add(&xx3.mul(&bxz)),
            z: yz.mul(&plus).add(&xy.mul(&xx3)),
        }
    }
}
