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

/// Decodes as [`decode_strict`] does, into the place of the text; gives how many bytes there are.
pub(crate) fn decode_in_place(text: &mut [u8]) -> Result<usize, Base64Error> {
    let (body, _) = text.split_at(whole_units(text));
    if base64_simd::STANDARD_NO_PAD.check(body).is_err() {
        return Err(first_fault(text));
    }
    decode_bare_in_place(text)
}

/// Whether there is nothing in the text but the alphabet, and what may be padding at its end.
pub(crate) fn is_bare(text: &[u8]) -> bool {
    let (body, end) = text.split_at(whole_units(text));
    base64_simd::STANDARD_NO_PAD.check(body).is_ok()
        && end
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
}

/// The units before the last ones, in characters: only these can be short or padded, and how they are read is not the fast
/// decoder's business.
fn whole_units(text: &[u8]) -> usize {
    text.len().saturating_sub(4) / 4 * 4
}

/// As [`decode_in_place`], of a text that [`is_bare`].
pub(crate) fn decode_bare_in_place(text: &mut [u8]) -> Result<usize, Base64Error> {
    let (body, end) = text.split_at_mut(whole_units(text));
    let end = decode_strict(std::str::from_utf8(end).map_err(|_| Base64Error::Character(b'?'))?)?;
    let length = base64_simd::STANDARD_NO_PAD
        .decode_inplace(body)
        .map_err(|_| Base64Error::Length)?
        .len();
    let all = length + end.len();
    if let Some(place) = text.get_mut(length..all) {
        place.copy_from_slice(&end);
    }
    Ok(all)
}

/// What is wrong first with a text that is not base64.
fn first_fault(text: &[u8]) -> Base64Error {
    let in_alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let at = text.iter().position(|byte| !in_alphabet(byte)).unwrap_or(0);
    // From the unit on that it stands in; the next one tells whether padding is in its place.
    let start = at / 4 * 4;
    let units = text.get(start..text.len().min(start + 8)).unwrap_or(text);
    let units = String::from_utf8_lossy(units);
    decode_strict(&units).err().unwrap_or(Base64Error::Padding)
}

/// Closes the gaps that white space leaves; gives what is left of the length.
pub(crate) fn strip_white_space(text: &mut [u8]) -> usize {
    let Some(first) = text.iter().position(u8::is_ascii_whitespace) else {
        return text.len();
    };
    let mut to = first;
    for from in first..text.len() {
        if let Some(byte) = text
            .get(from)
            .copied()
            .filter(|it| !it.is_ascii_whitespace())
        {
            if let Some(place) = text.get_mut(to) {
                *place = byte;
            }
            to += 1;
        }
    }
    to
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
    fn in_place_it_decodes_to_the_same() {
        for text in [
            "",
            "M",
            "MT",
            "MTE",
            "MTEK",
            "MTE=",
            "MQ==",
            "M===",
            "=",
            "MTEKM",
            "MTEKMTEKMT",
            "MTEKMTEKMTE=",
            "MTEK=TEK",
            "MTEK====MTEK",
            "MT KMTEKMTEK",
            "MTEKMTEKMTEK\n",
            "MT-KMTEKMTEK",
            "MTEKMTEKMTEKM",
        ] {
            let mut bytes = text.as_bytes().to_vec();
            let decoded = decode_in_place(&mut bytes).map(|length| bytes[..length].to_vec());
            assert_eq!(decoded, decode_strict(text), "{text}");
        }
    }

    #[test]
    fn the_lenient_decoder_takes_white_space_anywhere() {
        assert_eq!(decode_lenient("M T\r\nE K\t").unwrap(), b"11\n");
        assert_eq!(decode_lenient("MTEK").unwrap(), b"11\n");
        assert!(decode_lenient("MT-K").is_err());
    }
}
