use base64::{Engine, prelude::BASE64_STANDARD};
use window_messages::{DocumentName, Preview};

use super::kind::readable_text;
use crate::limits::{PDF_PREVIEW_BYTES, TEXT_PREVIEW_BYTES};

/// The first words in one line of at most 80 characters.
pub(super) fn beginning(bytes: &[u8]) -> String {
    let start = String::from_utf8_lossy(bytes.get(..400).unwrap_or(bytes));
    let words = start
        .trim_end_matches(char::REPLACEMENT_CHARACTER)
        .split_whitespace();
    words
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(80)
        .collect()
}

/// `canonical`: what is signed; `text`: how the page sent it.
pub(super) fn of_xml(canonical: &[u8], text: &str) -> Preview {
    let (pretty, pretty_cut) = pretty(&String::from_utf8_lossy(canonical));
    let (raw, raw_cut) = cut(text, TEXT_PREVIEW_BYTES);
    Preview::Xml {
        pretty,
        raw: raw.to_owned(),
        truncated: pretty_cut || raw_cut,
    }
}

pub(super) fn of_bytes(bytes: &[u8], name: &DocumentName) -> Preview {
    match name {
        DocumentName::Pdf if bytes.len() <= PDF_PREVIEW_BYTES => Preview::Pdf {
            base64: BASE64_STANDARD.encode(bytes),
        },
        DocumentName::Text | DocumentName::Xml { .. } => match readable_text(bytes) {
            Some(text) => {
                let (text, truncated) = cut(text, TEXT_PREVIEW_BYTES);
                Preview::Text {
                    text: text.to_owned(),
                    truncated,
                }
            }
            None => Preview::Opaque,
        },
        _ => Preview::Opaque,
    }
}

/// Of a document of which there is only the beginning.
pub(super) fn of_beginning(bytes: &[u8], name: &DocumentName) -> Preview {
    match (name, readable_text(bytes)) {
        (DocumentName::Text | DocumentName::Xml { .. }, Some(text)) => Preview::Text {
            text: cut(text, TEXT_PREVIEW_BYTES).0.to_owned(),
            truncated: true,
        },
        _ => Preview::Opaque,
    }
}

/// At most `limit` bytes of the text, and whether anything was left out.
fn cut(text: &str, limit: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(limit);
    (text.get(..end).unwrap_or(text), end < text.len())
}

/// Indents canonical XML for reading; whether anything was left out. White space between tags is dropped, text keeps
/// the line of its tag.
fn pretty(xml: &str) -> (String, bool) {
    let mut output = String::new();
    let mut depth = 0_usize;
    // After an opening tag or text the closing tag stays on the line.
    let mut inline = false;
    let mut rest = xml;
    while !rest.is_empty() {
        if output.len() > TEXT_PREVIEW_BYTES {
            return (cut(&output, TEXT_PREVIEW_BYTES).0.to_owned(), true);
        }
        let (token, tail) = rest
            .split_at_checked(token_length(rest))
            .unwrap_or((rest, ""));
        rest = tail;
        if !token.starts_with('<') {
            let text = token.trim();
            if !text.is_empty() {
                output.push_str(text);
                inline = true;
            }
            continue;
        }
        let closing = token.starts_with("</");
        if closing {
            depth = depth.saturating_sub(1);
        }
        if !(closing && inline || output.is_empty()) {
            output.push('\n');
            // Deep documents would else be all blanks.
            output.extend(std::iter::repeat_n("  ", depth.min(40)));
        }
        output.push_str(token);
        let opening = !closing && !token.starts_with("<?");
        if opening {
            depth += 1;
        }
        inline = opening;
    }
    let (text, truncated) = cut(&output, TEXT_PREVIEW_BYTES);
    (text.to_owned(), truncated)
}

/// Length of the tag or the text that stands first.
fn token_length(xml: &str) -> usize {
    if !xml.starts_with('<') {
        return xml.find('<').unwrap_or(xml.len());
    }
    if xml.starts_with("<?") {
        return xml.find("?>").map_or(xml.len(), |at| at + 2);
    }
    let mut quoted = false;
    for (at, byte) in xml.bytes().enumerate() {
        match byte {
            // Canonical XML quotes attributes with this one only, and escapes it inside.
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    xml.len()
}
