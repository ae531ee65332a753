//! What several tests of the inside use.

use crate::field::Wide;

/// A number written in big-endian hexadecimal.
pub(crate) fn number(hex: &str) -> Wide {
    let mut wide = [0; 64];
    for (byte, place) in wide.iter_mut().zip((0..hex.len() / 2).rev()) {
        *byte = u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).unwrap();
    }
    wide
}
