//! Large base64 texts of a request, decoded where they lie in the message.
//!
//! A message of 256 MiB is nearly all base64. Read as other JSON, its text and its bytes would stand in memory side by
//! side. So the large texts are lifted out first: what remains is small and is parsed as usual, with a short mark in
//! place of each; once it is known what a text is for, it is decoded into its own place in the message's buffer.

use std::ops::Range;

use bytes::Bytes;

use crate::{
    ask::{Ask, Input},
    base64::{decode_bare_in_place, decode_in_place, is_bare, strip_white_space},
    error::Error,
};

/// Texts from this size on are lifted: documents, that is. Everything else that is base64, a picture at most, is smaller.
const LARGE: usize = 64 * 1024;
/// Begins a mark: a private character, which is no base64 and which messages with large texts do not hold.
const MARK: char = '\u{10FFFD}';

/// The texts that were lifted out of a message, where they lie.
pub(crate) struct Lifted {
    message: Vec<u8>,
    texts: Vec<Text>,
}

/// Where a text lies.
struct Text {
    range: Range<usize>,
    is_bare: bool,
}

/// What became of the lifted texts, in the same order.
pub(crate) struct Settled(Vec<Option<Bytes>>);

/// Takes the large base64 texts out of a message; gives what remains.
///
/// Anything that is not plainly strict JSON up to the end of such a text is left as it is: only where every parser sees
/// the same text may one be lifted.
pub(crate) fn lift(message: String) -> (String, Lifted) {
    let nothing = |message| (message, Lifted::nothing());
    if message.len() < LARGE {
        return nothing(message);
    }
    let found = large_literals(message.as_bytes());
    if found.is_empty() {
        return nothing(message);
    }
    let mut rest = String::new();
    let mut at = 0;
    for (number, literal) in found.iter().enumerate() {
        let between = message.get(at..literal.range.start).unwrap_or_default();
        if between.contains(MARK) {
            return nothing(message);
        }
        rest.push_str(between);
        rest.push_str(&mark(number));
        at = literal.range.end;
    }
    let end = message.get(at..).unwrap_or_default();
    if end.contains(MARK) {
        return nothing(message);
    }
    rest.push_str(end);
    let mut message = message.into_bytes();
    let mut texts = found;
    for Text { range, .. } in texts.iter_mut().filter(|text| !text.is_bare) {
        let text = message.get_mut(range.clone()).unwrap_or_default();
        range.end = range.start + unescape(text);
    }
    (rest, Lifted { message, texts })
}

impl Lifted {
    /// Of a message that is left as it is.
    pub(crate) fn nothing() -> Self {
        Self {
            message: Vec::new(),
            texts: Vec::new(),
        }
    }

    /// Decodes what the request wants decoded and keeps that alone.
    ///
    /// # Errors
    /// When a text is not base64.
    pub(crate) fn settle(mut self, ask: &mut Ask<'_>) -> Result<Settled, Error> {
        if self.texts.is_empty() {
            return Ok(Settled(Vec::new()));
        }
        let mut kept: Vec<Option<Range<usize>>> = vec![None; self.texts.len()];
        for input in ask.what.inputs() {
            let Some(number) = number_of(input) else {
                continue;
            };
            let (Some(text), Some(kept)) = (self.texts.get_mut(number), kept.get_mut(number))
            else {
                continue;
            };
            let start = text.range.start;
            let bytes = self.message.get_mut(text.range.clone()).unwrap_or_default();
            let length = match input {
                Input::StrictBase64(_) | Input::Base64(_) if text.is_bare => {
                    decode_bare_in_place(bytes)?
                }
                Input::StrictBase64(_) => decode_in_place(bytes)?,
                Input::Base64(_) => {
                    let bare = strip_white_space(bytes);
                    decode_in_place(bytes.get_mut(..bare).unwrap_or_default())?
                }
                Input::Text(_) | Input::Decoded(_) => bytes.len(),
            };
            *kept = Some(start..start + length);
            // Named a second time it is no base64 any more.
            text.range.end = start;
        }
        Ok(Settled(self.close_up(kept)))
    }

