//! Streebog: GOST R 34.11-2012, in Kazakhstan GOST 34.11-2015.
//!
//! `Source:` RFC 6986.

mod constants;
#[cfg(target_arch = "x86_64")]
mod gfni;
mod portable;

use core::fmt;

use digest::block_api::{
    AlgorithmName, Block, BlockSizeUser, Buffer, BufferKindUser, CtOutWrapper, Eager,
    OutputSizeUser, TruncSide, UpdateCore, VariableOutputCore,
};
use digest::common::hazmat::{DeserializeStateError, SerializableState, SerializedState};
use digest::consts::{U32, U64, U192};
use digest::{HashMarker, InvalidOutputSize, Output};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{add_words, count, words, write_words};

digest::buffer_fixed!(
    /// Streebog with 256 bits: the digest of the 256-bit curves of GOST R 34.10-2012.
    pub struct Streebog256(CtOutWrapper<StreebogCore, U32>);
    impl: BaseFixedTraits AlgorithmName Default Clone HashMarker Reset FixedOutputReset SerializableState;
);

digest::buffer_fixed!(
    /// Streebog with 512 bits: the digest of the 512-bit curves.
    ///
    /// ```
    /// use gost3410::{Streebog512, digest::Digest};
    ///
    /// let digest = Streebog512::digest(b"what is signed");
    /// assert_eq!(digest.len(), 64);
    /// ```
    pub struct Streebog512(CtOutWrapper<StreebogCore, U64>);
    impl: BaseFixedTraits AlgorithmName Default Clone HashMarker Reset FixedOutputReset SerializableState;
);

/// 512 bits as numbers of 64 bits, the lowest first.
type State = [u64; 8];

/// The state of both functions, which differ in where they start and in how much they give out.
#[derive(Clone)]
#[doc(hidden)]
pub struct StreebogCore {
    hash: State,
    /// Bits so far.
    length: State,
    /// The sum of all blocks.
    sum: State,
}

impl StreebogCore {
    fn block(&mut self, block: &[u8], length: usize) {
        let block = words(block);
        compress(&mut self.hash, &self.length, &block);
        count(&mut self.length, length);
        add_words(&mut self.sum, &block);
    }
}

/// The compression function g.
///
/// `Source:` RFC 6986 section 7.
fn compress(hash: &mut State, length: &State, block: &State) {
    #[cfg(target_arch = "x86_64")]
    if gfni::compress(hash, length, block) {
        return;
    }
    portable::compress(hash, length, block);
}

impl HashMarker for StreebogCore {}

impl BlockSizeUser for StreebogCore {
    type BlockSize = U64;
}

impl BufferKindUser for StreebogCore {
    type BufferKind = Eager;
}

impl OutputSizeUser for StreebogCore {
    type OutputSize = U64;
}

impl UpdateCore for StreebogCore {
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        for block in blocks {
            self.block(block, block.len());
        }
    }
}

impl VariableOutputCore for StreebogCore {
    // The shorter digest is the upper half of the state.
    const TRUNC_SIDE: TruncSide = TruncSide::Right;

    fn new(output_size: usize) -> Result<Self, InvalidOutputSize> {
        let hash = match output_size {
            32 => [0x0101_0101_0101_0101; 8],
            64 => [0; 8],
            _ => return Err(InvalidOutputSize),
        };
        let (length, sum) = ([0; 8], [0; 8]);
        Ok(Self { hash, length, sum })
    }

    fn finalize_variable_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        let length = buffer.get_pos();
        let mut last = buffer.pad_with_zeros();
        if let Some(byte) = last.get_mut(length) {
            *byte = 1;
        }
        self.block(&last, length);
        compress(&mut self.hash, &[0; 8], &self.length);
        compress(&mut self.hash, &[0; 8], &self.sum);
        write_words(&self.hash, out);
    }
}

impl AlgorithmName for StreebogCore {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Streebog")
    }
}

impl fmt::Debug for StreebogCore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreebogCore { ... }")
    }
}

impl Drop for StreebogCore {
    fn drop(&mut self) {
        self.hash.zeroize();
        self.length.zeroize();
        self.sum.zeroize();
    }
}

impl ZeroizeOnDrop for StreebogCore {}
impl ZeroizeOnDrop for Streebog256 {}
impl ZeroizeOnDrop for Streebog512 {}

impl SerializableState for StreebogCore {
    type SerializedStateSize = U192;

    fn serialize(&self) -> SerializedState<Self> {
        let mut state = SerializedState::<Self>::default();
        let parts = state.chunks_exact_mut(64);
        for (part, number) in parts.zip([&self.hash, &self.length, &self.sum]) {
            write_words(number, part);
        }
        state
    }

    fn deserialize(state: &SerializedState<Self>) -> Result<Self, DeserializeStateError> {
        let (hash, rest) = state.split::<U64>();
        let (length, sum) = rest.split::<U64>();
        Ok(Self {
            hash: words(&hash),
            length: words(&length),
            sum: words(&sum),
        })
    }
}

#[cfg(test)]
mod tests;
