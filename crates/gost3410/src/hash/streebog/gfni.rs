//! The compression function on processors with AVX-512 and the instructions for GF(2^8) (Intel since 2019, AMD since
//! 2022): the substitution as a permutation of bytes, the linear transformation as products with matrices of 8 x 8 bits.
//! Without a table in memory, it takes the same time for whatever is hashed.

#![allow(
    unsafe_code,
    reason = "the call below; more than twice as fast as the tables, see the README"
)]

use core::arch::x86_64::{
    __m512i, _mm_extract_epi64, _mm512_alignr_epi64, _mm512_extracti64x2_epi64,
    _mm512_gf2p8affine_epi64_epi8, _mm512_mask_blend_epi8, _mm512_movepi8_mask,
    _mm512_permutex2var_epi8, _mm512_permutexvar_epi8, _mm512_set_epi64, _mm512_ternarylogic_epi64,
    _mm512_xor_si512,
};

use super::State;
use super::constants::{LINEAR, ROUNDS, SUBSTITUTION};

cpufeatures::new!(
    available,
    "avx512f",
    "avx512bw",
    "avx512dq",
    "avx512vbmi",
    "gfni"
);

/// The substitution in four parts.
static SUBSTITUTIONS: [State; 4] = substitutions();
/// In row r, number k is the matrix from byte k + r (modulo 8) of a row of the state to byte k of the new row.
static MATRICES: [State; 8] = matrices();
/// The places of an 8 x 8 matrix of bytes after it was transposed.
static TRANSPOSITION: State = transposition();

/// Does nothing and says so where the processor lacks the instructions.
pub(super) fn compress(hash: &mut State, length: &State, block: &State) -> bool {
    let available = available::get();
    if available {
        // SAFETY: the function asks for nothing but the instructions, which were found to be there.
        unsafe { compress_with_gfni(hash, length, block) };
    }
    available
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vbmi,gfni")]
fn compress_with_gfni(hash: &mut State, length: &State, block: &State) {
    let constants = Constants::new();
    let (start, block) = (vector(hash), vector(block));
    let mut key = constants.transform(start, vector(length));
    let mut state = block;
    for round in &ROUNDS {
        state = constants.transform(state, key);
        key = constants.transform(key, vector(round));
    }
    let sum = _mm512_ternarylogic_epi64::<XOR>(state, key, _mm512_xor_si512(start, block));
    *hash = numbers(sum);
}

/// The truth table of a ^ b ^ c.
const XOR: i32 = 0x96;

struct Constants {
    substitutions: [__m512i; 4],
    matrices: [__m512i; 8],
    transposition: __m512i,
}

impl Constants {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vbmi,gfni")]
    fn new() -> Self {
        let [s0, s1, s2, s3] = &SUBSTITUTIONS;
        let [m0, m1, m2, m3, m4, m5, m6, m7] = &MATRICES;
        Self {
            substitutions: [vector(s0), vector(s1), vector(s2), vector(s3)],
            matrices: [
                vector(m0),
                vector(m1),
                vector(m2),
                vector(m3),
                vector(m4),
                vector(m5),
                vector(m6),
                vector(m7),
            ],
            transposition: vector(&TRANSPOSITION),
        }
    }

    /// LPSX: the sum of both, substituted, transposed and transformed.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vbmi,gfni")]
    fn transform(&self, a: __m512i, b: __m512i) -> __m512i {
        let sum = _mm512_xor_si512(a, b);
        let [s0, s1, s2, s3] = self.substitutions;
        let low = _mm512_permutex2var_epi8(s0, sum, s1);
        let high = _mm512_permutex2var_epi8(s2, sum, s3);
        let state = _mm512_mask_blend_epi8(_mm512_movepi8_mask(sum), low, high);

        // The transposition comes for free: row j of the state before it holds byte j of every row after it.
        let [m0, m1, m2, m3, m4, m5, m6, m7] = self.matrices;
        let p0 = _mm512_gf2p8affine_epi64_epi8::<0>(state, m0);
        let p1 = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_alignr_epi64::<1>(state, state), m1);
        let p2 = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_alignr_epi64::<2>(state, state), m2);
        let p3 = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_alignr_epi64::<3>(state, state), m3);
        let p4 = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_alignr_epi64::<4>(state, state), m4);
        let p5 = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_alignr_epi64::<5>(state, state), m5);
        let p6 = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_alignr_epi64::<6>(state, state), m6);
        let p7 = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_alignr_epi64::<7>(state, state), m7);
        let first = _mm512_ternarylogic_epi64::<XOR>(p0, p1, p2);
        let second = _mm512_ternarylogic_epi64::<XOR>(p3, p4, p5);
        let third = _mm512_ternarylogic_epi64::<XOR>(p6, p7, first);
        _mm512_permutexvar_epi8(self.transposition, _mm512_xor_si512(second, third))
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn vector(state: &State) -> __m512i {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = state.map(u64::cast_signed);
    _mm512_set_epi64(s7, s6, s5, s4, s3, s2, s1, s0)
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn numbers(vector: __m512i) -> State {
    let [a, b, c, d] = [
        _mm512_extracti64x2_epi64::<0>(vector),
        _mm512_extracti64x2_epi64::<1>(vector),
        _mm512_extracti64x2_epi64::<2>(vector),
        _mm512_extracti64x2_epi64::<3>(vector),
    ];
    [
        _mm_extract_epi64::<0>(a),
        _mm_extract_epi64::<1>(a),
        _mm_extract_epi64::<0>(b),
        _mm_extract_epi64::<1>(b),
        _mm_extract_epi64::<0>(c),
        _mm_extract_epi64::<1>(c),
        _mm_extract_epi64::<0>(d),
        _mm_extract_epi64::<1>(d),
    ]
    .map(i64::cast_unsigned)
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn substitutions() -> [State; 4] {
    let mut parts = [[0; 8]; 4];
    let mut at = 0;
    while at < 256 {
        parts[at / 64][at / 8 % 8] |= (SUBSTITUTION[at] as u64) << (8 * (at % 8));
        at += 1;
    }
    parts
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn matrices() -> [State; 8] {
    let mut matrices = [[0; 8]; 8];
    let mut at = 0;
    while at < 8 * 8 * 8 * 8 {
        let (rotation, to, bit, from_bit) = (at / 512, at / 64 % 8, at / 8 % 8, at % 8);
        let from = (to + rotation) % 8;
        // The instruction wants the row of the lowest bit in the highest byte.
        if LINEAR[8 * from + from_bit] >> (8 * to + bit) & 1 == 1 {
            matrices[rotation][to] |= 1 << (8 * (7 - bit) + from_bit);
        }
        at += 1;
    }
    matrices
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn transposition() -> State {
    let mut places = [0; 8];
    let mut at = 0;
    while at < 64 {
        places[at / 8] |= ((at % 8 * 8 + at / 8) as u64) << (8 * (at % 8));
        at += 1;
    }
    places
}
