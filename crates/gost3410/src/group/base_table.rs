//! Multiples of the base point, and the only multiplication by a secret number.

use alloc::vec::Vec;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::Affine;
use super::complete::Homogeneous;
use super::jacobian::Jacobian;
use crate::field::{Field, Wide};
use crate::params::Params;
use crate::scalar::Scalar;

/// Bits taken at a time.
const WINDOW: usize = 5;
/// Entries of a row: the odd multiples 1, 3, … 31; the negative ones come from these.
const ROW: usize = 1 << (WINDOW - 1);

/// Row i holds 1, 3, … 31 times 2^(5 i) times the base point: 206 KiB for 512-A, 52 KiB for the others.
pub(crate) struct BaseTable<P: Params> {
    rows: Vec<[Affine<P>; ROW]>,
}

impl<P: Params> BaseTable<P> {
    pub(crate) fn new() -> Self {
        let mut points = Vec::with_capacity(rows::<P>() * ROW);
        let mut first = Jacobian::from_affine(&P::BASE);
        for _ in 0..rows::<P>() {
            let double = first.double();
            let mut multiple = first;
            for _ in 0..ROW {
                let next = multiple.add(&double);
                points.push(multiple);
                multiple = next;
            }
            // The row ends at 33 times its first point, and 32 times is the next row's first.
            first = double.double().double().double().double();
        }
        let points = Jacobian::all_to_affine(&points);
        Self {
            rows: points.as_chunks().0.to_vec(),
        }
    }

    /// `factor` times the base point, in a time that does not tell the factor. It must not be zero.
    pub(crate) fn multiply(&self, factor: &P::Scalar) -> Affine<P> {
        let (digits, negative) = odd_form::<P>(factor);
        let entry = |i, row| select(row, digit(&digits, i, self.rows.len()));
        let mut sum = Jacobian::from_affine(&P::BASE);
        let mut last = P::BASE;
        for (i, row) in self.rows.iter().enumerate() {
            let entry = entry(i, row);
            match i {
                0 => sum = Jacobian::from_affine(&entry),
                _ if i + 1 == self.rows.len() => last = entry,
                _ => sum = sum.add_distinct_affine(&entry),
            }
        }
        // Below row i the digits add up to less than 2^(5 i), so no sum meets the entry that it is added to, or its
        // negative. In the last row one factor would: 2 entry - q.
        let sum = Homogeneous::from(&sum).add(&last).to_affine();
        Affine {
            x: sum.x,
            y: P::Field::conditional_select(&sum.y, &sum.y.neg(), negative),
        }
    }

    /// Calls `add` with the points whose sum is `factor` times the base point, in a time that tells the factor.
    pub(crate) fn for_each_vartime(&self, factor: &P::Scalar, mut add: impl FnMut(&Affine<P>)) {
        let (digits, negative) = odd_form::<P>(factor);
        for (i, row) in self.rows.iter().enumerate() {
            let Digit {
                index,
                negative: below_zero,
            } = digit(&digits, i, self.rows.len());
            if let Some(point) = row.get(usize::from(index)) {
                let negate = bool::from(below_zero ^ negative);
                add(&if negate { point.neg() } else { *point });
            }
        }
    }
}

/// Rows that hold every bit of q.
fn rows<P: Params>() -> usize {
    P::Scalar::ORDER_BITS.div_ceil(WINDOW)
}

/// The factor where it is odd, otherwise q less the factor and the mark that the result is to be negated.
fn odd_form<P: Params>(factor: &P::Scalar) -> (Zeroizing<Wide>, Choice) {
    let (mut digits, other) = (factor.to_wide(), factor.neg().to_wide());
    let even = !Choice::from(bits(&digits, 0) & 1);
    for (byte, other) in digits.iter_mut().zip(other.iter()) {
        byte.conditional_assign(other, even);
    }
    (digits, even)
}

/// 2 `index` + 1, or its negative.
struct Digit {
    index: u8,
    negative: Choice,
}

/// Digit i of an odd number k as digits of base 32, all odd, from -31 to 31.
///
/// With n bits, 2 k' - (2^n - 1) = k for k' = (k + 2^n - 1) / 2: so bit j of k' stands for 2^j when set and for
/// -2^j when not, and five of them together for an odd number. Nothing here depends on the bits.
fn digit(number: &Wide, i: usize, count: usize) -> Digit {
    let top = u8::from(i + 1 == count) << (WINDOW - 1);
    // k' is k shifted right by one with bit n - 1 set.
    let window = bits(number, WINDOW * i + 1) & (2 * ROW as u8 - 1) | top;
    let negative = !Choice::from(window >> (WINDOW - 1));
    let mask = u8::conditional_select(&0, &(ROW as u8 - 1), negative);
    Digit {
        index: (window & (ROW as u8 - 1)) ^ mask,
        negative,
    }
}

/// Eight bits from the given place on; zeros above the number.
fn bits(number: &Wide, from: usize) -> u8 {
    let byte = |at: usize| u16::from(number.get(at).copied().unwrap_or(0));
    let pair = byte(from / 8) | byte(from / 8 + 1) << 8;
    (pair >> (from % 8)) as u8
}

/// The entry that the digit names, found by reading the whole row.
fn select<P: Params>(row: &[Affine<P>; ROW], digit: Digit) -> Affine<P> {
    let mut found = Affine::<P> {
        x: P::Field::ZERO,
        y: P::Field::ZERO,
    };
    for (point, i) in row.iter().zip(0u8..) {
        let here = digit.index.ct_eq(&i);
        found.x.conditional_assign(&point.x, here);
        found.y.conditional_assign(&point.y, here);
    }
    found.y = P::Field::conditional_select(&found.y, &found.y.neg(), digit.negative);
    found
}

#[cfg(test)]
mod tests;
