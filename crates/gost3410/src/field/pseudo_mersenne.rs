//! Fields of primes 2^(64 N) - C with a small C: a product is folded by one more row instead of a Montgomery
//! reduction.

// Every index is a loop counter bounded by the array's own length N (or 2 N split in two halves).
#![expect(clippy::indexing_slicing, clippy::needless_range_loop)]

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::{Field, Wide};

/// An integer modulo 2^(64 N) - C as 64-bit limbs, lowest first.
///
/// Not always the smallest representative: any value of N limbs is allowed inside, and [`Self::canonical`] takes the
/// last subtraction when the number leaves. C must be below 2^10 (see [`Field::invert`]).
#[derive(Clone, Copy)]
pub(crate) struct PseudoMersenne<const N: usize, const C: u64>([u64; N]);

impl<const N: usize, const C: u64> PseudoMersenne<N, C> {
    /// Reads a constant written in big-endian hexadecimal with exactly 16 N digits.
    pub(crate) const fn from_hex(hex: &str) -> Self {
        let digits = hex.as_bytes();
        assert!(
            digits.len() == 16 * N,
            "a constant has as many digits as the field"
        );
        let mut limbs = [0; N];
        let mut at = 0;
        while at < digits.len() {
            let digit = match digits[at] {
                digit @ b'0'..=b'9' => digit - b'0',
                digit => {
                    assert!(
                        b'A' <= digit && digit <= b'F',
                        "a constant has hexadecimal digits in capitals"
                    );
                    digit - b'A' + 10
                }
            };
            let limb = N - 1 - at / 16;
            limbs[limb] = limbs[limb] << 4 | digit as u64;
            at += 1;
        }
        Self(limbs)
    }

    /// The limbs of the representative below p.
    fn canonical(&self) -> [u64; N] {
        // a >= p exactly when a + C overflows, and then a + C - 2^(64 N) is a - p.
        let mut reduced = self.0;
        let mut carry;
        (reduced[0], carry) = reduced[0].overflowing_add(C);
        for i in 1..N {
            (reduced[i], carry) = reduced[i].carrying_add(0, carry);
        }
        let too_large = Choice::from(u8::from(carry));
        let mut limbs = self.0;
        for i in 0..N {
            limbs[i] = u64::conditional_select(&limbs[i], &reduced[i], too_large);
        }
        limbs
    }

    /// Folds a number of 2 N limbs: 2^(64 N) is C modulo p.
    #[inline(always)]
    fn fold(low: &[u64; N], high: &[u64; N]) -> Self {
        let mut sum = [0; N];
        let mut carry = 0;
        for i in 0..N {
            (sum[i], carry) = multiply_add(high[i], C, low[i], carry);
        }
        Self::fold_limb(sum, carry)
    }

    /// Folds one limb above the top, at most C.
    #[inline(always)]
    fn fold_limb(mut limbs: [u64; N], top: u64) -> Self {
        let mut carry;
        (limbs[0], carry) = limbs[0].overflowing_add(top * C);
        for i in 1..N {
            (limbs[i], carry) = limbs[i].carrying_add(0, carry);
        }
        // After an overflow the rest is below C * C, so this stays in the lowest limb.
        limbs[0] = limbs[0].wrapping_add(u64::from(carry) * C);
        Self(limbs)
    }

    fn square_times(&self, times: usize) -> Self {
        let mut power = *self;
        for _ in 0..times {
            power = power.square();
        }
        power
    }
}

impl<const N: usize, const C: u64> Field for PseudoMersenne<N, C> {
    const ZERO: Self = Self([0; N]);
    const ONE: Self = {
        let mut limbs = [0; N];
        limbs[0] = 1;
        Self(limbs)
    };

    fn from_wide(bytes: &Wide) -> Option<Self> {
        let mut limbs = [0; N];
        let (words, _) = bytes.as_chunks::<8>();
        for (i, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            match limbs.get_mut(i) {
                Some(limb) => *limb = word,
                None if word != 0 => return None,
                None => {}
            }
        }
        let number = Self(limbs);
        (number.canonical() == limbs).then_some(number)
    }

