//! Signed and unsigned attributes.

use super::oid;
use super::report::Problem;
use super::signer_info;
use crate::Error;
use crate::asn1::{Element, OCTET_STRING, SEQUENCE, SET};
use der::Decode;
use der::asn1::{GeneralizedTime, ObjectIdentifier, UtcTime};
use pki::{Certificate, DigestAlgorithm};
use std::borrow::Cow;

/// Kind and values of each attribute.
pub(super) struct Attributes<'a>(pub(super) Vec<(ObjectIdentifier, Vec<Element<'a>>)>);

impl<'a> Attributes<'a> {
    pub(super) fn read(set: Option<Element<'a>>) -> Result<Self, Error> {
        let mut attributes = Vec::new();
        let Some(set) = set else {
            return Ok(Self(attributes));
        };
        let mut members = set.children();
        while let Some(member) = members.next()? {
            if member.tag != SEQUENCE {
                return Err(Error::Cms("no Attribute"));
            }
            let mut fields = member.children();
            let kind = fields.required("no attrType")?.oid()?;
            let mut inside = fields.expect(SET, "no attrValues")?.children();
            fields.end("bytes behind the attrValues")?;
            let mut values = Vec::new();
            while let Some(value) = inside.next()? {
                values.push(value);
            }
            attributes.push((kind, values));
        }
        Ok(Self(attributes))
    }

    /// The values of all attributes of one kind.
    pub(super) fn values(&self, kind: ObjectIdentifier) -> impl Iterator<Item = &Element<'a>> {
        self.0
            .iter()
            .filter(move |(its, _)| *its == kind)
            .flat_map(|(_, values)| values)
    }

    /// The value of an attribute that may stand once, with one value.
    fn single(
        &self,
        kind: ObjectIdentifier,
        name: &'static str,
    ) -> Result<Option<Element<'a>>, Problem> {
        let mut found = self
            .0
            .iter()
            .filter(|(its, _)| *its == kind)
            .map(|(_, values)| values.as_slice());
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some([value]), None) => Ok(Some(*value)),
            _ => Err(Problem::BadAttribute(name)),
        }
    }

    pub(super) fn check_content_type(&self, content_type: ObjectIdentifier) -> Result<(), Problem> {
        let bad = Problem::BadAttribute("contentType");
        let value = self
            .single(oid::CONTENT_TYPE, "contentType")?
            .ok_or(bad.clone())?;
        match value.oid() {
            Ok(signed) if signed == content_type => Ok(()),
            Ok(_) => Err(Problem::ContentTypeMismatch),
            Err(_) => Err(bad),
        }
    }

    pub(super) fn message_digest(&self) -> Result<Vec<u8>, Problem> {
        let bad = Problem::BadAttribute("messageDigest");
        let value = self
            .single(oid::MESSAGE_DIGEST, "messageDigest")?
            .ok_or(bad.clone())?;
        value.octets().map(Cow::into_owned).map_err(|_| bad)
    }

    pub(super) fn signing_time(&self) -> Result<Option<i64>, Problem> {
        let bad = |_| Problem::BadAttribute("signingTime");
        let Some(value) = self.single(oid::SIGNING_TIME, "signingTime")? else {
            return Ok(None);
        };
        let der = value
            .to_der()
            .map_err(|_| Problem::BadAttribute("signingTime"))?;
        let since_1970 = UtcTime::from_der(&der)
            .map(|time| time.to_unix_duration())
            .or_else(|_| GeneralizedTime::from_der(&der).map(|time| time.to_unix_duration()))
            .map_err(bad)?;
        Ok(i64::try_from(since_1970.as_secs()).ok())
    }

    /// Whether signingCertificateV2 (else V1) names `certificate`; None when there is neither.
    pub(super) fn names(&self, certificate: &Certificate) -> Result<Option<bool>, Problem> {
        let v2 = self.single(oid::SIGNING_CERTIFICATE_V2, "signingCertificateV2")?;
        let v1 = self.single(oid::SIGNING_CERTIFICATE, "signingCertificate")?;
        let (Some(value), is_v2) = (v2.or(v1), v2.is_some()) else {
            return Ok(None);
        };
        certificate_id(value, is_v2, certificate)
            .map(Some)
            .ok_or(Problem::BadAttribute("signingCertificate"))
    }
}

/// SigningCertificate(V2) ::= SEQUENCE { certs SEQUENCE OF ESSCertID(v2), … }; the first names the signer's certificate.
///
/// Source: RFC 5035 sections 3 to 5.
fn certificate_id(value: Element<'_>, is_v2: bool, certificate: &Certificate) -> Option<bool> {
    let list = first_sequence(first_sequence(value)?)?;
    let mut fields = list.children();
    let mut algorithm = if is_v2 {
        DigestAlgorithm::Sha256
    } else {
        DigestAlgorithm::Sha1
    };
    if is_v2 && let Some(named) = fields.optional(SEQUENCE).ok()? {
        algorithm = DigestAlgorithm::from_oid(&signer_info::algorithm(named).ok()?).ok()?;
    }
    let hash = fields.expect(OCTET_STRING, "no certHash").ok()?;
    if algorithm.digest(certificate.der()) != hash.content {
        return Some(false);
    }
    let Some(issuer_serial) = fields.optional(SEQUENCE).ok()? else {
        return fields.is_empty().then_some(true);
    };
    let mut fields = issuer_serial.children();
    fields.required("no issuer").ok()?;
    let serial = fields.required("no serialNumber").ok()?;
    // The hash covers the issuer too; a serial number that contradicts it is a forgery or a blunder.
    let strip = |bytes: &[u8]| {
        bytes
            .iter()
            .copied()
            .skip_while(|byte| *byte == 0)
            .collect::<Vec<_>>()
    };
    Some(strip(serial.content) == strip(certificate.serial_number()))
}

/// The first element inside a SEQUENCE, when it is a SEQUENCE too.
fn first_sequence(element: Element<'_>) -> Option<Element<'_>> {
    (element.tag == SEQUENCE)
        .then(|| element.children().optional(SEQUENCE).ok().flatten())
        .flatten()
}
