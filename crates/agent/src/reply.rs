//! What a page is answered.

use std::{borrow::Cow, fmt, slice};

use bytes::Bytes;
use signing::cms::Message;

/// Texts and signatures from this size on are pieces of their own.
const LARGE: usize = 64 * 1024;
/// Bytes of a large signature that become text at a time: whole units of base64, and whole lines of PEM.
const CHUNK: usize = 48 * 1024;
/// Bytes in a line of PEM.
const LINE: usize = 48;

/// The text of a reply, JSON.
///
/// Signatures with a large document inside become base64 while they are sent, piece by piece: otherwise that text would be
/// most of the memory that there is.
#[derive(Default)]
pub struct Reply {
    pieces: Vec<Piece>,
    /// What stands behind them.
    end: String,
}

enum Piece {
    Text(String),
    Large(Message, Encoding),
}

/// How bytes stand in a JSON literal.
#[derive(Clone, Copy)]
enum Encoding {
    /// One line.
    Base64,
    /// Lines of 64 columns that end with an escaped LF (RFC 7468).
    Pem,
}

impl Reply {
    /// Bytes of the whole text.
    pub fn size(&self) -> usize {
        let size = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Large(message, encoding) => encoding.size(message.size()),
        };
        self.pieces.iter().map(size).sum::<usize>() + self.end.len()
    }

    /// The text in chunks that follow one another: what was pushed as text as it is, the rest in at most 66 KiB each.
    pub fn chunks(&self) -> impl Iterator<Item = Cow<'_, str>> + Send {
        let pieces = self.pieces.iter().flat_map(|piece| {
            let (text, encoded) = match piece {
                Piece::Text(text) => (Some(text.as_str()), None),
                Piece::Large(message, encoding) => {
                    (None, Some(Encoded::new(message.pieces(), *encoding)))
                }
            };
            let encoded = encoded.into_iter().flatten().map(Cow::Owned);
            text.map(Cow::Borrowed).into_iter().chain(encoded)
        });
        pieces.chain(Some(Cow::Borrowed(self.end.as_str())))
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.end.push_str(text);
    }

    /// Text that is there as a whole, and may be large.
    pub(crate) fn push_text(&mut self, text: String) {
        if text.len() < LARGE {
            self.push_str(&text);
        } else {
            self.push_piece(Piece::Text(text));
        }
    }

    /// Base64 in one line.
    pub(crate) fn push_base64(&mut self, bytes: impl Into<Message>) {
        self.push(bytes.into(), Encoding::Base64);
    }

    /// Base64 in the lines of PEM.
    pub(crate) fn push_pem_lines(&mut self, message: Message) {
        self.push(message, Encoding::Pem);
    }

    fn push(&mut self, message: Message, encoding: Encoding) {
        if message.size() >= LARGE {
            self.push_piece(Piece::Large(message, encoding));
            return;
        }
        for chunk in Encoded::new(message.pieces(), encoding) {
            self.push_str(&chunk);
        }
    }

    fn push_piece(&mut self, piece: Piece) {
        let before = std::mem::take(&mut self.end);
        self.pieces.extend([Piece::Text(before), piece]);
    }
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self {
            pieces: Vec::new(),
            end: text,
        }
    }
}

impl From<&str> for Reply {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// The whole text.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chunks().try_for_each(|chunk| f.write_str(&chunk))
    }
}

/// Signatures do not belong into logs.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("bytes", &self.size())
            .finish_non_exhaustive()
    }
}

impl Encoding {
    fn size(self, bytes: usize) -> usize {
        let base64 = bytes.div_ceil(3) * 4;
        match self {
            Self::Base64 => base64,
            Self::Pem => base64 + bytes.div_ceil(LINE) * "\\n".len(),
        }
    }

    fn encode(self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(self.size(bytes.len()));
        match self {
            Self::Base64 => base64_simd::STANDARD.encode_append(bytes, &mut text),
            Self::Pem => {
                for line in bytes.chunks(LINE) {
                    base64_simd::STANDARD.encode_append(line, &mut text);
                    text.push_str("\\n");
                }
            }
        }
        text
    }
}

