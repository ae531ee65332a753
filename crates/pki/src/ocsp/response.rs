use const_oid::ObjectIdentifier;
use der::{
    Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{AnyRef, BitStringRef},
};

use super::MAX_BYTES;
use crate::{
    Certificate, Error, Extension, asn1, certificate, oid,
    revocation::{OcspRefusal, UnknownCause},
};

const PART: &str = "OCSPResponse";
/// One responder's certificate comes along, and perhaps those above it.
const MAX_CERTIFICATES: usize = 8;

/// An OCSP response that was read; nothing of it may be believed before [`check`](Self::check).
#[derive(Clone, Debug)]
pub struct OcspResponse<'a> {
    /// What was signed.
    pub(super) tbs: &'a [u8],
    pub(super) algorithm: AnyRef<'a>,
    pub(super) signature: &'a [u8],
    pub(super) certificates: Vec<Certificate>,
    pub(super) responder: Responder<'a>,
    pub(super) produced_at: i64,
    pub(super) responses: Vec<SingleResponse<'a>>,
    pub(super) extensions: Vec<Extension>,
}

/// Who says to have signed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Responder<'a> {
    /// Name (DER).
    Name(&'a [u8]),
    /// SHA-1 of the key's BIT STRING.
    KeyHash(&'a [u8]),
}

/// The answer about one certificate.
#[derive(Clone, Debug)]
pub(super) struct SingleResponse<'a> {
    pub(super) certificate: AnyRef<'a>,
    pub(super) status: Status,
    pub(super) this_update: i64,
    pub(super) next_update: Option<i64>,
    pub(super) extensions: Vec<Extension>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Status {
    Good,
    Revoked { when: i64, reason: Option<u8> },
    Unknown,
}

impl<'a> OcspResponse<'a> {
    /// Reads OCSPResponse (DER, at most 64 KiB, nothing after it).
    ///
    /// # Errors
    /// [`UnknownCause::Refused`] for every status but successful; [`UnknownCause::WebPage`] and
    /// [`UnknownCause::Unreadable`] when it is no such response.
    ///
    /// Source: RFC 6960 §4.2.1.
    pub fn from_der(der: &'a [u8]) -> Result<Self, UnknownCause> {
        if asn1::is_web_page(der) {
            return Err(UnknownCause::WebPage);
        }
        if der.len() > MAX_BYTES {
            return Err(invalid("it is larger than 64 KiB"));
        }
        let fields = asn1::sequence(der).map_err(Error::damaged(PART))?;
        let (status, bytes) = match fields.as_slice() {
            [status] => (status, None),
            [status, bytes] if asn1::context_number(bytes) == Some(0) => (status, Some(bytes)),
            _ => return Err(invalid("its fields are not the right ones")),
        };
        let status = asn1::expect(*status, Tag::Enumerated).map_err(Error::damaged(PART))?;
        match *status {
            [0] => {}
            [number] => return Err(UnknownCause::Refused(refusal(number))),
            _ => return Err(invalid("its status is not a number")),
        }
        let bytes = bytes.ok_or(invalid("it has no answer in it"))?;
        let response_bytes = asn1::sequence(bytes.value()).map_err(Error::damaged(PART))?;
        let [kind, basic] = response_bytes.as_slice() else {
            return Err(invalid("the answer's fields are not the right ones"));
        };
        let kind: ObjectIdentifier = kind.decode_as().map_err(Error::damaged(PART))?;
        if kind != oid::OCSP_BASIC {
            return Err(invalid("the answer is not a basic one"));
        }
        basic_response(asn1::expect(*basic, Tag::OctetString).map_err(Error::damaged(PART))?)
    }
}

const fn refusal(number: u8) -> OcspRefusal {
    match number {
        1 => OcspRefusal::MalformedRequest,
        2 => OcspRefusal::InternalError,
        3 => OcspRefusal::TryLater,
        5 => OcspRefusal::SignatureRequired,
        6 => OcspRefusal::Unauthorized,
        other => OcspRefusal::Other(other),
    }
}

fn invalid(reason: &'static str) -> UnknownCause {
    UnknownCause::Unreadable(Error::Invalid { part: PART, reason })
}

/// BasicOCSPResponse.
fn basic_response(der: &[u8]) -> Result<OcspResponse<'_>, UnknownCause> {
    let damaged = Error::damaged("BasicOCSPResponse");
    let content = AnyRef::from_der(der)
        .and_then(|basic| asn1::expect(basic, Tag::Sequence))
        .map_err(&damaged)?;
    let mut reader = SliceReader::new(content).map_err(&damaged)?;
    let tbs = reader.tlv_bytes().map_err(&damaged)?;
    let algorithm = AnyRef::decode(&mut reader).map_err(&damaged)?;
    let signature = BitStringRef::decode(&mut reader).map_err(&damaged)?;
    let signature = signature
        .as_bytes()
        .ok_or(invalid("the signature is not a whole number of bytes"))?;
    let mut certificates = Vec::new();
    if !reader.is_finished() {
        let list = AnyRef::decode(&mut reader).map_err(&damaged)?;
        if asn1::context_number(&list) != Some(0) {
            return Err(invalid("an unknown field stands after the signature"));
        }
        certificates = read_certificates(list.value())?;
    }
    reader.finish().map_err(&damaged)?;

    let fields = asn1::sequence(tbs).map_err(Error::damaged("ResponseData"))?;
    let fields = match fields.as_slice() {
        [version, rest @ ..] if asn1::context_number(version) == Some(0) => rest,
        all => all,
    };
    let (responder, produced_at, responses, extensions) = match fields {
        [responder, at, responses] => (responder, at, responses, None),
        [responder, at, responses, extensions] if asn1::context_number(extensions) == Some(1) => {
            (responder, at, responses, Some(extensions))
        }
        _ => return Err(invalid("the answer's data are not the right ones")),
    };
    Ok(OcspResponse {
        tbs,
        algorithm,
        signature,
        certificates,
        responder: read_responder(responder)?,
        produced_at: time(*produced_at)?,
        responses: asn1::expect(*responses, Tag::Sequence)
            .and_then(asn1::elements)
            .map_err(Error::damaged("ResponseData"))?
            .into_iter()
            .map(single_response)
            .collect::<Result<_, _>>()?,
        extensions: read_extensions(extensions)?,
    })
}

