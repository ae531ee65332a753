//! The multiplication by secret numbers against the one that is used for verification.

use std::vec::Vec;

use super::{Affine, BaseTable};
use crate::field::Field;
use crate::group::jacobian::Jacobian;
use crate::params::{CryptoProA, CryptoProB, CryptoProC, Gost256A, Gost512A, Params};
use crate::scalar::Scalar;

#[test]
fn products_of_512_a_are_those_of_the_other_multiplication() {
    check::<Gost512A>();
}

#[test]
fn products_of_256_a_are_those_of_the_other_multiplication() {
    check::<Gost256A>();
}

#[test]
fn products_of_cryptopro_a_are_those_of_the_other_multiplication() {
    check::<CryptoProA>();
}

#[test]
fn products_of_cryptopro_b_are_those_of_the_other_multiplication() {
    check::<CryptoProB>();
}

#[test]
fn products_of_cryptopro_c_are_those_of_the_other_multiplication() {
    check::<CryptoProC>();
}

fn check<P: Params>() {
    let table = BaseTable::<P>::new();
    for factor in factors::<P>() {
        let product = table.multiply(&factor);
        assert!(product.is_on_curve());
        let other = Jacobian::multiple(&factor.to_wide(), &P::BASE);
        assert!(other.has_x(&product.x));
        let minus_one = factor.add(&P::Scalar::one().neg());
        if !bool::from(minus_one.is_zero()) {
            // The y is right where the sum with the base point is.
            let before = table.multiply(&minus_one);
            let mut sum = Jacobian::from_affine(&before);
            sum = sum.add(&Jacobian::from_affine(&P::BASE));
            assert!(sum.has_x(&product.x) && same_y(&sum, &product));
        }
    }
}

fn same_y<P: Params>(sum: &Jacobian<P>, point: &Affine<P>) -> bool {
    let zzz = sum.z.square().mul(&sum.z);
    zzz.mul(&point.y).sub(&sum.y).is_zero().into()
}

/// Numbers close to 0 and q, powers of two, those where the last row meets the sum below it (twice an entry of the last
/// row modulo q, odd or q less that), and some without a pattern.
fn factors<P: Params>() -> Vec<P::Scalar> {
    let one = P::Scalar::one();
    let mut factors = Vec::new();
    let mut small = one;
    for _ in 0..5 {
        factors.push(small);
        small = small.add(&one);
    }
    let last_row = super::WINDOW * (super::rows::<P>() - 1);
    let mut power = one;
    for bit in 0..P::Scalar::ORDER_BITS - 1 {
        if bit == last_row {
            let mut entry = power;
            for _ in 0..super::ROW {
                factors.push(entry.add(&entry));
                factors.push(entry);
                entry = entry.add(&power).add(&power);
            }
        }
        if bit % 37 == 0 {
            factors.push(power);
        }
        power = power.add(&power);
    }
    let mut noise = power;
    for _ in 0..20 {
        noise = noise.mul(&power).add(&small);
        factors.push(noise);
    }
    let negative: Vec<_> = factors.iter().map(Scalar::neg).collect();
    factors.extend(negative);
    let is_zero = |factor: &P::Scalar| factor.to_wide().iter().all(|byte| *byte == 0);
    factors.retain(|factor| !is_zero(factor));
    factors
}
