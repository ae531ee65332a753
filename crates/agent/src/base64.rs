//! Base64 as pages send it, refused in Java's words where NCALayer passes them on.

use ::base64::{
    DecodeError, Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Java's basic decoder: the standard alphabet, padding optional at the end, no line breaks.
const JAVA: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why a text is not base64, in the words of Java's `Base64.Decoder`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Base64Error {
    /// A character outside the alphabet; its code as Java sees it (Latin-1, other characters are `?`).
    #[error("Illegal base64 character {0:x}")]
    Character(u8),
    /// Padding in the wrong place or of the wrong length.
    #[error("Input byte array has wrong 4-byte ending unit")]
    Padding,
    /// One character at the end where two at least are needed.
    #[error("Last unit does not have enough valid bits")]
    Length,
}

/// Decodes as Java's basic decoder does.
///
/// Source: NCALayer's commonUtils hands the exception's text to the page.
pub(crate) fn decode_strict(text: &str) -> Result<Vec<u8>, Base64Error> {
    JAVA.decode(text).map_err(|error| match error {
        DecodeError::InvalidByte(_, b'=')
        | DecodeError::InvalidLastSymbol { .. }
        | DecodeError::InvalidPadding => Base64Error::Padding,
        DecodeError::InvalidByte(at, _) => Base64Error::Character(latin1_at(text, at)),
        DecodeError::InvalidLength(_) => Base64Error::Length,
    })
}

/// Decodes with white space allowed anywhere.
pub(crate) fn decode_lenient(text: &str) -> Result<Vec<u8>, Base64Error> {
    if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        let bare: String = text.split_ascii_whitespace().collect();
        return decode_strict(&bare);
    }
    decode_strict(text)
}

/// The character that a byte of the text belongs to, as Java's Latin-1 encoding of the text has it.
fn latin1_at(text: &str, at: usize) -> u8 {
    let start = (0..=at)
        .rev()
        .find(|start| text.is_char_boundary(*start))
        .unwrap_or_default();
    let character = text.get(start..).and_then(|rest| rest.chars().next());
    character
        .and_then(|character| u8::try_from(u32::from(character)).ok())
        .unwrap_or(b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basic_decoder_takes_missing_padding_but_no_line_breaks() {
        assert_eq!(decode_strict("MTEK").unwrap(), b"11\n");
        assert_eq!(decode_strict("MTE=").unwrap(), b"11");
        assert_eq!(decode_strict("MTE").unwrap(), b"11");
        assert_eq!(decode_strict("").unwrap(), b"");
        assert_eq!(
            decode_strict("MT\nEK").unwrap_err().to_string(),
            "Illegal base64 character a"
        );
        assert_eq!(
            decode_strict("MT EK").unwrap_err().to_string(),
            "Illegal base64 character 20"
        );
        assert_eq!(
            decode_strict("M-_K").unwrap_err().to_string(),
            "Illegal base64 character 2d"
        );
        assert_eq!(
            decode_strict("MТEK").unwrap_err().to_string(),
            "Illegal base64 character 3f"
        );
        assert_eq!(
            decode_strict("MéEK").unwrap_err().to_string(),
            "Illegal base64 character e9"
        );
        assert_eq!(decode_strict("MTEKM").unwrap_err(), Base64Error::Length);
        assert_eq!(decode_strict("M===").unwrap_err(), Base64Error::Padding);
    }

    #[test]
    fn the_lenient_decoder_takes_white_space_anywhere() {
        assert_eq!(decode_lenient("M T\r\nE K\t").unwrap(), b"11\n");
        assert_eq!(decode_lenient("MTEK").unwrap(), b"11\n");
        assert!(decode_lenient("MT-K").is_err());
    }
}