/// Certificates that we cannot read (keys of other countries) are passed over: they signed nothing of ours.
fn read_certificates(der: &[u8]) -> Result<Vec<Certificate>, UnknownCause> {
    let damaged = Error::damaged("BasicOCSPResponse");
    let content = AnyRef::from_der(der)
        .and_then(|list| asn1::expect(list, Tag::Sequence))
        .map_err(&damaged)?;
    let mut reader = SliceReader::new(content).map_err(&damaged)?;
    let mut certificates = Vec::new();
    while !reader.is_finished() {
        let der = reader.tlv_bytes().map_err(&damaged)?;
        if certificates.len() == MAX_CERTIFICATES {
            return Err(invalid("it carries too many certificates"));
        }
        certificates.extend(Certificate::from_der(der));
    }
    Ok(certificates)
}

fn read_responder<'a>(element: &AnyRef<'a>) -> Result<Responder<'a>, UnknownCause> {
    match asn1::context_number(element) {
        Some(1) => Ok(Responder::Name(element.value())),
        Some(2) => AnyRef::from_der(element.value())
            .and_then(|hash| asn1::expect(hash, Tag::OctetString))
            .map(Responder::KeyHash)
            .map_err(|cause| Error::damaged("ResponderID")(cause).into()),
        _ => Err(invalid("the responder is not named")),
    }
}

fn single_response(element: AnyRef<'_>) -> Result<SingleResponse<'_>, UnknownCause> {
    let fields = asn1::expect(element, Tag::Sequence)
        .and_then(asn1::elements)
        .map_err(Error::damaged("SingleResponse"))?;
    let [certificate, status, this_update, rest @ ..] = fields.as_slice() else {
        return Err(invalid("an answer does not have three fields"));
    };
    let (mut next_update, mut extensions) = (None, None);
    for field in rest {
        match asn1::context_number(field) {
            Some(0) if next_update.is_none() && extensions.is_none() => {
                next_update = Some(inner_time(field.value())?);
            }
            Some(1) if extensions.is_none() => extensions = Some(field),
            _ => return Err(invalid("an unknown field stands in an answer")),
        }
    }
    Ok(SingleResponse {
        certificate: *certificate,
        status: read_status(status)?,
        this_update: time(*this_update)?,
        next_update,
        extensions: read_extensions(extensions)?,
    })
}

fn read_status(element: &AnyRef<'_>) -> Result<Status, UnknownCause> {
    match asn1::context_number(element) {
        Some(0) => Ok(Status::Good),
        Some(2) => Ok(Status::Unknown),
        Some(1) => {
            let fields = asn1::elements(element.value()).map_err(Error::damaged("RevokedInfo"))?;
            match fields.as_slice() {
                [when] => Ok(Status::Revoked {
                    when: time(*when)?,
                    reason: None,
                }),
                [when, reason] if asn1::context_number(reason) == Some(0) => Ok(Status::Revoked {
                    when: time(*when)?,
                    reason: asn1::enumerated(reason.value()),
                }),
                _ => Err(invalid("a revocation's fields are not the right ones")),
            }
        }
        _ => Err(invalid("an answer is neither good nor revoked nor unknown")),
    }
}

fn read_extensions(field: Option<&AnyRef<'_>>) -> Result<Vec<Extension>, UnknownCause> {
    Ok(match field {
        None => Vec::new(),
        Some(field) => certificate::extension_list(field.value())?,
    })
}

fn inner_time(der: &[u8]) -> Result<i64, UnknownCause> {
    time(AnyRef::from_der(der).map_err(Error::damaged(PART))?)
}

fn time(element: AnyRef<'_>) -> Result<i64, UnknownCause> {
    if element.tag() != Tag::GeneralizedTime {
        return Err(invalid("a time is not a GeneralizedTime"));
    }
    asn1::seconds(element).ok_or(invalid("a time is not a time"))
}
