//! The structures of a PKCS#12 file, borrowed from its DER: nothing secret is copied.

use super::oid::{ID_FRIENDLY_NAME, ID_LOCAL_KEY_ID};
use crate::{Error, Part, ber::ber2der};
use der::{
    AnyRef, Choice, Decode, DecodeValue, Reader, Sequence, SliceReader, Tag, Tagged,
    asn1::{IntRef, ObjectIdentifier, OctetStringRef},
};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

/// ```text
/// PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }
/// ```
/// Source: RFC 7292 section 4.
#[derive(Sequence)]
pub(super) struct Pfx<'a> {
    pub(super) version: u8,
    pub(super) auth_safe: ContentInfo<'a>,
    pub(super) mac_data: Option<MacData<'a>>,
}

/// ```text
/// ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, content [0] EXPLICIT ANY OPTIONAL }
/// ```
/// Source: RFC 5652 section 3.
#[derive(Sequence)]
pub(super) struct ContentInfo<'a> {
    pub(super) content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) content: AnyRef<'a>,
}

/// ```text
/// MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
/// ```
/// Source: RFC 7292 section 4.
#[derive(Sequence)]
pub(super) struct MacData<'a> {
    pub(super) mac: DigestInfo<'a>,
    pub(super) mac_salt: &'a OctetStringRef,
    pub(super) iterations: Option<IntRef<'a>>,
}

/// ```text
/// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
/// ```
/// Source: RFC 2315 section 9.4.
#[derive(Sequence)]
pub(super) struct DigestInfo<'a> {
    pub(super) digest_algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) digest: &'a OctetStringRef,
}

/// ```text
/// EncryptedData ::= SEQUENCE { version INTEGER, encryptedContentInfo EncryptedContentInfo,
///     unprotectedAttrs [1] IMPLICIT Attributes OPTIONAL }
/// ```
/// Source: RFC 5652 section 8.
#[derive(Sequence)]
pub(super) struct EncryptedData<'a> {
    version: u8,
    pub(super) info: EncryptedContentInfo<'a>,
    unprotected_attrs: Option<AnyRef<'a>>,
}

/// ```text
/// EncryptedContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER,
///     contentEncryptionAlgorithm AlgorithmIdentifier, encryptedContent [0] IMPLICIT OCTET STRING OPTIONAL }
/// ```
/// Source: RFC 5652 section 6.1.
#[derive(Sequence)]
pub(super) struct EncryptedContentInfo<'a> {
    content_type: ObjectIdentifier,
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    /// The whole `[0]`, which BER may have cut into pieces: only the schema tells that it is a string.
    encrypted_content: AnyRef<'a>,
}

impl EncryptedContentInfo<'_> {
    /// The ciphertext in one piece.
    pub(super) fn ciphertext(&self) -> Result<Vec<u8>, Error> {
        const DAMAGED: Error = Error::Damaged(Part::AuthenticatedSafe);
        let Tag::ContextSpecific { constructed, .. } = self.encrypted_content.tag() else {
            return Err(DAMAGED);
        };
        if !constructed {
            return Ok(self.encrypted_content.value().to_vec());
        }
        let mut pieces = SliceReader::new(self.encrypted_content.value()).map_err(|_| DAMAGED)?;
        let mut ciphertext = Vec::with_capacity(self.encrypted_content.value().len());
        while !pieces.is_finished() {
            let piece = <&OctetStringRef>::decode(&mut pieces).map_err(|_| DAMAGED)?;
            ciphertext.extend_from_slice(piece.as_bytes());
        }
        Ok(ciphertext)
    }
}

/// ```text
/// SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY, bagAttributes SET OF Attribute OPTIONAL }
/// ```
/// Source: RFC 7292 section 4.2.
#[derive(Sequence)]
pub(super) struct SafeBag<'a> {
    pub(super) bag_id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) bag_value: AnyRef<'a>,
    bag_attributes: Option<AnyRef<'a>>,
}

