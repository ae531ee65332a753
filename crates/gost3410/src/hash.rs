//! The hash functions that go with the curves.

mod gost341195;
mod streebog;

pub use gost341195::Gost341195;
pub use streebog::{Streebog256, Streebog512};

/// Numbers of 64 bits, the lowest first, from as many bytes.
fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut words = [0; N];
    let (chunks, _) = bytes.as_chunks::<8>();
    for (word, chunk) in words.iter_mut().zip(chunks) {
        *word = u64::from_le_bytes(*chunk);
    }
    words
}

/// The reverse of [`words`].
fn write_words(words: &[u64], bytes: &mut [u8]) {
    let (chunks, _) = bytes.as_chunks_mut::<8>();
    for (chunk, word) in chunks.iter_mut().zip(words) {
        *chunk = word.to_le_bytes();
    }
}

/// Adds a number to another, modulo a power of two.
fn add_words<const N: usize>(sum: &mut [u64; N], other: &[u64; N]) {
    let mut carry = false;
    for (word, other) in sum.iter_mut().zip(other) {
        (*word, carry) = word.carrying_add(*other, carry);
    }
}

/// Adds a number of bits to a count of them.
fn count<const N: usize>(bits: &mut [u64; N], bytes: usize) {
    let mut carry = bytes as u64 * 8;
    for word in bits {
        let overflow;
        (*word, overflow) = word.overflowing_add(carry);
        carry = u64::from(overflow);
    }
}

#[cfg(test)]
mod tests;