    /// Moves what is kept together and gives the rest of the memory back.
    fn close_up(mut self, kept: Vec<Option<Range<usize>>>) -> Vec<Option<Bytes>> {
        // The first stays: moving it would cost more than what stands before it.
        let mut end = kept.iter().flatten().next().map_or(0, |range| range.start);
        let moved: Vec<Option<Range<usize>>> = kept
            .into_iter()
            .map(|range| {
                let range = range?;
                let place = end..end + range.len();
                if place.start != range.start {
                    self.message.copy_within(range, place.start);
                }
                end = place.end;
                Some(place)
            })
            .collect();
        self.message.truncate(end);
        self.message.shrink_to_fit();
        let all = Bytes::from(self.message);
        moved
            .into_iter()
            .map(|range| range.map(|range| all.slice(range)))
            .collect()
    }
}

impl Settled {
    /// Puts the bytes in the place of their marks.
    pub(crate) fn put_into<'a>(&'a self, ask: &mut Ask<'a>) {
        for input in ask.what.inputs() {
            let Some(Some(bytes)) = number_of(input).and_then(|number| self.0.get(number)) else {
                continue;
            };
            *input = match *input {
                Input::Text(_) => {
                    std::str::from_utf8(bytes).map_or(Input::Decoded(bytes), Input::Text)
                }
                _ => Input::Decoded(bytes),
            };
        }
    }
}

fn mark(number: usize) -> String {
    format!("{MARK}{number}")
}

fn number_of(input: &Input<'_>) -> Option<usize> {
    match input {
        Input::Text(text) | Input::StrictBase64(text) | Input::Base64(text) => {
            text.strip_prefix(MARK)?.parse().ok()
        }
        Input::Decoded(_) => None,
    }
}

/// The insides of the large literals that hold base64 and white space only, escaped as JSON escapes these.
fn large_literals(message: &[u8]) -> Vec<Text> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = message.get(at..).unwrap_or_default();
        let Some(outside) = memchr::memchr(b'"', rest) else {
            return found;
        };
        // Single quotes and comments are for the lenient parser, who may see other literals.
        let plain =
            |byte: &u8| byte.is_ascii_alphanumeric() || b" \t\r\n{}[]:,.+-_$".contains(byte);
        let start = at + outside + 1;
        if !rest.get(..outside).is_some_and(|it| it.iter().all(plain)) {
            return found;
        }
        let Some(length) = literal_length(message.get(start..).unwrap_or_default()) else {
            return found;
        };
        let range = start..start + length;
        at = range.end + 1;
        if length < LARGE {
            continue;
        }
        let literal = message.get(range.clone()).unwrap_or_default();
        let is_bare = is_bare(literal);
        if is_bare || is_base64_literal(literal) {
            found.push(Text { range, is_bare });
        }
    }
}

/// Bytes up to the quote that ends the literal.
fn literal_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let next = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(next) == Some(&b'"') {
            return Some(next);
        }
        at = next + 2;
    }
}

fn is_base64_literal(literal: &[u8]) -> bool {
    let mut bytes = literal.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b' ' => {}
            b'\\' if matches!(bytes.next(), Some(b'/' | b'n' | b'r' | b't')) => {}
            _ => return false,
        }
    }
    true
}

