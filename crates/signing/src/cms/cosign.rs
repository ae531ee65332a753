//! Another signature on a message that has some already.

use super::message::Message;
use super::oid;
use super::sign::{algorithm_identifier, signer_info as make_signer_info};
use super::signer_info::{self, SignedData};
use super::stamp::{fields, opened};
use super::verify::verify_digest;
use crate::asn1::{self, CONTEXT_0, Element, SEQUENCE, SET, tlv};
use crate::{Digested, Error};
use bytes::Bytes;
use pki::{DigestAlgorithm, Signer};
use std::borrow::Cow;

/// Most digests of one content that are looked at: there are four algorithms.
const MAX_DIGESTS: usize = 8;

/// A message to which a signature can be added: a SignedData over plain data with one signature at least.
#[derive(Clone)]
pub struct SignedMessage {
    message: Bytes,
    /// Where it stands in the message, or put together of its pieces.
    content: Option<Digested>,
    signatures: usize,
    /// What signatures that hold say of a content that is not in the message.
    digests: Vec<(DigestAlgorithm, Vec<u8>)>,
}

impl SignedMessage {
    /// Reads a message, DER or BER.
    ///
    /// # Errors
    /// [`Error::NotCms`] and [`Error::Cms`] when the bytes are not a SignedData, hold no signature, or hold something else
    /// than plain data, as a time stamp does.
    pub fn read(message: Bytes) -> Result<Self, Error> {
        let SignedData {
            content_type,
            content,
            signer_infos,
            ..
        } = signer_info::read(&message)?;
        if signer_infos.is_empty() {
            return Err(Error::Cms("no signature beside which another could stand"));
        }
        if content_type != oid::DATA {
            return Err(Error::Cms("the content is not plain data"));
        }
        let digests = match content {
            Some(_) => Vec::new(),
            None => said_digests(&message)?,
        };
        let content = content.map(|content| match content {
            Cow::Borrowed(octets) => message.slice_ref(octets),
            Cow::Owned(joined) => joined.into(),
        });
        Ok(Self {
            content: content.map(Digested::new),
            signatures: signer_infos.len(),
            digests,
            message,
        })
    }

    /// What is signed, when it is in the message.
    pub fn content(&self) -> Option<&Digested> {
        self.content.as_ref()
    }

    /// The content's digest by this algorithm, when the content is elsewhere and an earlier signature that holds says it.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        let mut said = self.digests.iter().filter(|(its, _)| *its == algorithm);
        match (said.next(), said.next()) {
            (Some((_, digest)), None) => Some(digest),
            // Two signatures over two contents: nobody can say which is meant.
            _ => None,
        }
    }

    /// All digests of [`SignedMessage::digest`], by algorithm.
    pub fn digests(&self) -> impl Iterator<Item = (DigestAlgorithm, &[u8])> {
        self.digests
            .iter()
            .filter_map(|(algorithm, _)| Some((*algorithm, self.digest(*algorithm)?)))
    }

    /// How many signatures it has.
    pub fn signatures(&self) -> usize {
        self.signatures
    }

    /// The whole message.
    pub fn as_bytes(&self) -> &[u8] {
        &self.message
    }
}

/// Messages do not belong into logs.
impl core::fmt::Debug for SignedMessage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignedMessage")
            .field("bytes", &self.message.len())
            .field("signatures", &self.signatures)
            .finish_non_exhaustive()
    }
}