    fn to_wide(&self) -> Wide {
        let mut bytes = [0; 64];
        let (words, _) = bytes.as_chunks_mut::<8>();
        for (word, limb) in words.iter_mut().zip(self.canonical()) {
            *word = limb.to_le_bytes();
        }
        bytes
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        let mut sum = [0; N];
        let mut carry = false;
        for i in 0..N {
            (sum[i], carry) = self.0[i].carrying_add(other.0[i], carry);
        }
        Self::fold_limb(sum, u64::from(carry))
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        let mut difference = [0; N];
        let mut borrow = false;
        for i in 0..N {
            (difference[i], borrow) = self.0[i].borrowing_sub(other.0[i], borrow);
        }
        // A borrow added 2^(64 N), which is C too much.
        (difference[0], borrow) = difference[0].overflowing_sub(u64::from(borrow) * C);
        for i in 1..N {
            (difference[i], borrow) = difference[i].borrowing_sub(0, borrow);
        }
        // After a second borrow the lowest limb is close to 2^64, so this stays in it.
        difference[0] = difference[0].wrapping_sub(u64::from(borrow) * C);
        Self(difference)
    }

    #[inline]
    fn mul(&self, other: &Self) -> Self {
        // `high` is the sum of the rows so far, each of which settles its lowest limb.
        let (mut low, mut high) = ([0; N], [0; N]);
        for i in 0..N {
            let mut carry;
            (low[i], carry) = multiply_add(self.0[i], other.0[0], high[0], 0);
            for j in 1..N {
                (high[j - 1], carry) = multiply_add(self.0[i], other.0[j], high[j], carry);
            }
            high[N - 1] = carry;
        }
        Self::fold(&low, &high)
    }

    #[inline]
    fn square(&self) -> Self {
        let (mut low, mut high) = ([0; N], [0; N]);
        // The products of two different limbs, which count twice,
        for i in 0..N {
            let mut carry = 0;
            for j in i + 1..N {
                let place = limb(&mut low, &mut high, i + j);
                (*place, carry) = multiply_add(self.0[i], self.0[j], *place, carry);
            }
            high[i] = carry;
        }
        let mut top = 0;
        for i in 0..2 * N {
            let place = limb(&mut low, &mut high, i);
            (*place, top) = (*place << 1 | top, *place >> 63);
        }
        // and the squares.
        let mut carry = false;
        for i in 0..N {
            let (square_low, square_high) = split(self.0[i] as u128 * self.0[i] as u128);
            for (at, part) in [(2 * i, square_low), (2 * i + 1, square_high)] {
                let place = limb(&mut low, &mut high, at);
                (*place, carry) = place.carrying_add(part, carry);
            }
        }
        Self::fold(&low, &high)
    }

    /// Raises to p - 2 = (2^(64 N - 10) - 1) 2^10 + (2^10 - C - 2).
    fn invert(&self) -> Self {
        let ones = 64 * N - 10;
        // power = self^(2^length - 1), with length growing along the binary digits of `ones`.
        let mut power = *self;
        let mut length = 1;
        for bit in (0..ones.ilog2()).rev() {
            power = power.square_times(length).mul(&power);
            length *= 2;
            if ones >> bit & 1 == 1 {
                power = power.square().mul(self);
                length += 1;
            }
        }
        let tail = (1 << 10) - C - 2;
        for bit in (0..10).rev() {
            power = power.square();
            if tail >> bit & 1 == 1 {
                power = power.mul(self);
            }
        }
        power
    }

    fn is_zero(&self) -> Choice {
        self.canonical().ct_eq(&[0; N])
    }
}

impl<const N: usize, const C: u64> ConditionallySelectable for PseudoMersenne<N, C> {
    #[inline(always)]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        let mut limbs = a.0;
        for i in 0..N {
            limbs[i] = u64::conditional_select(&a.0[i], &b.0[i], choice);
        }
        Self(limbs)
    }
}

/// A limb of a number of 2 N limbs in two halves.
#[inline(always)]
const fn limb<'a, const N: usize>(
    low: &'a mut [u64; N],
    high: &'a mut [u64; N],
    at: usize,
) -> &'a mut u64 {
    if at < N {
        &mut low[at]
    } else {
        &mut high[at - N]
    }
}

/// a * b + c + carry: the low limb and the carry. Two limbs always hold it.
#[inline(always)]
const fn multiply_add(a: u64, b: u64, c: u64, carry: u64) -> (u64, u64) {
    split(a as u128 * b as u128 + c as u128 + carry as u128)
}

#[inline(always)]
const fn split(wide: u128) -> (u64, u64) {
    (wide as u64, (wide >> 64) as u64)
}
