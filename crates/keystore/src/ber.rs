//! BER to DER: what BER leaves open about lengths and strings is settled, everything else stays as it is.
//!
//! Own code, because a reader that takes constructed strings for primitive ones changes their content without an error,
//! and key files of Kazakhstan's national CA and of Java are full of constructed strings and indefinite lengths.

use crate::{Error, Part};
use zeroize::Zeroizing;

/// Deeper nesting is refused. Key files nest less than ten deep.
const MAX_DEPTH: usize = 32;

/// Turns one BER element (bytes) into DER (bytes): definite lengths in their shortest form, strings in one piece.
///
/// Elements of SETs keep their order. Strings behind an implicit tag cannot be told from structures without their
/// schema and stay constructed. The result is wiped when dropped, as key files hold keys.
///
/// # Errors
/// [`Error::Truncated`] when `ber` ends before the element does; [`Error::Damaged`] with [`Part::Encoding`] when it is not
/// BER, nests too deep, or more bytes follow.
///
/// Source: X.690 sections 8.1, 8.6.4, 8.7.3, 8.23.6.
pub fn ber2der(ber: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    match ber2der_prefix(ber)? {
        (der, []) => Ok(der),
        _ => Err(MALFORMED),
    }
}

/// Like [`ber2der`], but returns the bytes after the element instead of refusing them.
pub(crate) fn ber2der_prefix(ber: &[u8]) -> Result<(Zeroizing<Vec<u8>>, &[u8]), Error> {
    // A header grows by one or two bytes only where the content has 64 KiB or 16 MiB, so this is never outgrown,
    // and no reallocation leaves unwiped bytes behind.
    let mut der = Zeroizing::new(Vec::with_capacity(ber.len() + ber.len() / 1024 + 64));
    let mut rest = ber;
    element(&mut rest, &mut der, MAX_DEPTH)?;
    Ok((der, rest))
}

const MALFORMED: Error = Error::Damaged(Part::Encoding);

const CONSTRUCTED: u8 = 0x20;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;

/// Universal string types, which BER may cut into pieces (the two time types are strings too).
fn is_string(identifier: u8) -> bool {
    matches!(identifier & !CONSTRUCTED, 3 | 4 | 7 | 12 | 18..=28 | 30)
}

fn element(input: &mut &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), Error> {
    let header = Header::read(input)?;
    if !header.constructed() {
        let content = take(input, header.length.ok_or(MALFORMED)?)?;
        out.extend_from_slice(header.identifier);
        write_length(out, content.len());
        out.extend_from_slice(content);
        return Ok(());
    }
    let start = out.len();
    let primitive;
    let identifier = if is_string(header.first) {
        if header.first & !CONSTRUCTED == BIT_STRING {
            out.push(0);
            let mut unused_bits = 0;
            header.children(input, depth, &mut |input, depth| {
                bits(input, out, start, &mut unused_bits, depth)
            })?;
        } else {
            header.children(input, depth, &mut |input, depth| octets(input, out, depth))?;
        }
        primitive = [header.first & !CONSTRUCTED];
        &primitive[..]
    } else {
        header.children(input, depth, &mut |input, depth| element(input, out, depth))?;
        header.identifier
    };
    let mut prefix = identifier.to_vec();
    write_length(&mut prefix, out.len() - start);
    out.splice(start..start, prefix);
    Ok(())
}

/// One piece of a cut OCTET STRING or character string: an OCTET STRING, itself in one piece or cut.
fn octets(input: &mut &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), Error> {
    let header = Header::read(input)?;
    if header.first & !CONSTRUCTED != OCTET_STRING {
        return Err(MALFORMED);
    }
    if header.constructed() {
        return header.children(input, depth, &mut |input, depth| octets(input, out, depth));
    }
    out.extend_from_slice(take(input, header.length.ok_or(MALFORMED)?)?);
    Ok(())
}

