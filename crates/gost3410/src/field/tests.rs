//! The own fields against those of `crypto-bigint`, on random numbers and on those where carries run through.

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, U512, const_monty_params};
use proptest::prelude::*;

use super::{Field, PseudoMersenne, Wide, invert_all};

const_monty_params!(
    Prime512,
    U512,
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7"
);
const_monty_params!(
    Prime256,
    U256,
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97"
);

type Own512 = PseudoMersenne<8, 569>;
type Own256 = PseudoMersenne<4, 617>;
type Other512 = ConstMontyForm<Prime512, { U512::LIMBS }>;
type Other256 = ConstMontyForm<Prime256, { U256::LIMBS }>;

proptest! {
    #[test]
    fn field_of_512_bits_calculates_as_crypto_bigint_does(a in number(64), b in number(64)) {
        check::<Own512, Other512>(&a, &b)?;
    }

    #[test]
    fn field_of_256_bits_calculates_as_crypto_bigint_does(a in number(32), b in number(32)) {
        check::<Own256, Other256>(&a, &b)?;
    }
}

#[test]
fn numbers_from_p_on_are_refused() {
    for (prime, size) in [(569u64, 64), (617, 32)] {
        let mut number = [0; 64];
        number[..size].fill(0xff);
        number[..8].copy_from_slice(&(0u64.wrapping_sub(prime)).to_le_bytes());
        assert!(!accepted(&number, size), "p");
        number[0] -= 1;
        assert!(accepted(&number, size), "p - 1");
        number[..size].fill(0xff);
        assert!(!accepted(&number, size), "all ones");
    }
    let mut number = [0; 64];
    number[32] = 1;
    assert!(!accepted(&number, 32), "2^256");
}

#[test]
fn many_inverses_are_those_of_each_number() {
    let numbers: std::vec::Vec<_> = (1..20)
        .map(|_| Own256::ONE.triple())
        .scan(Own256::ONE, |power, three| {
            *power = power.mul(&three);
            Some(*power)
        })
        .collect();
    let mut inverses = numbers.clone();
    invert_all(&mut inverses);
    for (number, inverse) in numbers.iter().zip(&inverses) {
        assert_eq!(number.mul(inverse).to_wide(), Own256::ONE.to_wide());
    }
}

fn accepted(number: &Wide, size: usize) -> bool {
    if size == 64 {
        Own512::from_wide(number).is_some()
    } else {
        Own256::from_wide(number).is_some()
    }
}

/// Random numbers, many of them close to 0, to p or with long runs of ones.
fn number(size: usize) -> impl Strategy<Value = Wide> {
    let byte = prop_oneof![Just(0u8), Just(0xff), any::<u8>()];
    let edge = (prop_oneof![Just(0u8), Just(0xff)], any::<u16>()).prop_map(|(fill, low)| {
        [[low as u8, (low >> 8) as u8].to_vec(), [fill; 62].to_vec()].concat()
    });
    prop_oneof![
        proptest::collection::vec(byte, 64),
        proptest::collection::vec(any::<u8>(), 64),
        edge,
    ]
    .prop_map(move |bytes| {
        let mut wide = [0; 64];
        wide[..size].copy_from_slice(&bytes[..size]);
        wide
    })
}

fn check<A: Field, B: Field>(a: &Wide, b: &Wide) -> Result<(), TestCaseError> {
    prop_assert_eq!(A::from_wide(a).is_some(), B::from_wide(a).is_some());
    let (Some(a1), Some(b1)) = (A::from_wide(a), A::from_wide(b)) else {
        return Ok(());
    };
    let (Some(a2), Some(b2)) = (B::from_wide(a), B::from_wide(b)) else {
        return Ok(());
    };
    prop_assert_eq!(&a1.to_wide(), a);
    prop_assert_eq!(a1.add(&b1).to_wide(), a2.add(&b2).to_wide());
    prop_assert_eq!(a1.sub(&b1).to_wide(), a2.sub(&b2).to_wide());
    prop_assert_eq!(a1.mul(&b1).to_wide(), a2.mul(&b2).to_wide());
    prop_assert_eq!(a1.square().to_wide(), a2.square().to_wide());
    prop_assert_eq!(a1.invert().to_wide(), a2.invert().to_wide());
    prop_assert_eq!(a1.neg().to_wide(), a2.neg().to_wide());
    // Results that are not the smallest representative must be taken as well.
    let (high1, high2) = (a1.neg().add(&b1).sub(&a1), a2.neg().add(&b2).sub(&a2));
    prop_assert_eq!(
        high1.mul(&high1).triple().to_wide(),
        high2.mul(&high2).triple().to_wide()
    );
    prop_assert_eq!(bool::from(high1.is_zero()), bool::from(high2.is_zero()));
    prop_assert_eq!(bool::from(a1.sub(&a1).is_zero()), true);
    Ok(())
}
