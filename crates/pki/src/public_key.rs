mod rsa;

use std::fmt;

use const_oid::ObjectIdentifier;
use der::{
    Decode, Tag,
    asn1::{AnyRef, BitStringRef},
};
use gost3410::{Signature, VerifyingKey};

use self::rsa::RsaKey;
use crate::{Algorithm, DigestAlgorithm, Error, asn1};

const SPKI: &str = "SubjectPublicKeyInfo";

/// A public key with which signatures can hold: RSA of 2048 to 8192 bits or a point on one of Kazakhstan's curves.
#[derive(Clone)]
pub struct PublicKey {
    spki: Box<[u8]>,
    key_identifier: [u8; 20],
    key: Key,
}

#[derive(Clone)]
enum Key {
    Rsa(RsaKey),
    Gost(Algorithm, VerifyingKey),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo (DER).
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is not DER, [`Error::UnsupportedAlgorithm`] for keys of other families or on other
    /// curves, [`Error::InvalidPublicKey`] for an RSA key out of bounds and for a point that is not on its curve.
    ///
    /// Source: RFC 5280 §4.1.2.7; a GOST key is `OCTET STRING { x ‖ y }`, each little-endian, inside the BIT STRING.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self, Error> {
        let damaged = Error::damaged(SPKI);
        let fields = asn1::sequence(spki).map_err(&damaged)?;
        let [algorithm, key] = fields.as_slice() else {
            return Err(Error::Invalid {
                part: SPKI,
                reason: "it does not have two fields",
            });
        };
        let algorithm = key_algorithm(*algorithm)?;
        let bits: BitStringRef<'_> = key.decode_as().map_err(&damaged)?;
        let bits = bits.as_bytes().ok_or(Error::Invalid {
            part: SPKI,
            reason: "the key is not a whole number of bytes",
        })?;
        let key = match algorithm.curve() {
            None => Key::Rsa(RsaKey::from_pkcs1_der(bits)?),
            Some(curve) => {
                let point = AnyRef::from_der(bits)
                    .and_then(|point| asn1::expect(point, Tag::OctetString))
                    .map_err(&damaged)?;
                let invalid = |reason| Error::InvalidPublicKey { algorithm, reason };
                if point.len() != 2 * curve.field_bytes() {
                    return Err(invalid("the point has a wrong length"));
                }
                let key = VerifyingKey::from_xy_le(curve, point)
                    .map_err(|_| invalid("the point is not on the curve"))?;
                Key::Gost(algorithm, key)
            }
        };
        let key_identifier = {
            use digest::Digest;
            sha1::Sha1::digest(bits).into()
        };
        Ok(Self {
            spki: spki.into(),
            key_identifier,
            key,
        })
    }

    /// The family of the key.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match &self.key {
            Key::Rsa(_) => Algorithm::Rsa,
            Key::Gost(algorithm, _) => *algorithm,
        }
    }

    /// SubjectPublicKeyInfo (DER) as it was read.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The key identifier that a reader can compute: SHA-1 of the BIT STRING's content.
    ///
    /// Certificates of 2022 and later carry the same; older ones carry SHA-1 of the whole SubjectPublicKeyInfo, so ask
    /// [`Certificate::key_id`](crate::Certificate::key_id) for the name of a key.
    ///
    /// Source: RFC 5280 §4.2.1.2 (method 1).
    #[must_use]
    pub const fn key_identifier(&self) -> [u8; 20] {
        self.key_identifier
    }

    /// Content of the BIT STRING: what hashes of the key are made over (RFC 5280 §4.2.1.2, RFC 6960 §4.1.1).
    pub(crate) fn key_bits(&self) -> &[u8] {
        // It was read once with the key and is whole; its first byte counts unused bits and is zero.
        asn1::sequence(&self.spki)
            .ok()
            .and_then(|fields| fields.last()?.value().split_first())
            .map_or(&[], |(_, bits)| bits)
    }

    /// The GOST key; `None` for RSA.
    #[must_use]
    pub const fn as_gost(&self) -> Option<&VerifyingKey> {
        match &self.key {
            Key::Gost(_, key) => Some(key),
            Key::Rsa(_) => None,
        }
    }

    /// RSAPublicKey (DER, RFC 8017 A.1.1) of an RSA key; `None` for GOST.
    #[must_use]
    pub fn rsa_pkcs1_der(&self) -> Option<&[u8]> {
        match &self.key {
            Key::Rsa(key) => Some(key.pkcs1_der()),
            Key::Gost(..) => None,
        }
    }

    /// Bytes of a signature by this key.
    #[must_use]
    pub fn signature_len(&self) -> usize {
        match &self.key {
            Key::Rsa(key) => key.modulus_bits().div_ceil(8),
            Key::Gost(_, key) => 2 * key.curve().field_bytes(),
        }
    }

    /// Size of the key: bits of the RSA modulus or of the curve's field.
    #[must_use]
    pub fn bits(&self) -> usize {
        match &self.key {
            Key::Rsa(key) => key.modulus_bits(),
            Key::Gost(_, key) => 8 * key.curve().field_bytes(),
        }
    }

    /// Checks a signature over a digest by the family's own digest algorithm (`algorithm().digest()`).
    ///
    /// # Errors
    /// [`Error::WrongDigestLength`]; [`Error::BadSignature`] when the signature does not hold.
    pub fn verify_digest(&self, digest: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.verify_digest_with(self.algorithm().digest(), digest, signature)
    }

    /// Checks a signature over a digest by `digest_algorithm`; SHA-1 under RSA is what old certificates need.
    ///
    /// # Errors
    /// [`Error::UnsupportedAlgorithm`] for a digest algorithm that signatures of this family are not made with;
    /// [`Error::WrongDigestLength`]; [`Error::BadSignature`] when the signature does not hold.
    pub fn verify_digest_with(
        &self,
        digest_algorithm: DigestAlgorithm,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        let expected = digest_algorithm.output_len();
        if digest.len() != expected {
            return Err(Error::WrongDigestLength {
                expected,
                actual: digest.len(),
            });
        }
        match &self.key {
            Key::Rsa(key) => key.verify_digest(digest_algorithm, digest, signature),
            Key::Gost(algorithm, key) => {
                if digest_algorithm != algorithm.digest() {
                    return Err(Error::UnsupportedAlgorithm(digest_algorithm.oid()));
                }
                let signature = Signature::from_bytes(key.curve(), signature)
                    .map_err(|_| Error::BadSignature)?;
                key.verify_prehash(digest, &signature)
                    .map_err(|_| Error::BadSignature)
            }
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.spki == other.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.algorithm().java_name();
        write!(f, "PublicKey({name}, {})", asn1::hex(&self.key_identifier))
    }
}

