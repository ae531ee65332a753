use std::collections::BTreeSet;

use const_oid::ObjectIdentifier;
use der::{
    Decode, Tag, Tagged,
    asn1::{AnyRef, BitStringRef},
};

use crate::{Error, asn1, oid};

/// One extension of a certificate as it is encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// What the extension is.
    pub oid: ObjectIdentifier,
    /// Whether a reader that does not know it must refuse the certificate.
    pub critical: bool,
    /// Content of extnValue: the DER that the extension's own definition describes.
    pub value: Box<[u8]>,
}

/// What a key may do (RFC 5280 §4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    const fn bit(self, number: u32) -> bool {
        self.0 >> number & 1 == 1
    }

    /// digitalSignature (bit 0).
    #[must_use]
    pub const fn digital_signature(self) -> bool {
        self.bit(0)
    }

    /// nonRepudiation, also called contentCommitment (bit 1).
    #[must_use]
    pub const fn non_repudiation(self) -> bool {
        self.bit(1)
    }

    /// keyEncipherment (bit 2).
    #[must_use]
    pub const fn key_encipherment(self) -> bool {
        self.bit(2)
    }

    /// keyAgreement (bit 4).
    #[must_use]
    pub const fn key_agreement(self) -> bool {
        self.bit(4)
    }

    /// keyCertSign (bit 5).
    #[must_use]
    pub const fn key_cert_sign(self) -> bool {
        self.bit(5)
    }

    /// cRLSign (bit 6).
    #[must_use]
    pub const fn crl_sign(self) -> bool {
        self.bit(6)
    }

    fn read(value: &[u8]) -> Result<Self, der::Error> {
        let bits = BitStringRef::from_der(value)?.bits();
        Ok(Self(
            bits.take(9)
                .zip(0u16..)
                .fold(0, |sum, (bit, number)| sum | u16::from(bit) << number),
        ))
    }
}

/// The extensions of a certificate, those that we know read.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) all: Vec<Extension>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Vec<ObjectIdentifier>,
    pub(super) policies: Vec<ObjectIdentifier>,
    pub(super) subject_key_id: Option<Box<[u8]>>,
    pub(super) authority_key_id: Option<Box<[u8]>>,
    pub(super) is_ca: bool,
    pub(super) path_length: Option<u32>,
    pub(super) emails: Vec<String>,
    pub(super) ocsp_urls: Vec<String>,
    pub(super) ca_issuers_urls: Vec<String>,
    pub(super) crl_urls: Vec<String>,
    pub(super) delta_crl_urls: Vec<String>,
}

impl Extensions {
    /// Reads `Extensions` (DER). Order and criticality do not matter; an extension that occurs twice is refused.
    pub(super) fn read(der: &[u8]) -> Result<Self, Error> {
        let mut extensions = Self::default();
        let all = extension_list(der)?;
        for extension in &all {
            extensions.read_known(extension)?;
        }
        extensions.all = all;
        Ok(extensions)
    }

