//! The compression function with tables of the substitution and the linear transformation in one: 16 KiB.
//!
//! What is hashed shows in the addresses that are read, so no secret goes through here.

use super::State;
use super::constants::{LINEAR, ROUNDS, SUBSTITUTION};

/// Entry j of table i is what a byte j at place i of a row adds after substitution.
static TABLES: [[u64; 256]; 8] = tables();

pub(super) fn compress(hash: &mut State, length: &State, block: &State) {
    let mut key = transform(hash, length);
    let mut state = *block;
    for round in &ROUNDS {
        state = transform(&state, &key);
        key = transform(&key, round);
    }
    for (((hash, state), key), block) in hash.iter_mut().zip(state).zip(key).zip(block) {
        *hash ^= state ^ key ^ block;
    }
}

/// LPSX: the sum of both, substituted, transposed and transformed.
#[inline(always)]
fn transform(a: &State, b: &State) -> State {
    let mut sum = [0; 8];
    for ((a, b), table) in a.iter().zip(b).zip(&TABLES) {
        let row = (a ^ b).to_le_bytes();
        for (sum, byte) in sum.iter_mut().zip(row) {
            *sum ^= entry(table, byte);
        }
    }
    sum
}

#[expect(clippy::indexing_slicing, reason = "a byte is an index of 256 entries")]
#[inline(always)]
fn entry(table: &[u64; 256], byte: u8) -> u64 {
    table[usize::from(byte)]
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler")]
const fn tables() -> [[u64; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut at = 0;
    while at < 8 * 256 * 8 {
        let (place, byte, bit) = (at / 2048, at / 8 % 256, at % 8);
        if SUBSTITUTION[byte] >> bit & 1 == 1 {
            tables[place][byte] ^= LINEAR[8 * place + bit];
        }
        at += 1;
    }
    tables
}
