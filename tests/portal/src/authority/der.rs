//! Writing DER: only what the answers need.

use pki::ObjectIdentifier;
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

pub(super) const NULL: [u8; 2] = [5, 0];
pub(super) const TRUE: [u8; 3] = [1, 1, 0xFF];

pub(super) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(u8::try_from(length).unwrap_or_default());
    } else {
        let digits: Vec<u8> = length
            .to_be_bytes()
            .into_iter()
            .skip_while(|digit| *digit == 0)
            .collect();
        out.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
        out.extend(digits);
    }
    out.extend(content);
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

/// A SET OF in DER's order.
pub(super) fn set_of(tag: u8, mut members: Vec<Vec<u8>>) -> Vec<u8> {
    members.sort_unstable();
    let members: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
    tlv(tag, &members)
}

pub(super) fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    tlv(6, &[oid.as_bytes()])
}

/// An INTEGER that is not negative, from its bytes.
pub(super) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let digits = bytes
        .iter()
        .position(|digit| *digit != 0)
        .and_then(|first| bytes.get(first..))
        .unwrap_or(&[0]);
    let sign: &[u8] = match digits.first() {
        Some(0x80..) => &[0],
        _ => &[],
    };
    tlv(2, &[sign, digits])
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv(4, &[bytes])
}

/// A BIT STRING of whole bytes.
pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], bytes])
}

pub(super) fn utf8(text: &str) -> Vec<u8> {
    tlv(12, &[text.as_bytes()])
}

/// An AlgorithmIdentifier with NULL parameters, as the national CA writes them all.
pub(super) fn algorithm(of: ObjectIdentifier) -> Vec<u8> {
    sequence(&[&oid(of), &NULL])
}

const GENERALIZED: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day][hour][minute][second]Z");
const UTC: &[BorrowedFormatItem<'_>] =
    format_description!("[year repr:last_two][month][day][hour][minute][second]Z");

pub(super) fn generalized_time(seconds: i64) -> Vec<u8> {
    tlv(24, &[text(seconds, GENERALIZED).as_bytes()])
}

/// For years up to 2049.
pub(super) fn utc_time(seconds: i64) -> Vec<u8> {
    tlv(23, &[text(seconds, UTC).as_bytes()])
}

fn text(seconds: i64, format: &[BorrowedFormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(format).ok())
        .unwrap_or_default()
}
