//! Integers modulo the group order q, in Montgomery form of `crypto-bigint`: every operation on them takes the same
//! time whatever the values.

use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use crypto_bigint::{CtLt, Limb, Uint};
use subtle::{Choice, ConstantTimeEq};
use zeroize::{DefaultIsZeroes, Zeroizing};

use crate::constant_time::declassify;
use crate::field::Wide;

/// An integer modulo q.
pub(crate) trait Scalar: DefaultIsZeroes {
    /// The group order q.
    const ORDER: Wide;
    /// How many bits q has.
    const ORDER_BITS: usize;

    /// `None` where the number is not below q.
    fn from_wide(bytes: &Wide) -> Option<Self>;
    /// The remainder of the number; it must not exceed the bytes of q.
    fn from_wide_reduced(bytes: &Wide) -> Self;
    fn to_wide(&self) -> Zeroizing<Wide>;

    fn add(&self, other: &Self) -> Self;
    fn mul(&self, other: &Self) -> Self;
    fn neg(&self) -> Self;
    /// The inverse, in a time that tells the value: for verification only.
    fn invert_vartime(&self) -> Option<Self>;
    fn is_zero(&self) -> Choice;
    fn one() -> Self;
}

impl<Q, const LIMBS: usize> Scalar for ConstMontyForm<Q, LIMBS>
where
    Q: ConstMontyParams<LIMBS>,
{
    const ORDER: Wide = from_uint(Self::MODULUS.as_ref());
    const ORDER_BITS: usize = Self::MODULUS.as_ref().bits_vartime() as usize;

    fn from_wide(bytes: &Wide) -> Option<Self> {
        let number = Zeroizing::new(to_uint::<LIMBS>(bytes)?);
        // Whether a number is in range is seen from the outcome anyway; its digits are not.
        let below = number.ct_lt(Self::MODULUS.as_ref());
        declassify(below.into()).then(|| Self::new(&number))
    }

    fn from_wide_reduced(bytes: &Wide) -> Self {
        Self::new(&to_uint::<LIMBS>(bytes).unwrap_or(Uint::ZERO))
    }

    fn to_wide(&self) -> Zeroizing<Wide> {
        let number = Zeroizing::new(self.retrieve());
        Zeroizing::new(from_uint(&number))
    }

    fn add(&self, other: &Self) -> Self {
        ConstMontyForm::add(self, other)
    }

    fn mul(&self, other: &Self) -> Self {
        ConstMontyForm::mul(self, other)
    }

    fn neg(&self) -> Self {
        ConstMontyForm::neg(self)
    }

    fn invert_vartime(&self) -> Option<Self> {
        ConstMontyForm::invert_vartime(self).into_option()
    }

    fn is_zero(&self) -> Choice {
        ConstantTimeEq::ct_eq(self, &Self::ZERO)
    }

    fn one() -> Self {
        Self::ONE
    }
}

/// `None` where the number has more than the limbs asked for.
pub(crate) fn to_uint<const LIMBS: usize>(bytes: &Wide) -> Option<Uint<LIMBS>> {
    let mut limbs = [Limb::ZERO; LIMBS];
    let (words, _) = bytes.as_chunks::<{ Limb::BYTES }>();
    let mut rest = Choice::from(1);
    for (i, word) in words.iter().enumerate() {
        let word = crypto_bigint::Word::from_le_bytes(*word);
        match limbs.get_mut(i) {
            Some(limb) => *limb = Limb(word),
            None => rest &= word.ct_eq(&0),
        }
    }
    declassify(rest).then(|| Uint::new(limbs))
}

/// The number's bytes, filled up to 64.
#[expect(
    clippy::indexing_slicing,
    reason = "at most eight limbs of eight bytes; the constants would not compile"
)]
pub(crate) const fn from_uint<const LIMBS: usize>(number: &Uint<LIMBS>) -> Wide {
    let mut bytes = [0; 64];
    let words = number.as_words();
    let mut i = 0;
    while i < LIMBS * Limb::BYTES {
        bytes[i] = (words[i / Limb::BYTES] >> (8 * (i % Limb::BYTES))) as u8;
        i += 1;
    }
    bytes
}
