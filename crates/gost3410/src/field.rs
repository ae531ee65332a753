//! The seam between curve arithmetic and the numbers below it: what a field of coordinates must offer.
//!
//! Two kinds of field stand behind it: [`PseudoMersenne`] for the primes 2^512 - 569 and 2^256 - 617, and
//! Montgomery forms of `crypto-bigint` for primes without such a shape.

mod montgomery;
mod pseudo_mersenne;

use subtle::{Choice, ConditionallySelectable};

pub(crate) use pseudo_mersenne::PseudoMersenne;

/// A number of at most 512 bits, little-endian, filled up with zeros: the only form in which numbers pass between
/// the fields, the scalars and the outside.
pub(crate) type Wide = [u8; 64];

/// Integers modulo the field prime p. Every operation takes the same time whatever the values.
pub(crate) trait Field: ConditionallySelectable + Send + Sync + 'static {
    const ZERO: Self;
    const ONE: Self;

    /// `None` where the number is not below p (which may be seen: coordinates from outside are public).
    fn from_wide(bytes: &Wide) -> Option<Self>;
    fn to_wide(&self) -> Wide;

    fn add(&self, other: &Self) -> Self;
    fn sub(&self, other: &Self) -> Self;
    fn mul(&self, other: &Self) -> Self;
    fn square(&self) -> Self;
    /// The inverse, and zero of zero.
    fn invert(&self) -> Self;
    fn is_zero(&self) -> Choice;

    fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    fn double(&self) -> Self {
        self.add(self)
    }

    fn triple(&self) -> Self {
        self.double().add(self)
    }
}

/// Replaces every number by its inverse with a single inversion. None of them may be zero.
pub(crate) fn invert_all<F: Field>(numbers: &mut [F]) {
    let mut products = alloc::vec::Vec::with_capacity(numbers.len());
    let mut product = F::ONE;
    for number in numbers.iter() {
        products.push(product);
        product = product.mul(number);
    }
    let mut inverse = product.invert();
    for (number, before) in numbers.iter_mut().zip(products).rev() {
        let own = inverse.mul(&before);
        inverse = inverse.mul(number);
        *number = own;
    }
}

#[cfg(test)]
mod tests;
