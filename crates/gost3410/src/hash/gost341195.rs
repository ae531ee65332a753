//! GOST 34.311-95 (GOST R 34.11-94) with the test substitution table, as Kazakhstan's keys of 2004 use it.
//!
//! `Source:` RFC 5831; the table is id-GostR3411-94-TestParamSet of RFC 4357 section 11.2.

use core::fmt;

use digest::block_api::{
    AlgorithmName, Block, BlockSizeUser, Buffer, BufferKindUser, Eager, FixedOutputCore,
    OutputSizeUser, Reset, UpdateCore,
};
use digest::common::hazmat::{DeserializeStateError, SerializableState, SerializedState};
use digest::consts::{U32, U96};
use digest::{HashMarker, Output};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{add_words, count, words, write_words};

digest::buffer_fixed!(
    /// GOST 34.311-95 with the test substitution table: the digest of Kazakhstan's keys of 2004.
    pub struct Gost341195(Core);
    impl: BaseFixedTraits AlgorithmName Default Clone HashMarker Reset FixedOutputReset SerializableState;
);

/// 256 bits as numbers of 64 bits, the lowest first.
type State = [u64; 4];

/// What the key of the third block is made with.
const C3: State = [
    0xff00_ff00_ff00_ff00,
    0x00ff_00ff_00ff_00ff,
    0xff00_00ff_00ff_ff00,
    0xff00_ffff_0000_00ff,
];

/// The substitution of each nibble, the lowest first.
const SUBSTITUTIONS: [[u8; 16]; 8] = [
    [4, 10, 9, 2, 13, 8, 0, 14, 6, 11, 1, 12, 7, 15, 5, 3],
    [14, 11, 4, 12, 6, 13, 15, 10, 2, 3, 8, 1, 0, 7, 5, 9],
    [5, 8, 1, 13, 10, 3, 4, 2, 14, 15, 12, 7, 6, 0, 9, 11],
    [7, 13, 10, 1, 0, 8, 9, 15, 14, 4, 6, 12, 11, 2, 5, 3],
    [6, 12, 7, 1, 5, 15, 13, 8, 4, 10, 9, 14, 0, 3, 11, 2],
    [4, 11, 10, 0, 7, 2, 1, 13, 3, 6, 8, 5, 9, 12, 15, 14],
    [13, 11, 4, 1, 3, 15, 5, 9, 0, 10, 14, 7, 6, 8, 2, 12],
    [1, 15, 13, 0, 5, 7, 10, 4, 9, 2, 3, 14, 6, 11, 8, 12],
];

/// The substitution of each byte, the lowest first, rotated by eleven bits.
static TABLES: [[u32; 256]; 4] = tables();

/// The state of the function.
#[derive(Clone, Default)]
#[doc(hidden)]
pub struct Core {
    hash: State,
    /// Bits so far.
    length: State,
    /// The sum of all blocks.
    sum: State,
}

impl Core {
    fn block(&mut self, block: &[u8], length: usize) {
        let block = words(block);
        compress(&mut self.hash, &block);
        count(&mut self.length, length);
        add_words(&mut self.sum, &block);
    }
}

/// The step function: four encryptions of GOST 28147-89 side by side, then the mixing transformation.
///
/// `Source:` RFC 5831 section 5.
fn compress(hash: &mut State, block: &State) {
    let (mut u, mut v) = (*hash, *block);
    let mut keys = [[0; 8]; 4];
    for (i, key) in keys.iter_mut().enumerate() {
        if i > 0 {
            u = shift(&u);
            v = shift(&shift(&v));
        }
        if i == 2 {
            u = xor(&u, &C3);
        }
        *key = permuted(&xor(&u, &v));
    }
    *hash = mix(hash, block, &encrypt(hash, &keys));
}

/// Encrypts each number with the key of the same place.
#[inline(always)]
fn encrypt(numbers: &State, keys: &[[u32; 8]; 4]) -> State {
    let mut low = numbers.map(|number| number as u32);
    let mut high = numbers.map(|number| (number >> 32) as u32);
    let round = |to: &mut [u32; 4], from: &[u32; 4], part: usize| {
        for ((to, from), key) in to.iter_mut().zip(from).zip(keys) {
            *to ^= substituted(from.wrapping_add(key.get(part).copied().unwrap_or(0)));
        }
    };
    for _ in 0..3 {
        for part in [0, 2, 4, 6] {
            round(&mut high, &low, part);
            round(&mut low, &high, part + 1);
        }
    }
    for part in [7, 5, 3, 1] {
        round(&mut high, &low, part);
        round(&mut low, &high, part - 1);
    }
    let mut encrypted = [0; 4];
    for ((number, low), high) in encrypted.iter_mut().zip(low).zip(high) {
        *number = u64::from(high) | u64::from(low) << 32;
    }
    encrypted
}

