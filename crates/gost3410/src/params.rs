//! The numbers of each curve.
//!
//! `Source:` RFC 7836 appendices A.1 and A.2, RFC 4357 section 11.4.

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, U512, const_monty_params};

use crate::field::{Field, PseudoMersenne};
use crate::group::{Affine, BaseTable};
use crate::scalar::Scalar;

/// A curve y^2 = x^3 + a x + b with a base point of prime order q.
pub(crate) trait Params: Sized + Send + Sync + 'static {
    /// Integers modulo p.
    type Field: Field;
    /// Integers modulo q.
    type Scalar: Scalar;

    const A: Self::Field;
    const B: Self::Field;
    const BASE: Affine<Self>;
    /// Whether a is p - 3, which has faster formulas.
    const A_IS_MINUS_3: bool;
    /// Whether there are points outside the subgroup of order q.
    const HAS_COFACTOR: bool;
    /// Bytes of a coordinate.
    const BYTES: usize;

    /// Multiples of the base point, made at the first use.
    fn base_table() -> &'static BaseTable<Self>;
}

/// Calls `$body` with the type `$params` standing for the numbers of `$curve`.
macro_rules! with_params {
    ($curve:expr, $params:ident => $body:expr) => {
        match $curve {
            $crate::Curve::Gost512A => {
                type $params = $crate::params::Gost512A;
                $body
            }
            $crate::Curve::Gost256A => {
                type $params = $crate::params::Gost256A;
                $body
            }
            $crate::Curve::CryptoProA => {
                type $params = $crate::params::CryptoProA;
                $body
            }
            $crate::Curve::CryptoProB => {
                type $params = $crate::params::CryptoProB;
                $body
            }
            $crate::Curve::CryptoProC => {
                type $params = $crate::params::CryptoProC;
                $body
            }
        }
    };
}
pub(crate) use with_params;

macro_rules! curve {
    ($name:ident, $bytes:literal, $field:ty, $number:expr, $scalar:ty,
     a: $a:expr, b: $b:expr, x: $x:expr, y: $y:expr, minus_3: $minus_3:expr, cofactor: $cofactor:expr) => {
        pub(crate) struct $name;

        impl Params for $name {
            type Field = $field;
            type Scalar = $scalar;

            const A: Self::Field = $number($a);
            const B: Self::Field = $number($b);
            const BASE: Affine<Self> = Affine {
                x: $number($x),
                y: $number($y),
            };
            const A_IS_MINUS_3: bool = $minus_3;
            const HAS_COFACTOR: bool = $cofactor;
            const BYTES: usize = $bytes;

            fn base_table() -> &'static BaseTable<Self> {
                static TABLE: once_cell::race::OnceBox<BaseTable<$name>> =
                    once_cell::race::OnceBox::new();
                TABLE.get_or_init(|| alloc::boxed::Box::new(BaseTable::new()))
            }
        }
    };
}

#[cfg(test)]
pub(crate) use curve;

type Field512 = PseudoMersenne<8, 569>;
type Field256 = PseudoMersenne<4, 617>;
type FieldB = ConstMontyForm<PrimeB, { U256::LIMBS }>;
type FieldC = ConstMontyForm<PrimeC, { U256::LIMBS }>;

const fn number_b(hex: &str) -> FieldB {
    ConstMontyForm::new(&U256::from_be_hex(hex))
}

const fn number_c(hex: &str) -> FieldC {
    ConstMontyForm::new(&U256::from_be_hex(hex))
}

const_monty_params!(
    Order512A,
    U512,
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275"
);
const_monty_params!(
    Order256A,
    U256,
    "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67"
);
const_monty_params!(
    OrderA,
    U256,
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893"
);
const_monty_params!(
    OrderB,
    U256,
    "800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F"
);
const_monty_params!(
    OrderC,
    U256,
    "9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9"
);
const_monty_params!(
    PrimeB,
    U256,
    "8000000000000000000000000000000000000000000000000000000000000C99"
);
const_monty_params!(
    PrimeC,
    U256,
    "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B"
);

curve!(
    Gost512A, 64, Field512, Field512::from_hex, ConstMontyForm<Order512A, { U512::LIMBS }>,
    a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
    b: "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
    x: "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003",
    y: "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
    minus_3: true, cofactor: false
);
curve!(
    Gost256A, 32, Field256, Field256::from_hex, ConstMontyForm<Order256A, { U256::LIMBS }>,
    a: "C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
    b: "295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513",
    x: "91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28",
    y: "32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C",
    minus_3: false, cofactor: true
);
curve!(
    CryptoProA, 32, Field256, Field256::from_hex, ConstMontyForm<OrderA, { U256::LIMBS }>,
    a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94",
    b: "00000000000000000000000000000000000000000000000000000000000000A6",
    x: "0000000000000000000000000000000000000000000000000000000000000001",
    y: "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
    minus_3: true, cofactor: false
);
curve!(
    CryptoProB, 32, FieldB, number_b, ConstMontyForm<OrderB, { U256::LIMBS }>,
    a: "8000000000000000000000000000000000000000000000000000000000000C96",
    b: "3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B",
    x: "0000000000000000000000000000000000000000000000000000000000000001",
    y: "3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC",
    minus_3: true, cofactor: false
);
curve!(
    CryptoProC, 32, FieldC, number_c, ConstMontyForm<OrderC, { U256::LIMBS }>,
    a: "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D7598",
    b: "000000000000000000000000000000000000000000000000000000000000805A",
    x: "0000000000000000000000000000000000000000000000000000000000000000",
    y: "41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67",
    minus_3: true, cofactor: false
);
