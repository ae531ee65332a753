//! The few ASN.1 forms of a CMS message: read BER or DER without copying, write DER.
//!
//! der's `ber` feature loses the structure of constructed strings silently, so reading is done here: definite and
//! indefinite lengths, strings in pieces, one-byte tags.

use crate::Error;
use der::asn1::ObjectIdentifier;
use std::borrow::Cow;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const CONTEXT_0: u8 = 0xA0;
pub(crate) const CONTEXT_1: u8 = 0xA1;
/// `[0] IMPLICIT` of something primitive, as SubjectKeyIdentifier in a SignerIdentifier.
pub(crate) const CONTEXT_0_PRIMITIVE: u8 = 0x80;

const CONSTRUCTED: u8 = 0x20;
const MAX_DEPTH: usize = 32;

/// One element: its tag, what is inside, and all of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub tag: u8,
    /// Without tag and length (and end-of-contents).
    pub content: &'a [u8],
    /// As it is written, with tag and length (and end-of-contents).
    pub encoded: &'a [u8],
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn children(&self) -> Reader<'a> {
        Reader { rest: self.content }
    }

    /// The same element in DER: definite shortest lengths, strings in one piece. A DER element comes out unchanged.
    pub(crate) fn to_der(self) -> Result<Vec<u8>, Error> {
        self.to_der_at(0)
    }

    /// The bytes of an OCTET STRING, where they stand; those of one in pieces are put together.
    ///
    /// Source: X.690 section 8.7.3.
    pub(crate) fn octets(&self) -> Result<Cow<'a, [u8]>, Error> {
        match self.tag {
            OCTET_STRING => Ok(Cow::Borrowed(self.content)),
            tag if tag == OCTET_STRING | CONSTRUCTED => {
                let mut joined = Vec::with_capacity(self.content.len());
                self.join_pieces(&mut joined, 0)?;
                Ok(Cow::Owned(joined))
            }
            _ => Err(Error::Cms("an OCTET STRING is missing")),
        }
    }

    pub(crate) fn oid(&self) -> Result<ObjectIdentifier, Error> {
        if self.tag != OID {
            return Err(Error::Cms("an OBJECT IDENTIFIER is missing"));
        }
        ObjectIdentifier::from_bytes(self.content)
            .map_err(|_| Error::Cms("an OBJECT IDENTIFIER is damaged"))
    }

    fn join_pieces(&self, joined: &mut Vec<u8>, depth: usize) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(Error::Cms("nested too deep"));
        }
        let mut pieces = self.children();
        while let Some(piece) = pieces.next()? {
            match piece.tag {
                OCTET_STRING => joined.extend_from_slice(piece.content),
                tag if tag == OCTET_STRING | CONSTRUCTED => piece.join_pieces(joined, depth + 1)?,
                _ => return Err(Error::Cms("a string in pieces holds something else")),
            }
        }
        Ok(())
    }

    fn to_der_at(self, depth: usize) -> Result<Vec<u8>, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::Cms("nested too deep"));
        }
        if self.tag == OCTET_STRING | CONSTRUCTED {
            return Ok(tlv(OCTET_STRING, &[&self.octets()?]));
        }
        if self.tag & CONSTRUCTED == 0 {
            return Ok(tlv(self.tag, &[self.content]));
        }
        let mut content = Vec::with_capacity(self.content.len());
        let mut children = self.children();
        while let Some(child) = children.next()? {
            content.extend_from_slice(&child.to_der_at(depth + 1)?);
        }
        Ok(tlv(self.tag, &[&content]))
    }
}

/// Elements one after another.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, None at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Element<'a>>, Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (element, rest) = split(self.rest)?;
        self.rest = rest;
        Ok(Some(element))
    }

    /// The next element, which must be there and have this tag; `what` names it in the error.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Result<Element<'a>, Error> {
        self.next()?
            .filter(|element| element.tag == tag)
            .ok_or(Error::Cms(what))
    }

    pub(crate) fn required(&mut self, what: &'static str) -> Result<Element<'a>, Error> {
        self.next()?.ok_or(Error::Cms(what))
    }

    /// The next element when it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Error> {
        if self.rest.first() == Some(&tag) {
            self.next()
        } else {
            Ok(None)
        }
    }

    pub(crate) fn end(&self, what: &'static str) -> Result<(), Error> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Error::Cms(what))
        }
    }
}

