//! The generator against another implementation: HMAC-DRBG written in Python over its own Streebog, for the private
//! key 01 02 03…, the number 65 66 67… and the random bytes 00 01 02….

use super::Nonces;
use crate::field::Wide;
use crate::params::{CryptoProA, CryptoProC, Gost256A, Gost512A, Params};
use crate::scalar::Scalar;
use crate::testing::number;

#[test]
fn nonces_of_512_a_are_those_of_another_implementation() {
    check::<Gost512A>([
        "0395FC0A9CBBE3509E0BC19DDC8980740724474ECC0ECC798D870A9088B8E1EAC4E3F054517A154973108088412E73B9B5DFEE3A292722AC8DC7F2C602A027CD",
        "23EF92110742D83C2EFD31C233B031BFD7AAA50C90525FC64D5977BFF9019D565F47149FEE81047D376DC0B44AD52841FC79160D3E3195CF404E6085DB47B5BE",
        "66466AD296E2DA75BAB17D6CB501D3950AF43E4235BFFFA89BC0C2AEA559CD2DFC302EAA3B339AB703AE7BF4838719B657B0369C36D1018D52C309B6F7088ECB",
    ]);
}

/// q has 255 bits, so the candidates are shifted.
#[test]
fn nonces_of_256_a_are_those_of_another_implementation() {
    check::<Gost256A>([
        "2069F792993D2B89FC4E39B62D5DD26E667627DC97BA952BDB74AF454CE57442",
        "22C398FE65BE9FDCAC2F261BB3C69BD538477B9EF5881F6A4C6E39F96F314BD6",
        "343A6585EF5D16A1010201F9670C2504A45E3D189E3E16EC32CA5347B31EBC18",
    ]);
}

/// q is well below 2^256: two candidates before these three are thrown away.
#[test]
fn nonces_of_cryptopro_c_are_those_of_another_implementation() {
    check::<CryptoProC>([
        "5CD83CC4A01EBEA7FEB3E13E47229FF9D1687E524755FF7DC2730486D75EA374",
        "569F93C7732C0DC37909DE2E1A38B198803B34579FAC033BFA08F1A3E023EBF3",
        "9515B702C1194F60820C717909AAF830C20DFDEA2CDD37ACDE195A2A222FFAC2",
    ]);
}

#[test]
fn nonces_change_with_each_of_key_digest_and_random_bytes() {
    type S = <CryptoProA as Params>::Scalar;
    let one = <S as Scalar>::one();
    let two = Scalar::add(&one, &one);
    let first = |d: &S, e: &S, random: &[u8]| {
        *Scalar::to_wide(&Nonces::new::<CryptoProA>(d, e, random).next::<CryptoProA>())
    };
    let base = first(&one, &one, &[0; 32]);
    assert_eq!(base, first(&one, &one, &[0; 32]));
    assert_ne!(base, first(&two, &one, &[0; 32]));
    assert_ne!(base, first(&one, &two, &[0; 32]));
    assert_ne!(base, first(&one, &one, &[1; 32]));
}

fn check<P: Params>(expected: [&str; 3]) {
    let d = P::Scalar::from_wide_reduced(&count_up(1, P::BYTES));
    let e = P::Scalar::from_wide_reduced(&count_up(101, P::BYTES));
    let random: std::vec::Vec<u8> = (0..32).collect();
    let mut nonces = Nonces::new::<P>(&d, &e, &random);
    for hex in expected {
        assert_eq!(*nonces.next::<P>().to_wide(), number(hex));
    }
}

/// The big-endian number `first`, `first` + 1, …
fn count_up(first: u8, size: usize) -> Wide {
    let mut wide = [0; 64];
    for (byte, value) in wide[..size].iter_mut().rev().zip(first..) {
        *byte = value;
    }
    wide
}