    fn read_known(&mut self, extension: &Extension) -> Result<(), Error> {
        let value = &extension.value;
        match extension.oid {
            oid::KEY_USAGE => {
                self.key_usage = Some(KeyUsage::read(value).map_err(Error::damaged("keyUsage"))?);
            }
            oid::EXT_KEY_USAGE => {
                self.extended_key_usage =
                    identifiers(value).map_err(Error::damaged("extKeyUsage"))?;
            }
            oid::CERTIFICATE_POLICIES => {
                self.policies = policies(value).map_err(Error::damaged("certificatePolicies"))?;
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                let id = AnyRef::from_der(value).and_then(|id| asn1::expect(id, Tag::OctetString));
                self.subject_key_id =
                    Some(id.map_err(Error::damaged("subjectKeyIdentifier"))?.into());
            }
            oid::AUTHORITY_KEY_IDENTIFIER => {
                let fields =
                    asn1::sequence(value).map_err(Error::damaged("authorityKeyIdentifier"))?;
                self.authority_key_id = context_values(&fields, 0).next().map(Into::into);
            }
            oid::BASIC_CONSTRAINTS => {
                (self.is_ca, self.path_length) =
                    basic_constraints(value).map_err(Error::damaged("basicConstraints"))?;
            }
            oid::SUBJECT_ALT_NAME => {
                let names = asn1::sequence(value).map_err(Error::damaged("subjectAltName"))?;
                self.emails = context_values(&names, RFC822_NAME).map(text).collect();
            }
            oid::AUTHORITY_INFO_ACCESS => {
                (self.ocsp_urls, self.ca_issuers_urls) =
                    access_descriptions(value).map_err(Error::damaged("authorityInfoAccess"))?;
            }
            oid::CRL_DISTRIBUTION_POINTS => {
                self.crl_urls =
                    distribution_points(value).map_err(Error::damaged("cRLDistributionPoints"))?;
            }
            oid::FRESHEST_CRL => {
                self.delta_crl_urls =
                    distribution_points(value).map_err(Error::damaged("freshestCRL"))?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads `Extensions` (DER) of a certificate, a revocation list or an OCSP response; one that occurs twice is refused.
pub(crate) fn extension_list(der: &[u8]) -> Result<Vec<Extension>, Error> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    for element in asn1::sequence(der).map_err(Error::damaged("Extensions"))? {
        let extension = extension(element)?;
        if !seen.insert(extension.oid) {
            return Err(Error::Invalid {
                part: "Extensions",
                reason: "one of them occurs twice",
            });
        }
        list.push(extension);
    }
    Ok(list)
}

/// Extensions whose demands are met here or by those who ask for purpose and revocation.
pub(super) const KNOWN: &[ObjectIdentifier] = &[
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::KEY_USAGE,
    oid::EXT_KEY_USAGE,
    oid::BASIC_CONSTRAINTS,
    oid::SUBJECT_ALT_NAME,
    oid::CERTIFICATE_POLICIES,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::AUTHORITY_INFO_ACCESS,
];

/// Tag numbers of GeneralName (RFC 5280 §4.2.1.6).
const RFC822_NAME: u32 = 1;
const UNIFORM_RESOURCE_IDENTIFIER: u32 = 6;

fn extension(element: AnyRef<'_>) -> Result<Extension, Error> {
    let damaged = Error::damaged("Extension");
    let fields = asn1::expect(element, Tag::Sequence)
        .and_then(asn1::elements)
        .map_err(&damaged)?;
    let (oid, critical, value) = match fields.as_slice() {
        [oid, value] => (oid, false, value),
        [oid, critical, value] if critical.tag() == Tag::Boolean => (oid, is_true(critical), value),
        _ => {
            return Err(Error::Invalid {
                part: "Extension",
                reason: "its fields are not the right ones",
            });
        }
    };
    Ok(Extension {
        oid: oid.decode_as().map_err(&damaged)?,
        critical,
        value: asn1::expect(*value, Tag::OctetString)
            .map_err(&damaged)?
            .into(),
    })
}

fn is_true(element: &AnyRef<'_>) -> bool {
    element.tag() == Tag::Boolean && element.value() != [0]
}

/// Whether it is an authority, and how many others may stand under it (RFC 5280 §4.2.1.9).
fn basic_constraints(value: &[u8]) -> Result<(bool, Option<u32>), der::Error> {
    let fields = asn1::sequence(value)?;
    let path_length = fields
        .iter()
        .find(|field| field.tag() == Tag::Integer)
        .map(|number| number.decode_as())
        .transpose()?;
    Ok((fields.first().is_some_and(is_true), path_length))
}

fn identifiers(value: &[u8]) -> Result<Vec<ObjectIdentifier>, der::Error> {
    asn1::sequence(value)?
        .into_iter()
        .map(AnyRef::decode_as)
        .collect()
}

fn policies(value: &[u8]) -> Result<Vec<ObjectIdentifier>, der::Error> {
    let mut policies = Vec::new();
    for policy in asn1::sequence(value)? {
        let information = asn1::expect(policy, Tag::Sequence).and_then(asn1::elements)?;
        if let Some(identifier) = information.first() {
            policies.push(identifier.decode_as()?);
        }
    }
    Ok(policies)
}

/// The addresses of OCSP responders and of issuers' certificates (RFC 5280 §4.2.2.1).
fn access_descriptions(value: &[u8]) -> Result<(Vec<String>, Vec<String>), der::Error> {
    let (mut ocsp, mut ca_issuers) = (Vec::new(), Vec::new());
    for description in asn1::sequence(value)? {
        let fields = asn1::expect(description, Tag::Sequence).and_then(asn1::elements)?;
        let Some((method, location)) = fields.split_first() else {
            continue;
        };
        let urls = match method.decode_as::<ObjectIdentifier>()? {
            oid::ACCESS_OCSP => &mut ocsp,
            oid::ACCESS_CA_ISSUERS => &mut ca_issuers,
            _ => continue,
        };
        urls.extend(context_values(location, UNIFORM_RESOURCE_IDENTIFIER).map(text));
    }
    Ok((ocsp, ca_issuers))
}

/// The addresses in all distribution points (RFC 5280 §4.2.1.13).
pub(crate) fn distribution_points(value: &[u8]) -> Result<Vec<String>, der::Error> {
    let mut urls = Vec::new();
    for point in asn1::sequence(value)? {
        let fields = asn1::expect(point, Tag::Sequence).and_then(asn1::elements)?;
        for point_name in context_values(&fields, 0) {
            for full_name in context_values(&asn1::elements(point_name)?, 0) {
                let names = asn1::elements(full_name)?;
                urls.extend(context_values(&names, UNIFORM_RESOURCE_IDENTIFIER).map(text));
            }
        }
    }
    Ok(urls)
}

/// The contents of the elements with one context-specific tag.
fn context_values<'a>(elements: &[AnyRef<'a>], number: u32) -> impl Iterator<Item = &'a [u8]> {
    elements
        .iter()
        .filter(move |element| asn1::context_number(element) == Some(number))
        .map(|element| element.value())
}

/// Text that only people and later checks read: what is not ASCII is shown, not refused.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