/// Adds a signature over the message's content beside those that it has.
///
/// The earlier SignerInfos, the content and the certificates stay byte for byte, in their order; what is new stands behind
/// them: the SignerInfo, the certificate and the digest algorithm unless they are there already. Lengths around them are
/// written in DER; a large content is shared with the message, not copied. Whether the earlier signatures hold is not judged
/// where the content is in the message.
///
/// `signing_time`: seconds since 1970, UTC.
///
/// # Errors
/// [`Error::NoContent`] when the content is elsewhere and no earlier signature that holds says its digest by the key's
/// algorithm; else as [`sign_attached`](super::sign_attached).
///
/// Source: RFC 5652 section 5.1; NCALayer's createCMSSignatureFromBase64 adds a signature when it is given a CMS.
pub fn add_signature(
    signer: &dyn Signer,
    message: &SignedMessage,
    signing_time: i64,
) -> Result<Message, Error> {
    let certificate = signer.certificate();
    let algorithm = certificate.algorithm().digest();
    let digest = match message.content() {
        Some(content) => content.digest(algorithm),
        None => message.digest(algorithm).ok_or(Error::NoContent)?.to_vec(),
    };
    let signer_info = make_signer_info(signer, &digest, signing_time)?;

    let (content_type, signed_data) = opened(&message.message)?;
    let signed_data = fields(signed_data)?;
    let [
        version,
        digest_algorithms,
        encapsulated,
        rest @ ..,
        signer_infos,
    ] = signed_data.as_slice()
    else {
        return Err(Error::Cms("no signerInfos"));
    };
    let (certificates, revocation_lists): (Vec<_>, Vec<_>) =
        rest.iter().partition(|field| field.tag == CONTEXT_0);
    let digest_algorithms = with_algorithm(*digest_algorithms, algorithm)?;
    let certificates = with_certificate(certificates.first().copied(), certificate.der())?;
    let signer_infos = tlv(SET, &[signer_infos.content, &signer_info]);
    let mut behind = certificates;
    for field in revocation_lists {
        behind.extend_from_slice(field.encoded);
    }
    behind.extend_from_slice(&signer_infos);
    let encapsulated = message.message.slice_ref(encapsulated.encoded);
    let fields = [version.encoded, &digest_algorithms].concat();
    let inside = fields.len() + encapsulated.len() + behind.len();
    let mut before = asn1::content_info_head(content_type.encoded, inside);
    before.extend_from_slice(&fields);
    Ok(Message::of([before.into(), encapsulated, behind.into()]))
}

/// The digests that the signatures of a detached message say, of those that hold over them.
fn said_digests(message: &[u8]) -> Result<Vec<(DigestAlgorithm, Vec<u8>)>, Error> {
    // What a signature says of the content can be read before anything is checked against it.
    let mut said: Vec<(DigestAlgorithm, Vec<u8>)> = Vec::new();
    for signer in verify_digest(message, &[])?.signers {
        if let (Some(algorithm), Some(digest)) = (signer.digest_algorithm, signer.message_digest)
            && !said.contains(&(algorithm, digest.clone()))
            && said.len() < MAX_DIGESTS
        {
            said.push((algorithm, digest));
        }
    }
    let mut held = Vec::new();
    for (algorithm, digest) in said {
        let report = verify_digest(message, &digest)?;
        let holds = report.signers.iter().any(|signer| {
            signer.digest_algorithm == Some(algorithm)
                && signer.message_digest.as_ref() == Some(&digest)
                && signer.holds()
        });
        if holds {
            held.push((algorithm, digest));
        }
    }
    Ok(held)
}

fn with_algorithm(set: Element<'_>, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
    for member in fields(set)? {
        if member.tag == SEQUENCE
            && member.children().required("no algorithm")?.oid()? == algorithm.oid()
        {
            return Ok(set.encoded.to_vec());
        }
    }
    Ok(tlv(
        SET,
        &[set.content, &algorithm_identifier(&algorithm.oid())],
    ))
}

fn with_certificate(set: Option<&Element<'_>>, certificate: &[u8]) -> Result<Vec<u8>, Error> {
    let Some(set) = set else {
        return Ok(tlv(CONTEXT_0, &[certificate]));
    };
    for member in fields(*set)? {
        if member.encoded == certificate {
            return Ok(set.encoded.to_vec());
        }
    }
    Ok(tlv(CONTEXT_0, &[set.content, certificate]))
}
