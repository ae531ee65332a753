use const_oid::ObjectIdentifier;

use super::stream::{SEQUENCE, invalid, split};
use crate::{
    asn1, oid,
    revocation::{RevocationReason, UnknownCause},
};

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// What a list says of the certificate that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlEntry {
    /// Since when it is revoked, in seconds since 1970 (UTC).
    pub when: i64,
    /// Why, if the list says it.
    pub reason: Option<RevocationReason>,
}

/// Reads one element of revokedCertificates; `None` when it is about another certificate.
///
/// In a list that is read for the first time those of other certificates are read too: what they contain may change
/// whom all entries are about. In one whose content is known (`is_known`) they are passed over.
pub(super) fn read(
    content: &[u8],
    serial_number: &[u8],
    is_known: bool,
) -> Result<Option<CrlEntry>, UnknownCause> {
    let (serial, rest) = split(content)?;
    let is_wanted = without_zeros(serial.content) == without_zeros(serial_number);
    if is_known && !is_wanted {
        return Ok(None);
    }
    if serial.tag != INTEGER {
        return Err(invalid("an entry does not begin with a serial number"));
    }
    let (when, rest) = split(rest)?;
    let reason = read_extensions(rest)?;
    if !is_wanted {
        return Ok(None);
    }
    Ok(Some(CrlEntry {
        when: super::list::time(when.der)?,
        reason,
    }))
}

/// Reads crlEntryExtensions, of which a list of version 1 has none; gives reasonCode.
fn read_extensions(field: &[u8]) -> Result<Option<RevocationReason>, UnknownCause> {
    if field.is_empty() {
        return Ok(None);
    }
    let (extensions, rest) = split(field)?;
    if extensions.tag != SEQUENCE || !rest.is_empty() {
        return Err(invalid("an entry's fields are not the right ones"));
    }
    let (mut reason, mut left) = (None, extensions.content);
    while !left.is_empty() {
        let (extension, rest) = split(left)?;
        left = rest;
        let (id, fields) = split(extension.content)?;
        let (mut value, rest) = split(fields)?;
        let critical = value.tag == BOOLEAN;
        if critical {
            (value, _) = split(rest)?;
        }
        if id.tag != OBJECT_IDENTIFIER {
            return Err(invalid("an entry has an extension without identifier"));
        }
        if id.content == oid::CRL_REASON.as_bytes() {
            // A reason that is no number is none; the certificate is revoked all the same.
            reason = asn1::enumerated(value.content).map(RevocationReason::from_number);
        } else if id.content == oid::CERTIFICATE_ISSUER.as_bytes() {
            return Err(UnknownCause::IndirectList);
        } else if critical {
            return Err(match ObjectIdentifier::from_bytes(id.content) {
                Ok(oid) => UnknownCause::UnknownCriticalExtension(oid),
                Err(_) => invalid("an entry has an extension without identifier"),
            });
        }
    }
    Ok(reason)
}

/// A number's bytes, whether or not a zero stands before them to say that it is positive.
fn without_zeros(serial_number: &[u8]) -> &[u8] {
    let zeros = serial_number.iter().take_while(|byte| **byte == 0).count();
    serial_number.get(zeros..).unwrap_or_default()
}
