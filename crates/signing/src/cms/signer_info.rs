//! The structure of a SignedData and its SignerInfos, before anything is verified.

use super::oid;
use crate::Error;
use crate::asn1::{
    CONTEXT_0, CONTEXT_0_PRIMITIVE, CONTEXT_1, Element, INTEGER, NULL, Reader, SEQUENCE, SET,
};
use der::asn1::ObjectIdentifier;
use pki::Certificate;
use std::borrow::Cow;

/// Most signatures in one message.
const MAX_SIGNERS: usize = 64;
/// Most certificates in one message.
const MAX_CERTIFICATES: usize = 256;

/// SignedData. Source: RFC 5652 section 5.1.
pub(crate) struct SignedData<'a> {
    pub content_type: ObjectIdentifier,
    pub content: Option<Cow<'a, [u8]>>,
    pub certificates: Vec<Certificate>,
    /// One that cannot be read says nothing against the others: anybody may add a signature.
    pub signer_infos: Vec<Result<SignerInfo<'a>, Error>>,
}

/// SignerInfo. Source: RFC 5652 section 5.3.
pub(crate) struct SignerInfo<'a> {
    pub signer: SignerIdentifier,
    pub digest_algorithm: AlgorithmIdentifier,
    pub signed_attributes: Option<Element<'a>>,
    pub signature_algorithm: AlgorithmIdentifier,
    pub signature: Vec<u8>,
    pub unsigned_attributes: Option<Element<'a>>,
}

/// Which algorithm.
#[derive(Clone, Copy)]
pub(crate) struct AlgorithmIdentifier {
    pub oid: ObjectIdentifier,
    /// Parameters other than NULL, as RSASSA-PSS has them: no algorithm of this PKI has any.
    pub has_parameters: bool,
}

/// By whom.
pub(crate) enum SignerIdentifier {
    /// DER of the issuer's Name, serial number without leading zeros.
    IssuerAndSerial(Vec<u8>, Vec<u8>),
    SubjectKeyIdentifier(Vec<u8>),
}

impl SignerIdentifier {
    pub(crate) fn means(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial(issuer, serial) => {
                certificate.issuer().der() == issuer
                    && unpadded(certificate.serial_number()) == serial
            }
            Self::SubjectKeyIdentifier(identifier) => {
                certificate.subject_key_id() == Some(identifier)
            }
        }
    }
}

/// Reads a ContentInfo that holds a SignedData.
pub(crate) fn read(bytes: &[u8]) -> Result<SignedData<'_>, Error> {
    let mut outer = Reader::new(bytes);
    let mut content_info = outer.expect(SEQUENCE, "not a ContentInfo")?.children();
    outer.end("bytes behind the message")?;
    if content_info.required("no contentType")?.oid()? != oid::SIGNED_DATA {
        return Err(Error::NotCms);
    }
    let mut explicit = content_info.expect(CONTEXT_0, "no content")?.children();
    content_info.end("bytes behind the content")?;
    let mut fields = explicit.expect(SEQUENCE, "no SignedData")?.children();
    explicit.end("bytes behind the SignedData")?;

    version(&mut fields)?;
    fields.expect(SET, "no digestAlgorithms")?;
    let mut encapsulated = fields.expect(SEQUENCE, "no encapContentInfo")?.children();
    let content_type = encapsulated.required("no eContentType")?.oid()?;
    let content = match encapsulated.next()? {
        None => None,
        Some(explicit) if explicit.tag == CONTEXT_0 => {
            let mut inside = explicit.children();
            let octets = inside.required("no eContent")?.octets()?;
            inside.end("bytes behind the eContent")?;
            Some(octets)
        }
        Some(_) => return Err(Error::Cms("no eContent")),
    };
    encapsulated.end("bytes behind the eContent")?;
    let certificates = match fields.optional(CONTEXT_0)? {
        None => Vec::new(),
        Some(set) => certificates(set)?,
    };
    // Revocation lists: whoever checks revocation reads them, not this.
    fields.optional(CONTEXT_1)?;
    let mut members = fields.expect(SET, "no signerInfos")?.children();
    fields.end("bytes behind the signerInfos")?;
    let mut signer_infos = Vec::new();
    while let Some(member) = members.next()? {
        if signer_infos.len() >= MAX_SIGNERS {
            return Err(Error::Cms("more signatures than are read here"));
        }
        signer_infos.push(signer_info(member));
    }
    Ok(SignedData {
        content_type,
        content,
        certificates,
        signer_infos,
    })
}

