//! Points of a curve.
//!
//! Secret scalars go through [`BaseTable::multiply`] alone: a fixed number of steps without an exception, table entries
//! picked by masks. Verification, where everything is public, takes faster paths in [`jacobian`].

mod base_table;
mod complete;
mod jacobian;

use crate::field::Field;
use crate::params::Params;

pub(crate) use base_table::BaseTable;
pub(crate) use jacobian::{add_multiples_vartime, is_in_subgroup_vartime};

/// A point other than infinity, by its coordinates.
pub(crate) struct Affine<P: Params> {
    pub(crate) x: P::Field,
    pub(crate) y: P::Field,
}

impl<P: Params> Affine<P> {
    /// Whether y^2 = x^3 + a x + b.
    pub(crate) fn is_on_curve(&self) -> bool {
        let right = self.x.square().add(&P::A).mul(&self.x).add(&P::B);
        self.y.square().sub(&right).is_zero().into()
    }

    pub(crate) fn neg(&self) -> Self {
        Self {
            x: self.x,
            y: self.y.neg(),
        }
    }
}

impl<P: Params> Clone for Affine<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Params> Copy for Affine<P> {}