impl SafeBag<'_> {
    /// localKeyId (bytes): ties a key and its certificate.
    pub(super) fn local_key_id(&self) -> Option<Vec<u8>> {
        let value = self.attribute(ID_LOCAL_KEY_ID)?;
        (value.tag() == Tag::OctetString).then(|| value.value().to_vec())
    }

    /// friendlyName: the name under which programs show the key.
    pub(super) fn friendly_name(&self) -> Option<String> {
        let value = self.attribute(ID_FRIENDLY_NAME)?;
        if value.tag() != Tag::BmpString {
            return None;
        }
        let units = value.value().chunks_exact(2).map(|pair| {
            pair.iter()
                .fold(0, |unit, &byte| unit << 8 | u16::from(byte))
        });
        char::decode_utf16(units).collect::<Result<_, _>>().ok()
    }

    /// The first value of an attribute. The SET is taken in any order, as the national CA does not sort it.
    fn attribute(&self, wanted: ObjectIdentifier) -> Option<AnyRef<'_>> {
        let set = self
            .bag_attributes
            .filter(|attributes| attributes.tag() == Tag::Set)?;
        let mut attributes = SliceReader::new(set.value()).ok()?;
        while !attributes.is_finished() {
            let attribute = Attribute::decode(&mut attributes).ok()?;
            if attribute.kind == wanted {
                return AnyRef::decode(&mut SliceReader::new(attribute.values.value()).ok()?).ok();
            }
        }
        None
    }
}

#[derive(Sequence)]
struct Attribute<'a> {
    kind: ObjectIdentifier,
    values: AnyRef<'a>,
}

/// ```text
/// EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm AlgorithmIdentifier, encryptedData OCTET STRING }
/// ```
/// Source: RFC 5958 section 3.
#[derive(Sequence)]
pub(super) struct EncryptedPrivateKeyInfo<'a> {
    pub(super) algorithm: AlgorithmIdentifierRef<'a>,
    pub(super) encrypted_data: &'a OctetStringRef,
}

/// ```text
/// CertBag ::= SEQUENCE { certId OBJECT IDENTIFIER, certValue [0] EXPLICIT ANY }
/// ```
/// Source: RFC 7292 section 4.2.3.
#[derive(Sequence)]
pub(super) struct CertBag<'a> {
    pub(super) cert_id: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    pub(super) cert_value: AnyRef<'a>,
}

/// PBES2-params and PBMAC1-params, which have the same shape: how the key is derived, and what it is used with.
///
/// Source: RFC 8018 appendices A.4 and A.5.
#[derive(Sequence)]
pub(super) struct SchemeParams<'a> {
    pub(super) key_derivation: AlgorithmIdentifierRef<'a>,
    pub(super) scheme: AlgorithmIdentifierRef<'a>,
}

/// ```text
/// PBKDF2-params ::= SEQUENCE { salt OCTET STRING, iterationCount INTEGER,
///     keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT hmacWithSHA1 }
/// ```
/// Source: RFC 8018 appendix A.2.
#[derive(Sequence)]
pub(super) struct Pbkdf2Params<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iteration_count: IntRef<'a>,
    pub(super) key_length: Option<u16>,
    pub(super) prf: Option<AlgorithmIdentifierRef<'a>>,
}

/// ```text
/// pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER }
/// ```
/// Source: RFC 7292 appendix C.
#[derive(Sequence)]
pub(super) struct Pkcs12PbeParams<'a> {
    pub(super) salt: &'a OctetStringRef,
    pub(super) iterations: IntRef<'a>,
}

/// Brings a part of the file from BER to DER.
pub(super) fn normalise(ber: &[u8], part: Part) -> Result<Zeroizing<Vec<u8>>, Error> {
    ber2der(ber).map_err(|_| Error::Damaged(part))
}

/// Calls `each` for every element of a SEQUENCE OF, without building a list: a hostile file has millions of tiny ones.
pub(super) fn sequence_of<'a, T, F>(der: &'a [u8], part: Part, mut each: F) -> Result<(), Error>
where
    T: Decode<'a, Error = der::Error>,
    F: FnMut(T) -> Result<(), Error>,
{
    let sequence = AnyRef::from_der(der)
        .ok()
        .filter(|any| any.tag() == Tag::Sequence)
        .ok_or(Error::Damaged(part))?;
    let mut reader = SliceReader::new(sequence.value()).map_err(|_| Error::Damaged(part))?;
    while !reader.is_finished() {
        each(T::decode(&mut reader).map_err(|_| Error::Damaged(part))?)?;
    }
    Ok(())
}

/// The content of an OCTET STRING that stands where the schema says ANY.
pub(super) fn octet_string(any: AnyRef<'_>, part: Part) -> Result<&[u8], Error> {
    <&OctetStringRef>::try_from(any)
        .map(OctetStringRef::as_bytes)
        .map_err(|_| Error::Damaged(part))
}

/// The parameters of an algorithm as the structure that it defines.
pub(super) fn parameters<'a, T>(
    algorithm: &AlgorithmIdentifierRef<'a>,
    part: Part,
) -> Result<T, Error>
where
    T: Choice<'a> + DecodeValue<'a, Error = der::Error> + 'a,
{
    algorithm
        .parameters
        .and_then(|any| any.decode_as().ok())
        .ok_or(Error::Damaged(part))
}
