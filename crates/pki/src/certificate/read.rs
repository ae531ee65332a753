//! The fields of a certificate (RFC 5280 §4.1).

use const_oid::ObjectIdentifier;
use der::{
    Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{AnyRef, BitStringRef},
};

use super::{Extensions, Fields};
use crate::{Error, Name, PublicKey, asn1};

const CERTIFICATE: &str = "Certificate";
const TBS: &str = "TBSCertificate";
/// Honest ones have two kilobytes; what a message or a key file calls a certificate may have millions.
const MAX_BYTES: usize = 64 << 10;

pub(super) fn certificate(der: &[u8]) -> Result<Fields, Error> {
    if der.len() > MAX_BYTES {
        return Err(Error::Invalid {
            part: CERTIFICATE,
            reason: "it is larger than 64 KiB",
        });
    }
    let damaged = Error::damaged(CERTIFICATE);
    let content = AnyRef::from_der(der)
        .and_then(|certificate| asn1::expect(certificate, Tag::Sequence))
        .map_err(&damaged)?;
    let mut reader = SliceReader::new(content).map_err(&damaged)?;
    let tbs_der = reader.tlv_bytes().map_err(&damaged)?;
    let algorithm = AnyRef::decode(&mut reader).map_err(&damaged)?;
    let signature = BitStringRef::decode(&mut reader).map_err(&damaged)?;
    reader.finish().map_err(&damaged)?;
    let signature = signature.as_bytes().ok_or(Error::Invalid {
        part: CERTIFICATE,
        reason: "the signature is not a whole number of bytes",
    })?;

    let tbs = tbs_certificate(tbs_der)?;
    if tbs.algorithm != algorithm {
        return Err(Error::Invalid {
            part: CERTIFICATE,
            reason: "its two signature algorithms differ",
        });
    }
    let tbs_start = der.len() - content.len();
    Ok(Fields {
        tbs: tbs_start..tbs_start + tbs_der.len(),
        der: der.into(),
        serial_number: tbs.serial_number.into(),
        signature_oid: signature_oid(algorithm)?,
        signature: signature.into(),
        issuer: Name::from_der(tbs.issuer)?,
        subject: Name::from_der(tbs.subject)?,
        not_before: tbs.not_before,
        not_after: tbs.not_after,
        public_key: PublicKey::from_spki_der(tbs.spki)?,
        extensions: tbs.extensions,
    })
}

struct Tbs<'a> {
    serial_number: &'a [u8],
    algorithm: AnyRef<'a>,
    issuer: &'a [u8],
    not_before: i64,
    not_after: i64,
    subject: &'a [u8],
    spki: &'a [u8],
    extensions: Extensions,
}

fn tbs_certificate(der: &[u8]) -> Result<Tbs<'_>, Error> {
    let damaged = Error::damaged(TBS);
    let content = AnyRef::from_der(der)
        .and_then(|tbs| asn1::expect(tbs, Tag::Sequence))
        .map_err(&damaged)?;
    let mut reader = SliceReader::new(content).map_err(&damaged)?;
    if Tag::peek(&reader).map_err(&damaged)?.is_context_specific() {
        let version = AnyRef::decode(&mut reader).map_err(&damaged)?;
        if asn1::context_number(&version) != Some(0) {
            return Err(Error::Invalid {
                part: TBS,
                reason: "an unknown field stands before the serial number",
            });
        }
    }
    let serial_number = AnyRef::decode(&mut reader)
        .and_then(|serial| asn1::expect(serial, Tag::Integer))
        .map_err(&damaged)?;
    let algorithm = AnyRef::decode(&mut reader).map_err(&damaged)?;
    let issuer = reader.tlv_bytes().map_err(&damaged)?;
    let (not_before, not_after) = validity(AnyRef::decode(&mut reader).map_err(&damaged)?)?;
    let subject = reader.tlv_bytes().map_err(&damaged)?;
    let spki = reader.tlv_bytes().map_err(&damaged)?;

    let mut extensions = None;
    while !reader.is_finished() {
        let field = AnyRef::decode(&mut reader).map_err(&damaged)?;
        match asn1::context_number(&field) {
            // The unique identifiers of X.509 version 2: nobody writes them, nobody reads them.
            Some(1 | 2) if extensions.is_none() => {}
            Some(3) if extensions.is_none() => extensions = Some(Extensions::read(field.value())?),
            _ => {
                return Err(Error::Invalid {
                    part: TBS,
                    reason: "an unknown field stands at its end",
                });
            }
        }
    }
    let extensions = extensions.unwrap_or_default();
    Ok(Tbs {
        serial_number,
        algorithm,
        issuer,
        not_before,
        not_after,
        subject,
        spki,
        extensions,
    })
}

fn validity(element: AnyRef<'_>) -> Result<(i64, i64), Error> {
    let times = asn1::expect(element, Tag::Sequence)
        .and_then(asn1::elements)
        .map_err(Error::damaged(TBS))?;
    let [not_before, not_after] = times.as_slice() else {
        return Err(Error::Invalid {
            part: TBS,
            reason: "the validity does not have two dates",
        });
    };
    let seconds = |time: &AnyRef<'_>| {
        asn1::seconds(*time).ok_or(Error::Invalid {
            part: TBS,
            reason: "a date of the validity is not a date",
        })
    };
    Ok((seconds(not_before)?, seconds(not_after)?))
}

fn signature_oid(algorithm: AnyRef<'_>) -> Result<ObjectIdentifier, Error> {
    let damaged = Error::damaged("AlgorithmIdentifier of the signature");
    let fields = asn1::expect(algorithm, Tag::Sequence)
        .and_then(asn1::elements)
        .map_err(&damaged)?;
    match fields.first() {
        Some(oid) if oid.tag() == Tag::ObjectIdentifier => oid.decode_as().map_err(&damaged),
        _ => Err(Error::Invalid {
            part: "AlgorithmIdentifier of the signature",
            reason: "it does not begin with an identifier",
        }),
    }
}
