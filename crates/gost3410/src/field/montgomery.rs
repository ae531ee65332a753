//! Fields of primes without a special shape (CryptoPro-B and -C), in Montgomery form.

use crypto_bigint::modular::{ConstMontyForm, ConstMontyParams};
use subtle::{Choice, ConstantTimeEq};

use super::{Field, Wide};
use crate::scalar::{from_uint, to_uint};

impl<P, const LIMBS: usize> Field for ConstMontyForm<P, LIMBS>
where
    P: ConstMontyParams<LIMBS> + Send + Sync + 'static,
{
    const ZERO: Self = ConstMontyForm::<P, LIMBS>::ZERO;
    const ONE: Self = ConstMontyForm::<P, LIMBS>::ONE;

    fn from_wide(bytes: &Wide) -> Option<Self> {
        let number = to_uint::<LIMBS>(bytes)?;
        (&number < Self::MODULUS.as_ref()).then(|| Self::new(&number))
    }

    fn to_wide(&self) -> Wide {
        from_uint(&self.retrieve())
    }

    fn add(&self, other: &Self) -> Self {
        ConstMontyForm::add(self, other)
    }

    fn sub(&self, other: &Self) -> Self {
        ConstMontyForm::sub(self, other)
    }

    fn mul(&self, other: &Self) -> Self {
        ConstMontyForm::mul(self, other)
    }

    fn square(&self) -> Self {
        ConstMontyForm::square(self)
    }

    fn invert(&self) -> Self {
        ConstMontyForm::invert(self).unwrap_or(Self::ZERO)
    }

    fn is_zero(&self) -> Choice {
        ConstantTimeEq::ct_eq(self, &ConstMontyForm::<P, LIMBS>::ZERO)
    }
}
