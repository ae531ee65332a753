use std::io::{ErrorKind, Read};

use crate::{Error, FetchError, Hasher, asn1, revocation::UnknownCause};

pub(super) const SEQUENCE: u8 = 0x30;

/// The greatest element that must be seen as a whole; those that are walked into may have any size.
const WINDOW: usize = 64 << 10;
/// Tag and length.
const MAX_HEADER: usize = 6;
/// Everything before the names of the digest algorithm and the issuer ends within this.
const HEAD: usize = 4 << 10;

/// DER that is read piece by piece, digested as it passes.
pub(super) struct DerStream<R> {
    reader: R,
    window: Box<[u8]>,
    /// What was read and not consumed yet: `window[start..end]`.
    start: usize,
    end: usize,
    /// Consumed bytes before this index are in the digest.
    digested: usize,
    digest: Digest,
    /// Bytes consumed since the beginning.
    position: u64,
}

enum Digest {
    Off,
    /// The bytes to be digested have begun, the algorithm is still to be read.
    Marked,
    On(Box<Hasher>),
}

/// An element that fits into the window.
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) der: &'a [u8],
    pub(super) content: &'a [u8],
}

impl<R: Read> DerStream<R> {
    pub(super) fn new(reader: R) -> Result<Self, UnknownCause> {
        let mut stream = Self {
            reader,
            window: vec![0; WINDOW].into(),
            start: 0,
            end: 0,
            digested: 0,
            digest: Digest::Off,
            position: 0,
        };
        let head = stream.fill(HEAD)?;
        if asn1::is_web_page(head.get(..HEAD).unwrap_or(head)) {
            return Err(UnknownCause::WebPage);
        }
        Ok(stream)
    }

    /// Bytes consumed so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// What is consumed from here on is digested.
    pub(super) fn mark(&mut self) {
        self.digested = self.start;
        self.digest = Digest::Marked;
    }

    /// The algorithm of the digest that began at the mark; `None` when none is needed.
    pub(super) fn digest_with(&mut self, hasher: Option<Hasher>) {
        self.digest = hasher.map_or(Digest::Off, |hasher| Digest::On(Box::new(hasher)));
    }

    /// The digest of what was consumed since the mark.
    pub(super) fn finish_digest(&mut self) -> Option<Vec<u8>> {
        self.feed_digest();
        match std::mem::replace(&mut self.digest, Digest::Off) {
            Digest::On(hasher) => Some(hasher.finish()),
            Digest::Off | Digest::Marked => None,
        }
    }

    /// The tag of the next element; `None` at `end`.
    pub(super) fn next_tag(&mut self, end: u64) -> Result<Option<u8>, UnknownCause> {
        if self.position >= end {
            return Ok(None);
        }
        Ok(self.fill(1)?.first().copied())
    }

    /// Steps into a constructed element that must have this tag and end by `end`; gives where it ends.
    pub(super) fn enter(&mut self, tag: u8, end: u64) -> Result<u64, UnknownCause> {
        let header = self.header(end)?;
        if header.tag != tag {
            return Err(invalid("a field has another type than it should have"));
        }
        self.consume(header.len);
        Ok(self.position.saturating_add(header.content_len))
    }

    /// Takes the next element, which must end by `end`.
    pub(super) fn element(&mut self, end: u64) -> Result<Element<'_>, UnknownCause> {
        let header = self.header(end)?;
        let total = header.content_len.saturating_add(header.len as u64);
        let total = usize::try_from(total)
            .ok()
            .filter(|total| *total <= WINDOW)
            .ok_or(invalid("a field is larger than any honest one"))?;
        if self.fill(total)?.len() < total {
            return Err(ends_early());
        }
        let from = self.start;
        self.consume(total);
        let der = self.window.get(from..from + total).unwrap_or_default();
        Ok(Element {
            tag: header.tag,
            der,
            content: der.get(header.len..).unwrap_or_default(),
        })
    }

    /// Whether nothing follows.
    pub(super) fn is_finished(&mut self) -> Result<bool, UnknownCause> {
        Ok(self.fill(1)?.is_empty())
    }

    fn header(&mut self, end: u64) -> Result<Header, UnknownCause> {
        let position = self.position;
        let header = Header::read(self.fill(MAX_HEADER)?)?;
        let after = position
            .saturating_add(header.len as u64)
            .saturating_add(header.content_len);
        if after > end {
            return Err(invalid("a field ends after the one that holds it"));
        }
        Ok(header)
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.position += count as u64;
    }

    fn feed_digest(&mut self) {
        if let Digest::On(hasher) = &mut self.digest {
            hasher.update(
                self.window
                    .get(self.digested..self.start)
                    .unwrap_or_default(),
            );
        }
        self.digested = self.start;
    }

    /// The bytes to come: at least `wanted` (at most a window) of them unless the stream ends before.
    fn fill(&mut self, wanted: usize) -> Result<&[u8], UnknownCause> {
        if self.end - self.start < wanted && self.window.len() - self.start < wanted {
            if matches!(self.digest, Digest::Marked) {
                return Err(invalid("its head is larger than any honest one"));
            }
            self.feed_digest();
            self.window.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            self.digested = 0;
        }
        while self.end - self.start < wanted {
            let room = self.window.get_mut(self.end..).unwrap_or_default();
            match self.reader.read(room) {
                Ok(0) => break,
                Ok(count) => self.end += count.min(room.len()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(FetchError::from_io(error).into()),
            }
        }
        Ok(self.window.get(self.start..self.end).unwrap_or_default())
    }
}

/// Tag and length of an element.
pub(super) struct Header {
    tag: u8,
    /// Bytes of tag and length themselves.
    len: usize,
    content_len: u64,
}

impl Header {
    /// Reads a one-byte tag and a definite length in its shortest form (X.690 §10.1), up to four bytes.
    #[inline]
    fn read(bytes: &[u8]) -> Result<Self, UnknownCause> {
        let [tag, first, rest @ ..] = bytes else {
            return Err(ends_early());
        };
        if tag & 0x1f == 0x1f {
            return Err(invalid("a field has a tag that no list has"));
        }
        if *first < 0x80 {
            return Ok(Self {
                tag: *tag,
                len: 2,
                content_len: u64::from(*first),
            });
        }
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 4 {
            return Err(invalid("the length of a field is not DER"));
        }
        let bytes = rest.get(..count).ok_or(ends_early())?;
        let content_len = bytes
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        if content_len < 0x80 || bytes.first() == Some(&0) {
            return Err(invalid("the length of a field is not DER"));
        }
        Ok(Self {
            tag: *tag,
            len: 2 + count,
            content_len,
        })
    }
}

/// Takes the first element of `bytes`; gives it and what follows.
pub(super) fn split(bytes: &[u8]) -> Result<(Element<'_>, &[u8]), UnknownCause> {
    let header = Header::read(bytes)?;
    let total = usize::try_from(header.content_len)
        .map_err(|_| ends_early())?
        .saturating_add(header.len);
    let (der, rest) = bytes.split_at_checked(total).ok_or(ends_early())?;
    let element = Element {
        tag: header.tag,
        der,
        content: der.get(header.len..).unwrap_or_default(),
    };
    Ok((element, rest))
}

pub(super) fn invalid(reason: &'static str) -> UnknownCause {
    UnknownCause::Unreadable(Error::Invalid {
        part: "CertificateList",
        reason,
    })
}

fn ends_early() -> UnknownCause {
    invalid("it ends early")
}