#[expect(clippy::indexing_slicing, reason = "a byte is an index of 256 entries")]
#[inline(always)]
fn substituted(number: u32) -> u32 {
    let [b0, b1, b2, b3] = number.to_le_bytes().map(usize::from);
    let [t0, t1, t2, t3] = &TABLES;
    t0[b0] ^ t1[b1] ^ t2[b2] ^ t3[b3]
}

/// The transformation A.
#[inline(always)]
fn shift(x: &State) -> State {
    let [x0, x1, x2, x3] = *x;
    [x1, x2, x3, x0 ^ x1]
}

#[inline(always)]
fn xor(a: &State, b: &State) -> State {
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (*a, *b);
    [a0 ^ b0, a1 ^ b1, a2 ^ b2, a3 ^ b3]
}

/// The permutation P: the parts of a key take one byte of each number.
#[inline(always)]
fn permuted(x: &State) -> [u32; 8] {
    let [x0, x1, x2, x3] = x.map(u64::to_le_bytes);
    let mut key = [0; 8];
    for ((((part, b0), b1), b2), b3) in key.iter_mut().zip(x0).zip(x1).zip(x2).zip(x3) {
        *part = u32::from_le_bytes([b0, b1, b2, b3]);
    }
    key
}

/// psi^61(hash + psi(block + psi^12(encrypted))), where psi shifts sixteen words by one and appends the sum of six.
#[expect(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "every index is a loop counter bounded by the array's length"
)]
#[inline(always)]
fn mix(hash: &State, block: &State, encrypted: &State) -> State {
    let next = |words: &[u16], i: usize| {
        words[i] ^ words[i + 1] ^ words[i + 2] ^ words[i + 3] ^ words[i + 12] ^ words[i + 15]
    };
    let word = |state: &State, i: usize| (state[i / 4] >> (16 * (i % 4))) as u16;

    let mut first = [0; 16 + 12];
    for i in 0..16 {
        first[i] = word(encrypted, i);
    }
    for i in 0..12 {
        first[16 + i] = next(&first, i);
    }
    let mut second = [0; 16 + 1 + 61];
    for i in 0..16 {
        second[i] = first[12 + i] ^ word(block, i);
    }
    second[16] = next(&second, 0);
    for i in 0..16 {
        second[1 + i] ^= word(hash, i);
    }
    for i in 1..62 {
        second[16 + i] = next(&second, i);
    }
    let mut mixed = [0; 4];
    for i in 0..16 {
        mixed[i / 4] |= u64::from(second[62 + i]) << (16 * (i % 4));
    }
    mixed
}

impl HashMarker for Core {}

impl BlockSizeUser for Core {
    type BlockSize = U32;
}

impl BufferKindUser for Core {
    type BufferKind = Eager;
}

impl OutputSizeUser for Core {
    type OutputSize = U32;
}

impl UpdateCore for Core {
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        for block in blocks {
            self.block(block, block.len());
        }
    }
}

impl FixedOutputCore for Core {
    fn finalize_fixed_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        let length = buffer.get_pos();
        if length > 0 {
            self.block(&buffer.pad_with_zeros(), length);
        }
        compress(&mut self.hash, &self.length);
        compress(&mut self.hash, &self.sum);
        write_words(&self.hash, out);
    }
}

impl Reset for Core {
    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl AlgorithmName for Core {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gost341195")
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Core { ... }")
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.hash.zeroize();
        self.length.zeroize();
        self.sum.zeroize();
    }
}

impl ZeroizeOnDrop for Core {}
impl ZeroizeOnDrop for Gost341195 {}

impl SerializableState for Core {
    type SerializedStateSize = U96;

    fn serialize(&self) -> SerializedState<Self> {
        let mut state = SerializedState::<Self>::default();
        let parts = state.chunks_exact_mut(32);
        for (part, number) in parts.zip([&self.hash, &self.length, &self.sum]) {
            write_words(number, part);
        }
        state
    }

    fn deserialize(state: &SerializedState<Self>) -> Result<Self, DeserializeStateError> {
        let (hash, rest) = state.split::<U32>();
        let (length, sum) = rest.split::<U32>();
        Ok(Self {
            hash: words(&hash),
            length: words(&length),
            sum: words(&sum),
        })
    }
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn tables() -> [[u32; 256]; 4] {
    let mut tables = [[0; 256]; 4];
    let mut at = 0;
    while at < 4 * 256 {
        let (place, byte) = (at / 256, at % 256);
        let low = SUBSTITUTIONS[2 * place][byte % 16];
        let high = SUBSTITUTIONS[2 * place + 1][byte / 16];
        tables[place][byte] = ((low | high << 4) as u32)
            .rotate_left(8 * place as u32)
            .rotate_left(11);
        at += 1;
    }
    tables
}