/// Resolves the escapes where they stand; gives the new length.
fn unescape(text: &mut [u8]) -> usize {
    let Some(first) = memchr::memchr(b'\\', text) else {
        return text.len();
    };
    let (mut from, mut to) = (first, first);
    while let Some(byte) = text.get(from).copied() {
        from += 1;
        let byte = if byte == b'\\' {
            let escaped = text.get(from).copied();
            from += 1;
            match escaped {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                _ => b'/',
            }
        } else {
            byte
        };
        if let Some(place) = text.get_mut(to) {
            *place = byte;
        }
        to += 1;
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{agent::documents_of, json};

    /// A request with these literals as its documents, by a method that reads base64 strictly or leniently, or as text.
    fn request(literals: &[&str], decode: bool) -> String {
        format!(
            r#"{{"module":"kz.gov.pki.knca.basics","method":"sign","args":{{"format":"cms","data":[{}],"signingParams":{{"decode":{decode}}},"signerParams":{{}}}}}}"#,
            literals
                .iter()
                .map(|literal| format!("\"{literal}\""))
                .collect::<Vec<_>>()
                .join(",")
        )
    }

    fn bytes(seed: u8, length: usize) -> Vec<u8> {
        (0..length)
            .map(|index| (index as u8).wrapping_mul(31).wrapping_add(seed))
            .collect()
    }

    fn base64(bytes: &[u8]) -> String {
        base64_simd::STANDARD.encode_to_string(bytes)
    }

    #[test]
    fn large_documents_are_the_bytes_that_were_encoded() {
        for length in [49_152, 49_153, 49_154, 49_155, 400_000] {
            let [first, second] = [bytes(1, length), bytes(2, 2 * length)];
            let small = base64(b"small");
            let broken: Vec<String> = base64(&second)
                .as_bytes()
                .chunks(76)
                .map(|line| String::from_utf8(line.to_vec()).unwrap())
                .collect();
            let unpadded = base64(&first).trim_end_matches('=').to_owned();
            let literals = [
                &base64(&first),
                small.as_str(),
                &broken.join("\\r\\n"),
                &base64(&first).replace('/', "\\/"),
                &unpadded,
            ];
            let request = request(&literals, true);
            let (rest, _) = lift(request.clone());
            assert!(rest.len() < 1_000, "{}", rest.len());
            let documents = documents_of(request).unwrap();
            assert_eq!(
                documents,
                [&first, b"small".as_slice(), &second, &first, &first]
            );
        }
    }

    #[test]
    fn a_large_text_that_only_looks_like_base64_stays_a_text() {
        let text = "A".repeat(LARGE + 1);
        let documents = documents_of(request(&[&text, "B"], false)).unwrap();
        assert_eq!(documents, [text.as_bytes(), b"B"]);
    }

    #[test]
    fn what_is_not_base64_is_refused_in_the_same_words_whatever_its_size() {
        for (spoiled, words) in [
            ("{}=A", "wrong 4-byte ending unit"),
            ("=AAA{}", "wrong 4-byte ending unit"),
            ("{}A", "enough valid bits"),
            ("{}AAAA===", "wrong 4-byte ending unit"),
        ] {
            for length in [40, LARGE + 40] {
                let text = spoiled.replace("{}", &"AbC+".repeat(length / 4));
                let refused = documents_of(request(&[&text], true)).unwrap_err();
                assert!(refused.to_string().contains(words), "{spoiled}: {refused}");
            }
        }
    }

    #[test]
    fn messages_that_parsers_might_cut_differently_are_left_alone() {
        let large = "A".repeat(LARGE);
        for message in [
            format!("{{'a':'x\"','b':\"{large}\"}}"),
            format!("{{\"a\":'<b c=\"{large}\"/>'}}"),
            format!("{{a#:\"{large}\"}}"),
            format!("{{\"a\":\"{MARK}0\",\"b\":\"{large}\"}}"),
            format!("{{\"b\":\"{large}\",\"a\":\"{MARK}0\"}}"),
            format!("{{\"b\":\"{large}"),
            format!("{{\"b\":\"{large}\\u0041\"}}"),
            format!("{{\"b\":\"{large}Ұ\"}}"),
        ] {
            let (rest, lifted) = lift(message.clone());
            assert_eq!(rest, message);
            assert!(lifted.texts.is_empty());
        }
    }

    #[test]
    fn what_remains_reads_like_the_message() {
        let large = "Ab+/".repeat(LARGE / 4);
        let message = format!("{{\"\\\"{{\":[1,\"{large}\", \"\\\\\"],b:\"{large}\\n\"}}");
        let (rest, lifted) = lift(message);
        assert_eq!(
            rest,
            format!("{{\"\\\"{{\":[1,\"{MARK}0\", \"\\\\\"],b:\"{MARK}1\"}}")
        );
        assert!(json::parse(&rest).is_ok());
        let texts: Vec<_> = lifted
            .texts
            .iter()
            .map(|text| lifted.message[text.range.clone()].to_vec())
            .collect();
        assert_eq!(texts, [large.as_bytes(), format!("{large}\n").as_bytes()]);
    }
}
