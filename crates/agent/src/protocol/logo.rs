//! The picture that a page may send along, to be shown in the window.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::base64::decode_lenient;

/// Characters of base64.
///
/// Source: the National CA's sample page says so, and that what is no such picture is ignored.
const CHARACTERS: usize = 50_000;

/// First bytes of the kinds that are shown. SVG is not among them: it is a program as much as a picture.
const KINDS: [&[u8]; 2] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"];

/// The picture in base64 without line breaks, when it begins as PNG or JPEG and is small enough. Only the window decodes
/// it: the agent looks at no more than its first bytes.
pub(super) fn read(text: &str) -> Option<String> {
    if text.len() > CHARACTERS {
        return None;
    }
    let base64 = match text.strip_prefix("data:") {
        Some(address) => address.split_once(";base64,")?.1,
        None => text,
    };
    let bytes = decode_lenient(base64).ok()?;
    KINDS
        .iter()
        .any(|kind| bytes.starts_with(kind))
        .then(|| BASE64_STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        BASE64_STANDARD.encode(bytes)
    }

    #[test]
    fn png_and_jpeg_are_passed_on() {
        for bytes in [&b"\x89PNG\r\n\x1a\n..."[..], b"\xff\xd8\xff\xe0..."] {
            let text = encoded(bytes);
            assert_eq!(read(&text), Some(text.clone()));
            assert_eq!(read(&format!("data:image/png;base64,{text}")), Some(text));
        }
    }

    #[test]
    fn anything_else_is_ignored() {
        let long = encoded(&[&b"\x89PNG\r\n\x1a\n"[..], &[0; 40_000]].concat());
        for text in [
            "",
            "*",
            "data:image/png",
            &long,
            &encoded(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            &encoded(b"GIF89a"),
            &encoded(b"\x89PNG"),
            "data:image/svg+xml,<svg/>",
        ] {
            assert_eq!(read(text), None);
        }
    }
}