/// `tag` with the concatenated `parts` inside, in DER.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut output = header(tag, length);
    output.reserve_exact(length);
    for part in parts {
        output.extend_from_slice(part);
    }
    output
}

/// What stands before the fields of `SEQUENCE { content_type, [0] { SEQUENCE { fields } } }`, a ContentInfo around a
/// SignedData.
///
/// `content_type` is encoded already; `inside`: bytes of the fields.
pub(crate) fn content_info_head(content_type: &[u8], inside: usize) -> Vec<u8> {
    let sequence = header(SEQUENCE, inside);
    let explicit = header(CONTEXT_0, sequence.len() + inside);
    let length = content_type.len() + explicit.len() + sequence.len() + inside;
    [
        header(SEQUENCE, length).as_slice(),
        content_type,
        &explicit,
        &sequence,
    ]
    .concat()
}

/// Tag and DER length of an element with `length` bytes inside.
pub(crate) fn header(tag: u8, length: usize) -> Vec<u8> {
    let mut output = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => output.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let skip = bytes.iter().take_while(|byte| **byte == 0).count();
            let significant = bytes.get(skip..).unwrap_or_default();
            output.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
            output.extend_from_slice(significant);
        }
    }
    output
}

/// `SET OF` in DER: members in ascending order of their encodings. Source: X.690 section 11.6.
pub(crate) fn set_of(tag: u8, mut members: Vec<Vec<u8>>) -> Vec<u8> {
    members.sort_unstable();
    let parts: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
    tlv(tag, &parts)
}

pub(crate) fn oid(value: &ObjectIdentifier) -> Vec<u8> {
    tlv(OID, &[value.as_bytes()])
}

fn split(bytes: &[u8]) -> Result<(Element<'_>, &[u8]), Error> {
    let (tag, length, header) = read_header(bytes)?;
    let after = bytes.get(header..).unwrap_or_default();
    if let Some(length) = length {
        let (content, rest) = after
            .split_at_checked(length)
            .ok_or(Error::Cms("the message is cut off"))?;
        let encoded = bytes.get(..header + length).unwrap_or_default();
        let element = Element {
            tag,
            content,
            encoded,
        };
        return Ok((element, rest));
    }
    // Indefinite: skip whole elements until the end-of-contents that belongs to this one.
    let mut open = 1_usize;
    let mut position = 0;
    loop {
        let next = after.get(position..).unwrap_or_default();
        if next.starts_with(&[0, 0]) {
            open -= 1;
            if open == 0 {
                let element = Element {
                    tag,
                    content: after.get(..position).unwrap_or_default(),
                    encoded: bytes.get(..header + position + 2).unwrap_or_default(),
                };
                return Ok((element, after.get(position + 2..).unwrap_or_default()));
            }
            position += 2;
            continue;
        }
        let (_, length, header) = read_header(next)?;
        match length {
            Some(length) if next.len() - header >= length => position += header + length,
            Some(_) => return Err(Error::Cms("the message is cut off")),
            None if open > MAX_DEPTH => return Err(Error::Cms("nested too deep")),
            None => {
                open += 1;
                position += header;
            }
        }
    }
}

/// Tag, length (None: indefinite) and how many bytes these took.
fn read_header(bytes: &[u8]) -> Result<(u8, Option<usize>, usize), Error> {
    let [tag, first, rest @ ..] = bytes else {
        return Err(Error::Cms("the message is cut off"));
    };
    if tag & 0x1F == 0x1F || *tag == 0 {
        return Err(Error::Cms("an unknown tag"));
    }
    match first {
        0x80 if tag & CONSTRUCTED != 0 => Ok((*tag, None, 2)),
        0x80 => Err(Error::Cms("a primitive element of indefinite length")),
        short @ ..0x80 => Ok((*tag, Some(usize::from(*short)), 2)),
        long => {
            let count = usize::from(long & 0x7F);
            let digits = rest
                .get(..count)
                .filter(|_| count <= 4)
                .ok_or(Error::Cms("a length is damaged"))?;
            let length = digits
                .iter()
                .fold(0_usize, |sum, digit| sum << 8 | usize::from(*digit));
            Ok((*tag, Some(length), 2 + count))
        }
    }
}
