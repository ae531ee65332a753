//! The generator against RFC 6979's own examples, and against another implementation (HMAC-DRBG written in Python over
//! hashlib) for the private key 01 02 03…, the number 65 66 67… and the random bytes 00 01 02….

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, const_monty_params};

use super::Nonces;
use crate::field::Wide;
use crate::group::{Affine, BaseTable};
use crate::params::{CryptoProA, CryptoProC, Gost256A, Gost512A, Params, curve};
use crate::scalar::Scalar;
use crate::testing::number;

const_monty_params!(
    PrimeP256,
    U256,
    "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF"
);
const_monty_params!(
    OrderP256,
    U256,
    "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"
);

type FieldP256 = ConstMontyForm<PrimeP256, { U256::LIMBS }>;

const fn number_p256(hex: &str) -> FieldP256 {
    ConstMontyForm::new(&U256::from_be_hex(hex))
}

// Of the curve only the order counts here.
curve!(
    P256, 32, FieldP256, number_p256, ConstMontyForm<OrderP256, { U256::LIMBS }>,
    a: "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
    b: "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
    x: "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
    y: "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
    minus_3: true, cofactor: false
);

/// `Source:` RFC 6979 appendix A.2.5, with SHA-256: the digests of "sample" and "test".
#[test]
fn nonces_without_random_bytes_are_those_of_rfc_6979() {
    let key = number("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let key = <P256 as Params>::Scalar::from_wide_reduced(&key);
    for (digest, nonce) in [
        (
            "AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF",
            "A6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60",
        ),
        (
            "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
            "D16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0",
        ),
    ] {
        let e = <P256 as Params>::Scalar::from_wide_reduced(&number(digest));
        let first = Nonces::new::<P256>(&key, &e, &[]).next::<P256>();
        assert_eq!(*Scalar::to_wide(&first), number(nonce));
    }
}

#[test]
fn nonces_of_512_a_are_those_of_another_implementation() {
    check::<Gost512A>([
        "44D4CAB1F735EFCDD4E29D9B4ADEDC2B2FD98F9D65B4C4B86A55D273EA6C5527138D282C2EC87BF5E400006721E4829B1530407B246A7BD9C740BE4D1A45CA3B",
        "FFF632284442615CCE437462BFF2D2F8DC7D2FD33377E484743434991C36F9705B7A1013B9B94F423296DF159450838670035F660F124D56CC0D96D84BF7D57D",
        "372F85623B3E76761A2A6ABF1D02AED32072087DA1C752AEECC34EE3BD24EF3119DE5ADE2BF6987082126766CD7055BC90224C3A36723355B8E03BB92E9CE0A2",
    ]);
}

/// q has 255 bits, so the candidates are shifted; three of them are thrown away.
#[test]
fn nonces_of_256_a_are_those_of_another_implementation() {
    check::<Gost256A>([
        "3A5B0D927313F5C399F7E2F685DD1C909C5F0CB4C0A7A47D93F4B52D9DD76B34",
        "3EA75C9808201FA204331D41D5CB51EC4DF7D302E7AE9805DCBD1D653E8AF8C4",
        "1A8F610FE396BE3C4807B2B14D3591E0F78F6B6C3A6F0683B95B9043E19D5DB1",
    ]);
}

/// q is well below 2^256: two candidates are thrown away.
#[test]
fn nonces_of_cryptopro_c_are_those_of_another_implementation() {
    check::<CryptoProC>([
        "60238F750C38C0B77760AFB720670D94802420750E51396AFB23AAC1D0A13161",
        "7C91E9BCDA83F5F7610CD5F9112125750A9BA0E52D907A7E382D68697FC80BE8",
        "574AF49D4F0EFCAA8CDD376A920D20E80531ED952ABE02119AAC928135EDA562",
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
