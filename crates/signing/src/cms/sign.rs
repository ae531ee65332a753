//! Making a CMS: the octets around one signature.

use super::{Message, oid};
use crate::asn1::{self, CONTEXT_0, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET, tlv};
use crate::{Digested, Error, signature};
use der::Encode;
use der::asn1::{GeneralizedTime, UtcTime};
use pki::{Certificate, DigestAlgorithm, Signer};
use std::time::Duration;

/// Signs `content` and puts it into the message (attached).
///
/// `signing_time`: seconds since 1970, UTC. Gives DER of a ContentInfo: SignedData version 1 with one SignerInfo, the signer's
/// certificate and no other, signed attributes contentType, signingTime, messageDigest, signingCertificateV2.
///
/// # Errors
/// [`Error::Signer`] when the key refuses, [`Error::WrongSignature`] when what it gave does not verify,
/// [`Error::SigningTime`] for a time that no certificate could name.
///
/// Source: RFC 5652 section 5, RFC 5035, ETSI EN 319 122-1 section 5; NCALayer 1.4 makes the same shape.
pub fn sign_attached(
    signer: &dyn Signer,
    content: &[u8],
    signing_time: i64,
) -> Result<Vec<u8>, Error> {
    let digest = digest_of(signer).digest(content);
    let around = around(signer, Some(content.len()), &digest, signing_time)?;
    Ok([&around.before, content, &around.behind].concat())
}

/// Signs `content` without putting it into the message (detached).
///
/// # Errors
/// As [`sign_attached`].
pub fn sign_detached(
    signer: &dyn Signer,
    content: &[u8],
    signing_time: i64,
) -> Result<Vec<u8>, Error> {
    let digest = digest_of(signer).digest(content);
    detached(signer, &digest, signing_time)
}

/// As [`sign_attached`], of a document whose SHA-256 is made already: with a key that signs SHA-256 it is not read again, and
/// it is not copied.
///
/// # Errors
/// As [`sign_attached`].
pub fn sign_attached_digested(
    signer: &dyn Signer,
    document: &Digested,
    signing_time: i64,
) -> Result<Message, Error> {
    let digest = document.digest(digest_of(signer));
    let content = document.content();
    let around = around(signer, Some(content.len()), &digest, signing_time)?;
    Ok(Message::of([
        around.before.into(),
        content.clone(),
        around.behind.into(),
    ]))
}

/// As [`sign_detached`], of a document whose SHA-256 is made already.
///
/// # Errors
/// As [`sign_attached`].
pub fn sign_detached_digested(
    signer: &dyn Signer,
    document: &Digested,
    signing_time: i64,
) -> Result<Vec<u8>, Error> {
    let digest = document.digest(digest_of(signer));
    detached(signer, &digest, signing_time)
}

/// Signs content of which only the digest is known: a detached message whose messageDigest is `digest`.
///
/// # Errors
/// [`Error::DigestLength`] when `digest` is not as long as the key's own digest (32 bytes for RSA, GOST 2004 and GOST 2015-256,
/// 64 for GOST 2015-512): no verifier could ever accept it; else as [`sign_attached`].
pub fn sign_digest(
    signer: &dyn Signer,
    digest: &[u8],
    signing_time: i64,
) -> Result<Vec<u8>, Error> {
    signature::check_length(signer, digest)?;
    detached(signer, digest, signing_time)
}

/// As [`sign_digest`], whatever the length of the digest, as NCALayer does. Unless it fits the key no verifier accepts
/// the message.
///
/// # Errors
/// As [`sign_attached`].
pub fn sign_digest_of_any_length(
    signer: &dyn Signer,
    digest: &[u8],
    signing_time: i64,
) -> Result<Vec<u8>, Error> {
    detached(signer, digest, signing_time)
}

fn digest_of(signer: &dyn Signer) -> DigestAlgorithm {
    signer.certificate().algorithm().digest()
}

fn detached(signer: &dyn Signer, digest: &[u8], signing_time: i64) -> Result<Vec<u8>, Error> {
    let around = around(signer, None, digest, signing_time)?;
    Ok([around.before, around.behind].concat())
}

/// What stands in a message before the content, and behind it.
struct Around {
    before: Vec<u8>,
    behind: Vec<u8>,
}

