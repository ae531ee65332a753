//! From bytes to text.

use super::names::is_space;
use crate::Error;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251};
use std::borrow::Cow;

/// Line ends as an XML processor hands them on. Source: XML 1.0 section 2.11.
pub(crate) fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Decodes by byte order mark, else by the declared encoding, else as UTF-8. Source: XML 1.0 appendix F.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let (encoding, content) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None => (declared(bytes)?, bytes),
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(content)
        .ok_or_else(|| Error::Encoding(encoding.name().into()))
}

fn declared(bytes: &[u8]) -> Result<&'static Encoding, Error> {
    match bytes {
        [b'<', 0, b'?', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', 0, b'?', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let head = bytes.get(..200.min(bytes.len())).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let Some(declaration) = head
        .strip_prefix("<?xml")
        // Else it is an instruction: `<?xml-stylesheet … ?>` says nothing of this text's encoding.
        .filter(|rest| rest.starts_with(is_space))
        .and_then(|rest| rest.split("?>").next())
    else {
        return Ok(UTF_8);
    };
    let Some((_, value)) = declaration.split_once("encoding") else {
        return Ok(UTF_8);
    };
    let label = value
        .trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\''])
        .split(['"', '\''])
        .next();
    let label = label.unwrap_or_default();
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding == UTF_8 || encoding == WINDOWS_1251 => Ok(encoding),
        // A text whose first bytes are ASCII is not UTF-16, whatever it says.
        _ if label.eq_ignore_ascii_case("us-ascii") => Ok(UTF_8),
        _ => Err(Error::Encoding(label.chars().take(40).collect())),
    }
}