/// The text of a message, a chunk at a time.
struct Encoded<'a> {
    piece: &'a [u8],
    further: slice::Iter<'a, Bytes>,
    encoding: Encoding,
}

impl<'a> Encoded<'a> {
    fn new(pieces: &'a [Bytes], encoding: Encoding) -> Self {
        Self {
            piece: &[],
            further: pieces.iter(),
            encoding,
        }
    }
}

impl Iterator for Encoded<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if let Some((chunk, rest)) = self.piece.split_at_checked(CHUNK) {
            self.piece = rest;
            return Some(self.encoding.encode(chunk));
        }
        // Out of several pieces: a unit of base64 may begin in one and end in the next.
        let mut chunk = Vec::new();
        while chunk.len() < CHUNK {
            if self.piece.is_empty() {
                match self.further.next() {
                    Some(piece) => self.piece = piece,
                    None => break,
                }
            }
            let missing = CHUNK - chunk.len();
            let (taken, rest) = self
                .piece
                .split_at_checked(missing)
                .unwrap_or((self.piece, &[]));
            chunk.extend_from_slice(taken);
            self.piece = rest;
        }
        (!chunk.is_empty()).then(|| self.encoding.encode(&chunk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message that is one piece of `size` bytes.
    fn message(size: usize) -> (Vec<u8>, Message) {
        let bytes: Vec<u8> = (0..size).map(|at| (at * 31 / 7) as u8).collect();
        (bytes.clone(), bytes.into())
    }

    /// `[…,…]` of both encodings of messages of these sizes, and what stands in them when they are read as JSON.
    fn reply(sizes: &[usize]) -> (Reply, Vec<String>) {
        let (mut reply, mut expected) = (Reply::default(), Vec::new());
        reply.push_str("[\"\"");
        expected.push(String::new());
        for size in sizes {
            let (bytes, message) = message(*size);
            reply.push_str(",\"");
            reply.push_base64(message.clone());
            reply.push_str("\",\"");
            reply.push_pem_lines(message);
            reply.push_str("\"");
            let base64 = base64_simd::STANDARD.encode_to_string(&bytes);
            let lines = base64.as_bytes().chunks(64);
            let lines = lines.map(|line| format!("{}\n", String::from_utf8_lossy(line)));
            let lines = lines.collect();
            expected.extend([base64, lines]);
        }
        reply.push_str("]");
        (reply, expected)
    }

    #[test]
    fn signatures_of_all_sizes_are_the_base64_that_they_would_be_as_a_whole() {
        let edge = [LARGE - 1, LARGE, LARGE + 1];
        let chunks = [2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 5 * CHUNK + 48];
        for sizes in [&[][..], &[0, 1, 2, 3, 47, 48, 49], &edge, &chunks] {
            let (reply, expected) = reply(sizes);
            let text = reply.to_string();
            assert_eq!(text.len(), reply.size(), "{sizes:?}");
            let read: Vec<String> = serde_json::from_str(&text).unwrap();
            assert!(read == expected, "{sizes:?}");
        }
    }

    #[test]
    fn a_message_in_pieces_reads_as_one() {
        let content = 3 * CHUNK + 5;
        for (before, behind) in [(0, 0), (1, 1), (2, 0), (70, 1_000), (CHUNK, CHUNK)] {
            let bytes = message(before + content + behind).0;
            let whole = Bytes::from(bytes.clone());
            let pieces = [
                whole.slice(..before),
                whole.slice(before..before + content),
                whole.slice(before + content..),
            ];
            let text: String = Encoded::new(&pieces, Encoding::Base64).collect();
            assert!(text == base64_simd::STANDARD.encode_to_string(&bytes));
            let chunks: Vec<_> = Encoded::new(&pieces, Encoding::Pem).collect();
            assert!(chunks.iter().all(|chunk| chunk.len() <= 66 * 1024));
            assert!(chunks.concat() == Encoding::Pem.encode(&bytes));
        }
    }
}
