use aws_lc_rs::{
    digest::{Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256},
    signature::{
        ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
        UnparsedPublicKey,
    },
};
use der::asn1::UintRef;

use crate::{Algorithm, DigestAlgorithm, Error, asn1};

/// Smaller keys are within reach of attackers, larger ones only cost time.
const BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// An RSA public key.
#[derive(Clone)]
pub(super) struct RsaKey {
    sha256: ParsedPublicKey,
    pkcs1: Box<[u8]>,
    modulus_bits: usize,
}

impl RsaKey {
    /// Reads RSAPublicKey (RFC 8017 A.1.1).
    pub(super) fn from_pkcs1_der(pkcs1: &[u8]) -> Result<Self, Error> {
        let damaged = Error::damaged("RSAPublicKey");
        let invalid = |reason| Error::InvalidPublicKey {
            algorithm: Algorithm::Rsa,
            reason,
        };
        let fields = asn1::sequence(pkcs1).map_err(&damaged)?;
        let [modulus, exponent] = fields.as_slice() else {
            return Err(Error::Invalid {
                part: "RSAPublicKey",
                reason: "it does not have two fields",
            });
        };
        let modulus: UintRef<'_> = modulus.decode_as().map_err(&damaged)?;
        let exponent: UintRef<'_> = exponent.decode_as().map_err(&damaged)?;
        let modulus_bits = bits(modulus.as_bytes());
        if !BITS.contains(&modulus_bits) {
            return Err(invalid(
                "the modulus has fewer than 2048 or more than 8192 bits",
            ));
        }
        if is_even(modulus.as_bytes()) {
            return Err(invalid("the modulus is even"));
        }
        if is_even(exponent.as_bytes()) || !(2..=33).contains(&bits(exponent.as_bytes())) {
            return Err(invalid("the exponent is even, below 3 or above 33 bits"));
        }
        let sha256 = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pkcs1)
            .map_err(|_| invalid("the modulus and the exponent do not make a key"))?;
        Ok(Self {
            sha256,
            pkcs1: pkcs1.into(),
            modulus_bits,
        })
    }

    pub(super) fn pkcs1_der(&self) -> &[u8] {
        &self.pkcs1
    }

    pub(super) const fn modulus_bits(&self) -> usize {
        self.modulus_bits
    }

    /// Checks RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2) over a digest.
    pub(super) fn verify_digest(
        &self,
        algorithm: DigestAlgorithm,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        let holds = match algorithm {
            DigestAlgorithm::Sha256 => Digest::import_less_safe(digest, &SHA256)
                .and_then(|digest| self.sha256.verify_digest_sig(&digest, signature)),
            DigestAlgorithm::Sha1 => {
                let key = UnparsedPublicKey::new(
                    &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
                    &self.pkcs1,
                );
                Digest::import_less_safe(digest, &SHA1_FOR_LEGACY_USE_ONLY)
                    .and_then(|digest| key.verify_digest(&digest, signature))
            }
            other => return Err(Error::UnsupportedAlgorithm(other.oid())),
        };
        holds.map_err(|_| Error::BadSignature)
    }
}

/// Bits of a big-endian number without leading zero bytes.
fn bits(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| 8 * number.len() - first.leading_zeros() as usize)
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|last| last % 2 == 0)
}
