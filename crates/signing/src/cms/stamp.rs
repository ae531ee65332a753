//! CAdES-T: a time stamp on each signature.

use super::attributes::Attributes;
use super::oid;
use super::sign::{sign_attached, sign_detached, sign_digest};
use super::signer_info::{self, signer_info};
use super::verify::key_family;
use crate::Error;
use crate::asn1::{self, CONTEXT_1, Element, Reader, SEQUENCE, SET, tlv};
use crate::timestamp::{TimestampAuthority, TimestampError, timestamp};
use pki::Signer;

/// What is to be signed, and whether it travels in the message.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// Bytes that go into the message.
    Attached(&'a [u8]),
    /// Bytes that stay outside.
    Detached(&'a [u8]),
    /// Bytes outside, of which only the digest by the key's own algorithm is known.
    Digest(&'a [u8]),
}

/// Signs `content` and has the signature stamped: one operation, whose result always has its time stamp (CAdES-T).
///
/// `signing_time`: seconds since 1970, UTC. Blocks until the authority has answered.
///
/// # Errors
/// [`TimestampError::Signature`] with what [`sign_attached`], [`sign_detached`] and [`sign_digest`] say; the others when
/// there is no time stamp.
///
/// Source: ETSI EN 319 122-1 section 5.3; NCALayer's createCMSSignatureFromBase64 and basics with tsaProfile give this.
pub fn sign_timestamped(
    signer: &dyn Signer,
    content: Content<'_>,
    signing_time: i64,
    authority: &TimestampAuthority<'_>,
) -> Result<Vec<u8>, TimestampError> {
    let mut message = match content {
        Content::Attached(content) => sign_attached(signer, content, signing_time),
        Content::Detached(content) => sign_detached(signer, content, signing_time),
        Content::Digest(digest) => sign_digest(signer, digest, signing_time),
    }?;
    add_timestamps(&mut message, authority)?;
    Ok(message)
}

/// Gives every signature of a CMS (DER or BER) that has no time stamp one; the others keep theirs.
///
/// All that was in the message stays byte for byte but the lengths around what is added, which are written in DER. It stays
/// where it is: a large content is not copied.
/// Whether the signatures hold is not judged: [`verify`](super::verify) says so.
///
/// # Errors
/// [`TimestampError::Signature`] when the bytes are no SignedData with a signature, [`TimestampError::UnknownSignature`]
/// when a signature is of a kind that is not known here, the others when an authority gives no time stamp. The message is as
/// it was, then.
///
/// Source: RFC 5126 section 6.1.1; NCALayer's applyCAdEST gives this.
pub fn add_timestamps(
    message: &mut Vec<u8>,
    authority: &TimestampAuthority<'_>,
) -> Result<(), TimestampError> {
    stamp(message, Which::All, authority)
}

/// Gives the last signature of a CMS a time stamp, unless it has one; the others stay byte for byte.
///
/// For a signature that was just added by [`add_signature`](super::add_signature).
///
/// # Errors
/// As [`add_timestamps`].
pub fn add_last_timestamp(
    message: &mut Vec<u8>,
    authority: &TimestampAuthority<'_>,
) -> Result<(), TimestampError> {
    stamp(message, Which::Last, authority)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Last,
}

fn stamp(
    message: &mut Vec<u8>,
    which: Which,
    authority: &TimestampAuthority<'_>,
) -> Result<(), TimestampError> {
    if signer_info::read(message)?.signer_infos.is_empty() {
        return Err(Error::Cms("no signature to stamp").into());
    }
    let (content_type, signed_data) = opened(message)?;
    let Some((signer_infos, kept)) = fields(signed_data)?.split_last().map(|(last, before)| {
        let kept: usize = before.iter().map(|field| field.encoded.len()).sum();
        (*last, kept)
    }) else {
        return Err(Error::Cms("no signerInfos").into());
    };
    let signer_infos = stamped(signer_infos, which, authority)?;
    let head = asn1::content_info_head(content_type.encoded, kept + signer_infos.len());

    // What is kept stands in one piece, which moves when the lengths before it take another number of bytes.
    let start = signed_data.content.as_ptr().addr() - message.as_ptr().addr();
    message.truncate(start + kept);
    message.reserve_exact(head.len().saturating_sub(start) + signer_infos.len());
    message.splice(..start, head);
    message.extend_from_slice(&signer_infos);
    Ok(())
}

/// The SET with time stamps inside.
fn stamped(
    signer_infos: Element<'_>,
    which: Which,
    authority: &TimestampAuthority<'_>,
) -> Result<Vec<u8>, TimestampError> {
    let signer_infos = fields(signer_infos)?;
    let kept = match which {
        Which::All => 0,
        Which::Last => signer_infos.len().saturating_sub(1),
    };
    let stamped = signer_infos
        .into_iter()
        .enumerate()
        .map(|(index, element)| match index < kept {
            true => Ok(element.encoded.to_vec()),
            false => with_timestamp(element, authority),
        })
        .collect::<Result<Vec<_>, _>>()?;
    // In the order in which they were: no reader asks for a sorted SET here, and people count signatures.
    Ok(tlv(SET, &[&stamped.concat()]))
}

fn with_timestamp(
    element: Element<'_>,
    authority: &TimestampAuthority<'_>,
) -> Result<Vec<u8>, TimestampError> {
    let signer = signer_info(element)?;
    let unsigned = Attributes::read(signer.unsigned_attributes)?;
    if unsigned.values(oid::SIGNATURE_TIME_STAMP).next().is_some() {
        return Ok(element.encoded.to_vec());
    }
    let family = key_family(signer.signature_algorithm).ok_or(TimestampError::UnknownSignature)?;
    let token = timestamp(family, &signer.signature, authority)?;
    let attribute = tlv(
        SEQUENCE,
        &[
            &asn1::oid(&oid::SIGNATURE_TIME_STAMP),
            &tlv(SET, &[token.der()]),
        ],
    );
    let fields = fields(element)?;
    let mut parts: Vec<&[u8]> = fields
        .iter()
        .filter(|field| field.tag != CONTEXT_1)
        .map(|field| field.encoded)
        .collect();
    let others = signer.unsigned_attributes.map_or(&[][..], |it| it.content);
    let unsigned = tlv(CONTEXT_1, &[others, &attribute]);
    parts.push(&unsigned);
    Ok(tlv(SEQUENCE, &parts))
}

/// The contentType of a ContentInfo, and the SignedData in it.
pub(super) fn opened(message: &[u8]) -> Result<(Element<'_>, Element<'_>), Error> {
    let content_info = fields(Reader::new(message).expect(SEQUENCE, "not a ContentInfo")?)?;
    let [content_type, explicit] = content_info.as_slice() else {
        return Err(Error::Cms("not a ContentInfo"));
    };
    let signed_data = explicit.children().expect(SEQUENCE, "no SignedData")?;
    Ok((*content_type, signed_data))
}

/// The elements inside another.
pub(super) fn fields<'a>(element: Element<'a>) -> Result<Vec<Element<'a>>, Error> {
    let mut children = element.children();
    let mut fields = Vec::new();
    while let Some(field) = children.next()? {
        fields.push(field);
    }
    Ok(fields)
}