/// One piece of a cut BIT STRING; only the last piece may leave bits of its last byte unused.
fn bits(
    input: &mut &[u8],
    out: &mut Vec<u8>,
    start: usize,
    unused_bits: &mut u8,
    depth: usize,
) -> Result<(), Error> {
    let header = Header::read(input)?;
    if header.first & !CONSTRUCTED != BIT_STRING {
        return Err(MALFORMED);
    }
    if header.constructed() {
        return header.children(input, depth, &mut |input, depth| {
            bits(input, out, start, unused_bits, depth)
        });
    }
    let piece = take(input, header.length.ok_or(MALFORMED)?)?;
    let (&unused, piece) = piece.split_first().ok_or(MALFORMED)?;
    if *unused_bits != 0 || unused > 7 || (unused != 0 && piece.is_empty()) {
        return Err(MALFORMED);
    }
    *unused_bits = unused;
    *out.get_mut(start).ok_or(MALFORMED)? = unused;
    out.extend_from_slice(piece);
    Ok(())
}

/// Reads one element from the input; the number is the depth that is left below it.
type ReadChild<'a, 'f> = dyn FnMut(&mut &'a [u8], usize) -> Result<(), Error> + 'f;

struct Header<'a> {
    /// The first identifier byte: class, constructed or not, number up to 30.
    first: u8,
    /// All identifier bytes.
    identifier: &'a [u8],
    /// Bytes of content, or none when an end-of-contents element ends it.
    length: Option<usize>,
}

impl<'a> Header<'a> {
    fn read(input: &mut &'a [u8]) -> Result<Self, Error> {
        let all = *input;
        let first = byte(input)?;
        if first & !CONSTRUCTED == 0 {
            return Err(MALFORMED); // an end-of-contents that ends nothing
        }
        if first & 0x1f == 0x1f {
            // Four bytes hold any tag number that a standard has ever used.
            let mut continues = true;
            for _ in 0..4 {
                continues = byte(input)? & 0x80 != 0;
                if !continues {
                    break;
                }
            }
            if continues {
                return Err(MALFORMED);
            }
        }
        let identifier = all.get(..all.len() - input.len()).ok_or(MALFORMED)?;
        Ok(Self {
            first,
            identifier,
            length: length(input)?,
        })
    }

    fn constructed(&self) -> bool {
        self.first & CONSTRUCTED != 0
    }

    /// Calls `child` for each element of the content.
    fn children(
        &self,
        input: &mut &'a [u8],
        depth: usize,
        child: &mut ReadChild<'a, '_>,
    ) -> Result<(), Error> {
        let depth = depth.checked_sub(1).ok_or(MALFORMED)?;
        if let Some(length) = self.length {
            let mut content = take(input, length)?;
            while !content.is_empty() {
                // What sticks out of its parent is an inner contradiction, not the end of the file.
                child(&mut content, depth).map_err(|_| MALFORMED)?;
            }
            return Ok(());
        }
        loop {
            match *input {
                [0, 0, rest @ ..] => {
                    *input = rest;
                    return Ok(());
                }
                [] | [0] => return Err(Error::Truncated),
                _ => child(input, depth)?,
            }
        }
    }
}

/// Length bytes: short form, long form with or without leading zeros, or indefinite.
fn length(input: &mut &[u8]) -> Result<Option<usize>, Error> {
    match byte(input)? {
        short @ 0..=0x7f => Ok(Some(usize::from(short))),
        0x80 => Ok(None),
        0xff => Err(MALFORMED),
        long => {
            let mut length = 0_usize;
            for _ in 0..(long & 0x7f) {
                length = length.checked_mul(0x100).ok_or(MALFORMED)? + usize::from(byte(input)?);
            }
            Ok(Some(length))
        }
    }
}

fn write_length(out: &mut Vec<u8>, length: usize) {
    if length < 0x80 {
        out.push(length as u8);
        return;
    }
    let bytes = length.to_be_bytes();
    let zeros = (length.leading_zeros() / 8) as usize;
    out.push(0x80 | (bytes.len() - zeros) as u8);
    out.extend(bytes.iter().skip(zeros));
}

fn byte(input: &mut &[u8]) -> Result<u8, Error> {
    let (&byte, rest) = input.split_first().ok_or(Error::Truncated)?;
    *input = rest;
    Ok(byte)
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Result<&'a [u8], Error> {
    let (content, rest) = input.split_at_checked(length).ok_or(Error::Truncated)?;
    *input = rest;
    Ok(content)
}