/// `content`: how many bytes of it stand in the message, if it does.
fn around(
    signer: &dyn Signer,
    content: Option<usize>,
    digest: &[u8],
    signing_time: i64,
) -> Result<Around, Error> {
    let certificate = signer.certificate();
    let digest_algorithm = algorithm_identifier(&certificate.algorithm().digest().oid());
    let signer_info = signer_info(signer, digest, signing_time)?;
    let behind = [
        tlv(CONTEXT_0, &[certificate.der()]),
        tlv(SET, &[&signer_info]),
    ]
    .concat();

    let length = content.unwrap_or_default();
    let octets = content.map_or_else(Vec::new, |length| asn1::header(OCTET_STRING, length));
    let explicit = content.map_or_else(Vec::new, |length| {
        asn1::header(CONTEXT_0, octets.len() + length)
    });
    let content_type = asn1::oid(&oid::DATA);
    let encapsulated = content_type.len() + explicit.len() + octets.len() + length;
    let fields = [
        tlv(INTEGER, &[&[1]]),
        tlv(SET, &[&digest_algorithm]),
        asn1::header(SEQUENCE, encapsulated),
        content_type,
        explicit,
        octets,
    ]
    .concat();
    let message_type = asn1::oid(&oid::SIGNED_DATA);
    let mut before = asn1::content_info_head(&message_type, fields.len() + length + behind.len());
    before.extend_from_slice(&fields);
    Ok(Around { before, behind })
}

pub(super) fn signer_info(
    signer: &dyn Signer,
    digest: &[u8],
    signing_time: i64,
) -> Result<Vec<u8>, Error> {
    let certificate = signer.certificate();
    let algorithm = certificate.algorithm();
    let attributes = signed_attributes(certificate, digest, signing_time)?;
    // The signature is over the attributes as a SET OF, the message holds them as [0]. Source: RFC 5652 section 5.4.
    let signature = signature::make(signer, &asn1::set_of(SET, attributes.clone()))?;
    let serial = tlv(INTEGER, &[&positive(certificate.serial_number())]);
    Ok(tlv(
        SEQUENCE,
        &[
            &tlv(INTEGER, &[&[1]]),
            &tlv(SEQUENCE, &[certificate.issuer().der(), &serial]),
            &algorithm_identifier(&algorithm.digest().oid()),
            &asn1::set_of(CONTEXT_0, attributes),
            &algorithm_identifier(&algorithm.signature_oid()),
            &tlv(OCTET_STRING, &[&signature]),
        ],
    ))
}

fn signed_attributes(
    certificate: &Certificate,
    digest: &[u8],
    signing_time: i64,
) -> Result<Vec<Vec<u8>>, Error> {
    // ESSCertIDv2 with hashAlgorithm left out (SHA-256 is its default) and no issuerSerial.
    let certificate_hash = tlv(
        OCTET_STRING,
        &[&DigestAlgorithm::Sha256.digest(certificate.der())],
    );
    let certificate_id = tlv(
        SEQUENCE,
        &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&certificate_hash])])],
    );
    Ok(vec![
        attribute(&oid::CONTENT_TYPE, &asn1::oid(&oid::DATA)),
        attribute(&oid::SIGNING_TIME, &time(signing_time)?),
        attribute(&oid::MESSAGE_DIGEST, &tlv(OCTET_STRING, &[digest])),
        attribute(&oid::SIGNING_CERTIFICATE_V2, &certificate_id),
    ])
}

fn attribute(kind: &der::asn1::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&asn1::oid(kind), &tlv(SET, &[value])])
}

/// With NULL parameters, as all Kazakh signatures have them.
pub(super) fn algorithm_identifier(algorithm: &der::asn1::ObjectIdentifier) -> Vec<u8> {
    tlv(SEQUENCE, &[&asn1::oid(algorithm), &tlv(NULL, &[])])
}

/// UTCTime until 2049, GeneralizedTime from then on. Source: RFC 5652 section 11.3.
fn time(seconds: i64) -> Result<Vec<u8>, Error> {
    let since_1970 = Duration::from_secs(u64::try_from(seconds).map_err(|_| Error::SigningTime)?);
    UtcTime::from_unix_duration(since_1970)
        .and_then(|time| time.to_der())
        .or_else(|_| GeneralizedTime::from_unix_duration(since_1970).and_then(|time| time.to_der()))
        .map_err(|_| Error::SigningTime)
}

/// The content of an INTEGER that is not negative.
fn positive(big_endian: &[u8]) -> Vec<u8> {
    let mut content = big_endian.to_vec();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    content
}
