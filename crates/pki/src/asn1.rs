//! What the readers of certificates share on top of [`der`].

use const_oid::ObjectIdentifier;
use der::{Decode, Reader, SliceReader, Tag, asn1::AnyRef};

use crate::{Error, SignatureAlgorithm};

/// The elements inside a constructed value, in order.
pub(crate) fn elements(content: &[u8]) -> Result<Vec<AnyRef<'_>>, der::Error> {
    let mut reader = SliceReader::new(content)?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader)?);
    }
    Ok(elements)
}

/// The elements of a DER value that is one SEQUENCE and nothing else.
pub(crate) fn sequence(der: &[u8]) -> Result<Vec<AnyRef<'_>>, der::Error> {
    elements(expect(AnyRef::from_der(der)?, Tag::Sequence)?)
}

/// The content of an element that must have this tag.
pub(crate) fn expect(element: AnyRef<'_>, tag: Tag) -> Result<&[u8], der::Error> {
    der::Tagged::tag(&element).assert_eq(tag)?;
    Ok(element.value())
}

/// The number of a context-specific tag, whether primitive or constructed.
pub(crate) fn context_number(element: &AnyRef<'_>) -> Option<u32> {
    let tag = der::Tagged::tag(element);
    tag.is_context_specific().then(|| tag.number().value())
}

/// The identifier in an AlgorithmIdentifier, and whether it stands there alone or with NULL.
pub(crate) fn algorithm_identifier(
    element: AnyRef<'_>,
) -> Result<(ObjectIdentifier, bool), der::Error> {
    let fields = elements(expect(element, Tag::Sequence)?)?;
    let (oid, plain) = match fields.as_slice() {
        [oid] => (oid, true),
        [oid, parameters] => (oid, parameters.is_null()),
        _ => return Err(der::ErrorKind::Failed.into()),
    };
    Ok((oid.decode_as()?, plain))
}

/// The signature algorithm that an AlgorithmIdentifier of a signed answer names.
pub(crate) fn signature_algorithm(element: AnyRef<'_>) -> Result<SignatureAlgorithm, Error> {
    const PART: &str = "AlgorithmIdentifier of the signature";
    let (oid, plain) = algorithm_identifier(element).map_err(Error::damaged(PART))?;
    if !plain {
        return Err(Error::Invalid {
            part: PART,
            reason: "it has parameters",
        });
    }
    SignatureAlgorithm::from_oid(&oid)
}

/// The number of a small ENUMERATED (DER); `None` for anything else.
pub(crate) fn enumerated(der: &[u8]) -> Option<u8> {
    match AnyRef::from_der(der).and_then(|element| expect(element, Tag::Enumerated)) {
        Ok([number]) => Some(*number),
        _ => None,
    }
}

/// Whether `bytes` begin like HTML or XML, which servers and proxies send in place of DER.
pub(crate) fn is_web_page(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().first() == Some(&b'<')
}

/// Writes one element: the tag's byte, the length, the parts one after another.
pub(crate) fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut der = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let bytes = bytes.get(zeros..).unwrap_or_default();
            der.push(0x80 | bytes.len() as u8);
            der.extend_from_slice(bytes);
        }
    }
    parts.iter().for_each(|part| der.extend_from_slice(part));
    der
}

/// Seconds since 1970 (UTC) of a UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 writes it: to the second, with `Z`.
pub(crate) fn seconds(element: AnyRef<'_>) -> Option<i64> {
    let text = element.value().strip_suffix(b"Z")?;
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (year, rest) = match (der::Tagged::tag(&element), text.len()) {
        (Tag::UtcTime, 12) => {
            let (year, rest) = text.split_at_checked(2)?;
            let year = number(year);
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        (Tag::GeneralizedTime, 14) => {
            let (year, rest) = text.split_at_checked(4)?;
            (number(year), rest)
        }
        _ => return None,
    };
    let mut fields = rest.chunks(2).map(number);
    let (month, day) = (fields.next()?, fields.next()?);
    let (hour, minute, second) = (fields.next()?, fields.next()?, fields.next()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let month_days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=month_days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn number(digits: &[u8]) -> i64 {
    digits
        .iter()
        .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

/// Days of the proleptic Gregorian calendar; the year is counted from March so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    days + day_of_year - 719_468
}

/// Lower-case hexadecimal text of `bytes`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(tag: Tag, text: &str) -> Option<i64> {
        seconds(AnyRef::new(tag, text.as_bytes()).unwrap())
    }

    #[test]
    fn times_are_counted_from_1970_in_utc() {
        assert_eq!(time(Tag::UtcTime, "700101000000Z"), Some(0));
        assert_eq!(time(Tag::UtcTime, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(time(Tag::UtcTime, "500101000000Z"), Some(-631_152_000));
        assert_eq!(time(Tag::UtcTime, "240229120000Z"), Some(1_709_208_000));
        assert_eq!(
            time(Tag::GeneralizedTime, "99991231235959Z"),
            Some(253_402_300_799)
        );
        assert_eq!(
            time(Tag::GeneralizedTime, "00000101000000Z"),
            Some(-62_167_219_200)
        );
    }

    #[test]
    fn impossible_times_are_refused() {
        for text in [
            "230229000000Z",
            "240230000000Z",
            "241301000000Z",
            "240001000000Z",
            "240100000000Z",
            "240101240000Z",
            "240101006000Z",
            "240101000060Z",
            "2401010000Z",
            "240101000000",
            "240101000000+0500",
            "24010100000xZ",
            "Z",
            "",
        ] {
            assert_eq!(time(Tag::UtcTime, text), None, "{text}");
        }
        assert_eq!(time(Tag::GeneralizedTime, "21000229000000Z"), None);
        assert_eq!(time(Tag::GeneralizedTime, "20240101000000.5Z"), None);
        assert_eq!(time(Tag::Utf8String, "240101000000Z"), None);
    }
}
