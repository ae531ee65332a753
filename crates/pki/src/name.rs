use const_oid::ObjectIdentifier;
use der::{Encode, Tag, Tagged, asn1::AnyRef};

use crate::{Error, asn1, oid};

const NAME: &str = "Name";

/// A distinguished name, its attributes in the order in which they are encoded.
///
/// Names are equal when their DER is.
#[derive(Clone, Debug)]
pub struct Name {
    der: Box<[u8]>,
    rdns: Vec<Vec<Attribute>>,
}

/// One attribute of a [`Name`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// What the attribute is.
    pub oid: ObjectIdentifier,
    /// Its text; for a value that is not a character string, `#` and the value's DER in hexadecimal.
    pub value: String,
    is_text: bool,
}

impl Name {
    /// Reads a Name (DER).
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Invalid`] when it is not one.
    ///
    /// Source: RFC 5280 §4.1.2.4.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let damaged = Error::damaged(NAME);
        let mut rdns = Vec::new();
        for rdn in asn1::sequence(der).map_err(&damaged)? {
            let set = asn1::expect(rdn, Tag::Set)
                .and_then(asn1::elements)
                .map_err(&damaged)?;
            rdns.push(
                set.into_iter()
                    .map(Attribute::read)
                    .collect::<Result<_, _>>()?,
            );
        }
        Ok(Self {
            der: der.into(),
            rdns,
        })
    }

    /// The DER as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// All attributes in the order in which they are encoded.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.rdns.iter().flatten()
    }

    /// The texts of all attributes of one kind.
    pub fn values(&self, oid: ObjectIdentifier) -> impl Iterator<Item = &str> {
        self.attributes()
            .filter(move |attribute| attribute.oid == oid)
            .map(|attribute| attribute.value.as_str())
    }

    /// The common name (CN).
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.values(oid::COMMON_NAME).next()
    }

    /// The name as web pages get it: `CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,G=ТЕСТОВИЧ`.
    ///
    /// Attributes stand in the order in which they are encoded, a comma without a space between them, special
    /// characters behind a backslash. The patronymic is `GIVENNAME` beside an organisation and `G` otherwise.
    ///
    /// Source: NCALayer 1.4 answers it as `subjectDn` and `issuerDn`; web pages split it at commas. Bouncy Castle's
    /// `X509Name` gives the same text but for `G`.
    #[must_use]
    pub fn to_ncalayer_string(&self) -> String {
        let organisation = self.values(oid::ORGANIZATION).next().is_some();
        let mut text = String::new();
        for rdn in &self.rdns {
            for (index, attribute) in rdn.iter().enumerate() {
                if index > 0 {
                    text.push('+');
                } else if !text.is_empty() {
                    text.push(',');
                }
                match label(&attribute.oid, organisation) {
                    Some(label) => text.push_str(label),
                    None => text.push_str(&attribute.oid.to_string()),
                }
                text.push('=');
                attribute.push_escaped(&mut text);
            }
        }
        text
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Name {}

impl Attribute {
    /// Reads AttributeTypeAndValue.
    fn read(element: AnyRef<'_>) -> Result<Self, Error> {
        let damaged = Error::damaged(NAME);
        let fields = asn1::expect(element, Tag::Sequence)
            .and_then(asn1::elements)
            .map_err(&damaged)?;
        let [oid, value] = fields.as_slice() else {
            return Err(Error::Invalid {
                part: NAME,
                reason: "an attribute does not have two fields",
            });
        };
        let oid = oid.decode_as().map_err(&damaged)?;
        Ok(match text(*value) {
            Some(value) => Self {
                oid,
                value,
                is_text: true,
            },
            None => {
                let der = value.to_der().map_err(&damaged)?;
                Self {
                    oid,
                    value: format!("#{}", asn1::hex(&der)),
                    is_text: false,
                }
            }
        })
    }

    /// Escapes as RFC 2253 §2.4 asks, and `=` too.
    fn push_escaped(&self, text: &mut String) {
        let value = self.value.as_str();
        let last = value.len().saturating_sub(1);
        for (index, c) in value.char_indices() {
            let special = match c {
                ',' | '"' | '\\' | '+' | '=' | '<' | '>' | ';' => true,
                '#' => index == 0 && self.is_text,
                ' ' => index == 0 || index == last,
                _ => false,
            };
            if special {
                text.push('\\');
            }
            text.push(c);
        }
    }
}

/// The text of a character string. Characters that its type does not allow are shown, not refused: issuers are not
/// strict about types, and the DER stays what is compared.
fn text(value: AnyRef<'_>) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::NumericString
        | Tag::VisibleString => Some(String::from_utf8_lossy(bytes).into_owned()),
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let units = bytes
                .chunks(2)
                .map(|unit| unit.iter().fold(0, |sum, &byte| sum << 8 | u16::from(byte)));
            Some(
                char::decode_utf16(units)
                    .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// The short names that NCALayer's library (a descendant of Bouncy Castle) gives to attributes.
fn label(oid: &ObjectIdentifier, organisation: bool) -> Option<&'static str> {
    Some(match *oid {
        oid::COMMON_NAME => "CN",
        oid::SURNAME => "SURNAME",
        oid::SERIAL_NUMBER => "SERIALNUMBER",
        oid::COUNTRY => "C",
        oid::LOCALITY => "L",
        oid::STATE => "ST",
        oid::STREET => "STREET",
        oid::ORGANIZATION => "O",
        oid::ORGANIZATIONAL_UNIT => "OU",
        oid::TITLE => "T",
        oid::BUSINESS_CATEGORY => "BusinessCategory",
        oid::GIVEN_NAME if organisation => "GIVENNAME",
        oid::GIVEN_NAME => "G",
        oid::EMAIL_ADDRESS => "E",
        oid::USER_ID => "UID",
        oid::DOMAIN_COMPONENT => "DC",
        _ => return None,
    })
}
