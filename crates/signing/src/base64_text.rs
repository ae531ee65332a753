//! Base64 as it stands in XML and PEM.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// In one line.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// In lines of `columns`, LF between them and none at the end.
pub(crate) fn encode_in_lines(bytes: &[u8], columns: usize) -> String {
    let text = encode(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / columns.max(1) + 1);
    for (position, letter) in text.chars().enumerate() {
        if position > 0 && position.is_multiple_of(columns) {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines
}

/// The bytes; white space, CR among it, means nothing.
///
/// Source: XML Schema part 2 section 3.2.16; Kalkan on Java 9 and later writes `&#13;` at each line's end.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let dense: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '\t' | '\n' | '\r'))
        .collect();
    STANDARD.decode(dense).ok()
}
