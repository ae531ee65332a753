//! Own hash functions against those of RustCrypto.

use digest::Digest;
use std::vec::Vec;

use super::{Gost341195, Streebog256, Streebog512};

#[test]
fn digests_of_every_length_to_1024_are_those_of_the_streebog_and_gost94_crates() {
    for length in 0..=1024 {
        let message = noise(length);
        assert_eq!(
            Streebog512::digest(&message).as_slice(),
            streebog::Streebog512::digest(&message).as_slice(),
            "{length}"
        );
        assert_eq!(
            Streebog256::digest(&message).as_slice(),
            streebog::Streebog256::digest(&message).as_slice(),
            "{length}"
        );
        assert_eq!(
            Gost341195::digest(&message).as_slice(),
            gost94::Gost94Test::digest(&message).as_slice(),
            "{length}"
        );
    }
}

#[test]
fn digests_of_pieces_are_those_of_the_whole() {
    let message = noise(1000);
    for size in [1, 3, 31, 32, 33, 63, 64, 65, 500] {
        let mut pieces = (Streebog512::new(), Gost341195::new());
        for piece in message.chunks(size) {
            pieces.0.update(piece);
            pieces.1.update(piece);
        }
        assert_eq!(pieces.0.finalize(), Streebog512::digest(&message));
        assert_eq!(pieces.1.finalize(), Gost341195::digest(&message));
    }
}

/// Sums of blocks whose carries run through.
#[test]
fn digests_of_ones_are_those_of_the_streebog_and_gost94_crates() {
    let message = [0xff; 640];
    assert_eq!(
        Streebog512::digest(message).as_slice(),
        streebog::Streebog512::digest(message).as_slice()
    );
    assert_eq!(
        Gost341195::digest(message).as_slice(),
        gost94::Gost94Test::digest(message).as_slice()
    );
}

/// Bytes without a pattern, others for every length.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15 ^ length as u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(next).collect()
}