fn certificates(set: Element<'_>) -> Result<Vec<Certificate>, Error> {
    let mut certificates = Vec::new();
    let mut choices = set.children();
    while let Some(choice) = choices.next()? {
        if certificates.len() >= MAX_CERTIFICATES {
            return Err(Error::Cms("more certificates than are read here"));
        }
        // Attribute certificates and other formats are passed over, as is a certificate that no key of this PKI could be in.
        if choice.tag == SEQUENCE
            && let Ok(certificate) = Certificate::from_der(&choice.to_der()?)
        {
            certificates.push(certificate);
        }
    }
    Ok(certificates)
}

/// Reads one SignerInfo.
pub(super) fn signer_info(element: Element<'_>) -> Result<SignerInfo<'_>, Error> {
    if element.tag != SEQUENCE {
        return Err(Error::Cms("no SignerInfo"));
    }
    let mut fields = element.children();
    version(&mut fields)?;
    let signer = signer_identifier(fields.required("no sid")?)?;
    let digest_algorithm = identifier(fields.expect(SEQUENCE, "no digestAlgorithm")?)?;
    let signed_attributes = fields.optional(CONTEXT_0)?;
    let signature_algorithm = identifier(fields.expect(SEQUENCE, "no signatureAlgorithm")?)?;
    let signature = fields.required("no signature")?.octets()?.into_owned();
    let unsigned_attributes = fields.optional(CONTEXT_1)?;
    fields.end("bytes behind the SignerInfo")?;
    Ok(SignerInfo {
        signer,
        digest_algorithm,
        signed_attributes,
        signature_algorithm,
        signature,
        unsigned_attributes,
    })
}

fn signer_identifier(element: Element<'_>) -> Result<SignerIdentifier, Error> {
    match element.tag {
        SEQUENCE => {
            let mut fields = element.children();
            let issuer = fields.expect(SEQUENCE, "no issuer")?.to_der()?;
            let serial = fields.expect(INTEGER, "no serialNumber")?;
            fields.end("bytes behind the serialNumber")?;
            Ok(SignerIdentifier::IssuerAndSerial(
                issuer,
                unpadded(serial.content).to_vec(),
            ))
        }
        CONTEXT_0_PRIMITIVE => Ok(SignerIdentifier::SubjectKeyIdentifier(
            element.content.to_vec(),
        )),
        _ => Err(Error::Cms("no sid")),
    }
}

/// An AlgorithmIdentifier whose parameters are NULL or absent: both are written for the same algorithm.
pub(crate) fn algorithm(element: Element<'_>) -> Result<ObjectIdentifier, Error> {
    match identifier(element)? {
        AlgorithmIdentifier {
            oid,
            has_parameters: false,
        } => Ok(oid),
        _ => Err(Error::Cms("an algorithm with parameters")),
    }
}

fn identifier(element: Element<'_>) -> Result<AlgorithmIdentifier, Error> {
    let mut fields = element.children();
    let oid = fields.required("no algorithm")?.oid()?;
    let parameters = fields.next()?;
    fields.end("bytes behind an algorithm")?;
    Ok(AlgorithmIdentifier {
        oid,
        has_parameters: parameters.is_some_and(|it| it.tag != NULL || !it.content.is_empty()),
    })
}

fn version(fields: &mut Reader<'_>) -> Result<(), Error> {
    match fields.expect(INTEGER, "no version")?.content {
        [0..=5] => Ok(()),
        _ => Err(Error::Cms("an unknown version")),
    }
}

fn unpadded(serial: &[u8]) -> &[u8] {
    let zeros = serial.iter().take_while(|byte| **byte == 0).count();
    serial.get(zeros..).unwrap_or_default()
}
