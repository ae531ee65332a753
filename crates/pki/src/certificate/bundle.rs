//! Files and answers that hold several certificates.

use const_oid::ObjectIdentifier;
use der::{Encode, Tag, asn1::AnyRef};

use super::Certificate;
use crate::{Error, asn1, oid, pem};

const PKCS7: &str = "PKCS #7";
const SEQUENCE: u8 = 0x30;

/// Reads every certificate in a file; each one for itself, since one that is not known here says nothing about others.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Result<Certificate, Error>>, Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.first() != Some(&SEQUENCE) => {
            if let Some(pkcs7) = pem::decode_labelled(text, "PKCS7").pop() {
                return certificates_of_pkcs7(&pkcs7?);
            }
            let blocks = pem::decode_labelled(text, "CERTIFICATE");
            if blocks.is_empty() {
                return Ok(vec![Ok(Certificate::from_pem(text)?)]);
            }
            let read = |der: Result<Vec<u8>, _>| Certificate::from_der(&der?);
            Ok(blocks.into_iter().map(read).collect())
        }
        _ if is_pkcs7(bytes) => certificates_of_pkcs7(bytes),
        _ => Ok(vec![Ok(Certificate::from_der(bytes)?)]),
    }
}

fn is_pkcs7(der: &[u8]) -> bool {
    asn1::sequence(der).is_ok_and(|fields| {
        let content_type = fields
            .first()
            .map(|field| field.decode_as::<ObjectIdentifier>());
        content_type == Some(Ok(oid::SIGNED_DATA))
    })
}

/// The `certificates` of a SignedData that signs nothing, as `.p7b` and `.p7c` files are (RFC 5652 §5.1).
fn certificates_of_pkcs7(der: &[u8]) -> Result<Vec<Result<Certificate, Error>>, Error> {
    let damaged = Error::damaged(PKCS7);
    let none = Error::Invalid {
        part: PKCS7,
        reason: "it holds no certificates",
    };
    let fields = asn1::sequence(der).map_err(&damaged)?;
    let signed_data = fields
        .iter()
        .find(|field| asn1::context_number(field) == Some(0))
        .ok_or(none.clone())?;
    let fields = asn1::sequence(signed_data.value()).map_err(&damaged)?;
    let certificates = fields
        .iter()
        .find(|field| asn1::context_number(field) == Some(0))
        .ok_or(none)?;
    let certificates = asn1::elements(certificates.value()).map_err(&damaged)?;
    Ok(certificates.into_iter().map(certificate).collect())
}

fn certificate(element: AnyRef<'_>) -> Result<Certificate, Error> {
    let damaged = Error::damaged(PKCS7);
    asn1::expect(element, Tag::Sequence).map_err(&damaged)?;
    Certificate::from_der(&element.to_der().map_err(&damaged)?)
}
