//! What a PKCS#12 file begins with.

use crate::Error;

/// `INTEGER 3`, then a ContentInfo whose type is id-data or id-signedData, up to the length of the ContentInfo and
/// after it.
const VERSION_3: &[u8] = &[0x02, 0x01, 0x03];
const CONTENT_TYPE: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
const DATA_OR_SIGNED_DATA: [u8; 2] = [1, 2];

/// Whether the first bytes of a file are those of a PKCS#12 file; 64 bytes are enough.
#[must_use]
pub fn begins_like_key_file(start: &[u8]) -> bool {
    check(start).is_ok()
}

/// [`Error::NotPkcs12`] when the file begins otherwise, [`Error::Truncated`] when it ends before that shows.
pub(super) fn check(bytes: &[u8]) -> Result<(), Error> {
    let mut rest = bytes;
    sequence_header(&mut rest)?;
    expect(&mut rest, VERSION_3)?;
    sequence_header(&mut rest)?;
    expect(&mut rest, CONTENT_TYPE)?;
    match rest.first() {
        None => Err(Error::Truncated),
        Some(kind) if DATA_OR_SIGNED_DATA.contains(kind) => Ok(()),
        Some(_) => Err(Error::NotPkcs12),
    }
}

/// `30` and the length bytes, whatever length they say.
fn sequence_header(rest: &mut &[u8]) -> Result<(), Error> {
    expect(rest, &[0x30])?;
    let (&first, after) = rest.split_first().ok_or(Error::Truncated)?;
    let more = if first > 0x80 {
        usize::from(first & 0x7f)
    } else {
        0
    };
    if more > 8 {
        return Err(Error::NotPkcs12);
    }
    *rest = after.get(more..).ok_or(Error::Truncated)?;
    Ok(())
}

fn expect(rest: &mut &[u8], wanted: &[u8]) -> Result<(), Error> {
    if let Some(after) = rest.strip_prefix(wanted) {
        *rest = after;
        return Ok(());
    }
    Err(if wanted.starts_with(rest) {
        Error::Truncated
    } else {
        Error::NotPkcs12
    })
}
