//! Keys in SubjectPublicKeyInfo and PKCS #8, with the identifiers of Kazakhstan and of Russia.

mod oid;

use alloc::vec::Vec;

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode, Reader, SliceReader, Tag, Tagged};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use crate::params::{Params, with_params};
use crate::scalar::Scalar;
use crate::signature_value::widen;
use crate::{Curve, Error, SigningKey, VerifyingKey};

impl VerifyingKey {
    /// Reads a SubjectPublicKeyInfo (DER).
    ///
    /// # Errors
    ///
    /// [`Error::Encoding`] where it is not one, [`Error::UnknownAlgorithm`] or [`Error::UnknownCurve`], and those of
    /// [`Self::from_xy_le`] for the point.
    ///
    /// `Source:` RFC 5280 section 4.1.2.7 with RFC 4491 section 2.3.2 and RFC 9215 section 4: the BIT STRING holds an
    /// OCTET STRING of X‖Y, each little-endian. Kazakhstan's certificates are alike but for the identifiers.
    ///
    /// ```
    /// # use gost3410::{Error, VerifyingKey};
    /// assert_eq!(VerifyingKey::from_spki(b"not DER"), Err(Error::Encoding));
    /// ```
    pub fn from_spki(der: &[u8]) -> Result<Self, Error> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| Error::Encoding)?;
        read_public(&info)
    }
}

impl SigningKey {
    /// Reads a PKCS #8 PrivateKeyInfo or OneAsymmetricKey (DER). The public key is computed, not read.
    ///
    /// The private key may be, with n bytes for a coordinate: n bytes, little-endian (RFC 9548); several times n bytes,
    /// the key multiplied by masks and their inverses (RFC 9548); an OCTET STRING of n bytes, little-endian
    /// (Kazakhstan's keys of 2015); an INTEGER (Kazakhstan's keys of 2004).
    ///
    /// # Errors
    ///
    /// [`Error::Encoding`] where it is not one, [`Error::UnknownAlgorithm`] or [`Error::UnknownCurve`], and those of
    /// [`Self::from_le_bytes`] for the number.
    ///
    /// `Source:` RFC 5958; the forms in files of Kazakhstan's national CA and of OpenSSL's gost-engine.
    ///
    /// ```
    /// # use gost3410::{Error, SigningKey};
    /// assert_eq!(SigningKey::from_pkcs8(b"not DER").err(), Some(Error::Encoding));
    /// ```
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Error> {
        let info = PrivateKeyInfoRef::from_der(der).map_err(|_| Error::Encoding)?;
        read_private(&info)
    }
}

/// So that [`pkcs8::DecodePublicKey`] reads these keys; [`VerifyingKey::from_spki`] says more of what is wrong.
impl TryFrom<SubjectPublicKeyInfoRef<'_>> for VerifyingKey {
    type Error = pkcs8::spki::Error;

    fn try_from(info: SubjectPublicKeyInfoRef<'_>) -> Result<Self, Self::Error> {
        read_public(&info).map_err(|error| match error {
            Error::UnknownAlgorithm => pkcs8::spki::Error::OidUnknown {
                oid: info.algorithm.oid,
            },
            _ => pkcs8::spki::Error::KeyMalformed,
        })
    }
}

/// So that [`pkcs8::DecodePrivateKey`] reads these keys; [`SigningKey::from_pkcs8`] says more of what is wrong.
impl TryFrom<PrivateKeyInfoRef<'_>> for SigningKey {
    type Error = pkcs8::Error;

    fn try_from(info: PrivateKeyInfoRef<'_>) -> Result<Self, Self::Error> {
        read_private(&info).map_err(|error| match error {
            Error::UnknownAlgorithm => pkcs8::Error::PublicKey(pkcs8::spki::Error::OidUnknown {
                oid: info.algorithm.oid,
            }),
            _ => pkcs8::Error::PublicKey(pkcs8::spki::Error::KeyMalformed),
        })
    }
}

fn read_public(info: &SubjectPublicKeyInfoRef<'_>) -> Result<VerifyingKey, Error> {
    let curve = curve(&info.algorithm)?;
    let bits = info.subject_public_key.as_bytes().ok_or(Error::Encoding)?;
    let point = <&OctetStringRef>::from_der(bits).map_err(|_| Error::Encoding)?;
    VerifyingKey::from_xy_le(curve, point.as_bytes())
}

fn read_private(info: &PrivateKeyInfoRef<'_>) -> Result<SigningKey, Error> {
    let curve = curve(&info.algorithm)?;
    let key = info.private_key.as_bytes();
    let size = curve.field_bytes();
    // The length first: a bare number may begin with the tag of something else.
    if !key.is_empty() && key.len().is_multiple_of(size) {
        return with_params!(curve, P => unmasked::<P>(curve, key));
    }
    let inner = AnyRef::from_der(key).map_err(|_| Error::Encoding)?;
    match inner.tag() {
        Tag::OctetString => SigningKey::from_le_bytes(curve, inner.value()),
        Tag::Integer => SigningKey::from_be_bytes(curve, inner.value()),
        _ => Err(Error::Encoding),
    }
}

/// A key, or the product of a masked key and its masks modulo q.
///
/// `Source:` RFC 9548 section 5.
fn unmasked<P: Params>(curve: Curve, key: &[u8]) -> Result<SigningKey, Error> {
    if key.len() == P::BYTES {
        return SigningKey::from_le_bytes(curve, key);
    }
    let mut product = Zeroizing::new(P::Scalar::one());
    for factor in key.chunks_exact(P::BYTES) {
        let factor = Zeroizing::new(widen(factor, P::BYTES).ok_or(Error::Encoding)?);
        let factor = P::Scalar::from_wide(&factor).ok_or(Error::PrivateKeyTooLarge)?;
        let factor = Zeroizing::new(factor);
        *product = Scalar::mul(&*product, &factor);
    }
    let number = product.to_wide();
    SigningKey::from_le_bytes(curve, number.get(..P::BYTES).unwrap_or_default())
}

/// The curve that the algorithm's parameters name. The digest that they may name too is that of certificates.
fn curve(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Curve, Error> {
    let curves = oid::curves(algorithm.oid).ok_or(Error::UnknownAlgorithm)?;
    let parameters = algorithm.parameters.ok_or(Error::UnknownCurve)?;
    if parameters.tag() != Tag::Sequence {
        return Err(Error::Encoding);
    }
    let mut fields = SliceReader::new(parameters.value()).map_err(|_| Error::Encoding)?;
    let mut named = Vec::with_capacity(3);
    while !fields.is_finished() {
        let field = ObjectIdentifier::decode(&mut fields).map_err(|_| Error::Encoding)?;
        named.push(field);
    }
    // The third is the encryption of RFC 4491, which nobody uses.
    let (Some(named), 1..=3) = (named.first(), named.len()) else {
        return Err(Error::Encoding);
    };
    curves
        .iter()
        .find(|(oid, _)| oid == named)
        .map(|(_, curve)| *curve)
        .ok_or(Error::UnknownCurve)
}