impl Algorithm {
    /// The family that the AlgorithmIdentifier (DER) of a SubjectPublicKeyInfo or PKCS #8 key names.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is not DER, [`Error::UnsupportedAlgorithm`] with the identifier of the family,
    /// curve or digest that is not known here.
    pub fn from_key_algorithm_der(algorithm: &[u8]) -> Result<Self, Error> {
        key_algorithm(AnyRef::from_der(algorithm).map_err(Error::damaged(SPKI))?)
    }
}

fn key_algorithm(identifier: AnyRef<'_>) -> Result<Algorithm, Error> {
    let damaged = Error::damaged("AlgorithmIdentifier of the key");
    let invalid = |reason| Error::Invalid {
        part: "AlgorithmIdentifier of the key",
        reason,
    };
    let fields = asn1::expect(identifier, Tag::Sequence)
        .and_then(asn1::elements)
        .map_err(&damaged)?;
    let (oid, parameters) = match fields.as_slice() {
        [oid] => (oid, None),
        [oid, parameters] => (oid, Some(*parameters)),
        _ => return Err(invalid("it does not have one or two fields")),
    };
    let oid: ObjectIdentifier = oid.decode_as().map_err(&damaged)?;
    let algorithm = Algorithm::from_key_oid(&oid)?;
    match (algorithm.parameters(), parameters) {
        (None, None) => {}
        (None, Some(parameters)) if parameters.is_null() => {}
        (None, Some(_)) => return Err(invalid("an RSA key has parameters")),
        (Some(_), None) => return Err(invalid("the curve is not named")),
        (Some((curve, digests)), Some(parameters)) => {
            let sets = asn1::expect(parameters, Tag::Sequence)
                .and_then(asn1::elements)
                .map_err(&damaged)?;
            let mut sets = sets
                .into_iter()
                .map(|set| set.decode_as::<ObjectIdentifier>().map_err(&damaged));
            let named = sets.next().ok_or(invalid("the curve is not named"))??;
            if named != curve {
                return Err(Error::UnsupportedAlgorithm(named));
            }
            // The digest is the family's own; a key that names another is not one that we know how to use.
            if let Some(named) = sets.next().transpose()?
                && !digests.contains(&named)
            {
                return Err(Error::UnsupportedAlgorithm(named));
            }
            if sets.next().is_some() {
                return Err(invalid("it has more than two parameter sets"));
            }
        }
    }
    Ok(algorithm)
}
