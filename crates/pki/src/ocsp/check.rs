use der::{Decode, Tag, asn1::AnyRef};

use super::{
    OcspRequest, OcspResponse,
    response::{Responder, SingleResponse, Status},
};
use crate::{
    Certificate, DigestAlgorithm, Error, PublicKey, SignatureAlgorithm, asn1, oid,
    revocation::{CLOCK_ALLOWANCE, DAY, RevocationReason, UnknownCause},
};

/// How old an answer may be that does not repeat the nonce which it was asked with: then it may be a replay.
const MAX_AGE_WITHOUT_NONCE: i64 = 10 * 60;

/// An answer that can be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspAnswer {
    /// Good or revoked.
    pub status: CertStatus,
    /// The time that the answer speaks of, in seconds since 1970 (UTC).
    pub this_update: i64,
    /// When a newer answer is to be had at the latest.
    pub next_update: Option<i64>,
    /// When the answer was signed.
    pub produced_at: i64,
    /// The responder's certificate; `None` when the issuer signed itself.
    pub responder: Option<Certificate>,
}

/// What an answer says of the certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// It was not revoked.
    Good,
    /// It was revoked.
    Revoked {
        /// Since when, in seconds since 1970 (UTC).
        when: i64,
        /// Why, if the responder says it.
        reason: Option<RevocationReason>,
    },
}

impl OcspResponse<'_> {
    /// What the response says to `request` at the time `at` (seconds since 1970, UTC).
    ///
    /// The signer must be the issuer, or hold a certificate by the same issuer and key with OCSPSigning that is valid
    /// at `at`; whether that one was revoked is not asked (Kazakhstan's carry id-pkix-ocsp-nocheck). The answer must
    /// be about the request's CertID in every field. Clocks may differ by five minutes. Without nextUpdate an answer
    /// serves for 24 hours. A nonce in the answer must be the request's, and the answer then be signed just now; an
    /// answer without nonce to a request with one may be ten minutes old. A request without nonce takes any.
    ///
    /// # Errors
    /// The [`UnknownCause`] that the answer cannot be believed for, or that the responder knows nothing.
    ///
    /// Source: RFC 6960 §3.2, §4.2.2.2 and §4.4.8, RFC 9654.
    pub fn check(&self, request: &OcspRequest, at: i64) -> Result<OcspAnswer, UnknownCause> {
        let responder = self.verify_signature(request, at)?;
        for extension in &self.extensions {
            if extension.critical && extension.oid != oid::OCSP_NONCE {
                return Err(UnknownCause::UnknownCriticalExtension(extension.oid));
            }
        }
        let single = self.find(request)?;
        if let Some(extension) = single.extensions.iter().find(|one| one.critical) {
            return Err(UnknownCause::UnknownCriticalExtension(extension.oid));
        }
        self.check_times(request, single, at)?;
        let status = match single.status {
            Status::Good => CertStatus::Good,
            Status::Unknown => return Err(UnknownCause::UnknownToResponder),
            // RFC 6960 §2.2, extended revoke: how a responder says that such a certificate was never issued.
            Status::Revoked {
                when: 0,
                reason: Some(6),
            } => return Err(UnknownCause::UnknownToResponder),
            Status::Revoked { when, reason } => CertStatus::Revoked {
                when,
                reason: reason.map(RevocationReason::from_number),
            },
        };
        Ok(OcspAnswer {
            status,
            this_update: single.this_update,
            next_update: single.next_update,
            produced_at: self.produced_at,
            responder,
        })
    }

    /// The answer about the request's certificate.
    fn find(&self, request: &OcspRequest) -> Result<&SingleResponse<'_>, UnknownCause> {
        let mut found = None;
        for single in &self.responses {
            let same = request.certificate.is(single.certificate);
            if same.map_err(Error::damaged("CertID"))? && found.replace(single).is_some() {
                return Err(UnknownCause::Unreadable(Error::Invalid {
                    part: "ResponseData",
                    reason: "it answers twice",
                }));
            }
        }
        found.ok_or(UnknownCause::OtherCertificate)
    }

    fn check_times(
        &self,
        request: &OcspRequest,
        single: &SingleResponse<'_>,
        at: i64,
    ) -> Result<(), UnknownCause> {
        let clocks = |theirs| UnknownCause::ClockOrResponder { theirs, ours: at };
        let repeated = match (request.nonce, self.nonce()?) {
            (Some(ours), Some(theirs)) if theirs != ours => {
                return Err(UnknownCause::NonceMismatch);
            }
            (Some(_), theirs) => theirs.is_some(),
            (None, _) => false,
        };
        let newest = single.this_update.max(self.produced_at);
        if newest > at.saturating_add(CLOCK_ALLOWANCE) {
            return Err(clocks(newest));
        }
        // The nonce was chosen a moment ago, so the answer was signed after that, whatever the clocks say.
        if repeated && self.produced_at < at.saturating_sub(CLOCK_ALLOWANCE) {
            return Err(clocks(self.produced_at));
        }
        let until = single.next_update.unwrap_or(single.this_update + DAY);
        if at > until.saturating_add(CLOCK_ALLOWANCE) {
            return Err(UnknownCause::Stale {
                this_update: single.this_update,
                next_update: single.next_update,
            });
        }
        let age = at.saturating_sub(single.this_update.min(self.produced_at));
        if request.nonce.is_some() && !repeated && age > MAX_AGE_WITHOUT_NONCE {
            return Err(UnknownCause::NoNonce);
        }
        Ok(())
    }

    /// The nonce: an OCTET STRING inside extnValue.
    fn nonce(&self) -> Result<Option<&[u8]>, UnknownCause> {
        self.extensions
            .iter()
            .find(|extension| extension.oid == oid::OCSP_NONCE)
            .map(|extension| {
                AnyRef::from_der(&extension.value)
                    .and_then(|nonce| asn1::expect(nonce, Tag::OctetString))
                    .map_err(|cause| Error::damaged("Nonce")(cause).into())
            })
            .transpose()
    }

    /// Checks who signed and that the signature holds; gives the responder's certificate if it is not the issuer.
    fn verify_signature(
        &self,
        request: &OcspRequest,
        at: i64,
    ) -> Result<Option<Certificate>, UnknownCause> {
        let algorithm = asn1::signature_algorithm(self.algorithm)?;
        // Whoever asks chooses the nonce, which is all that a collision needs.
        if algorithm.digest == DigestAlgorithm::Sha1 {
            return Err(Error::UnsupportedAlgorithm(oid::SHA1_WITH_RSA).into());
        }
        if self
            .responder
            .is(request.issuer_name.der(), &request.issuer_key)
        {
            self.verify_with(algorithm, &request.issuer_key)?;
            return Ok(None);
        }
        let signer = self
            .certificates
            .iter()
            .find(|one| self.responder.is(one.subject().der(), one.public_key()))
            .ok_or(UnknownCause::WrongSigner)?;
        check_delegation(signer, request, at)?;
        self.verify_with(algorithm, signer.public_key())?;
        Ok(Some(signer.clone()))
    }

    fn verify_with(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
    ) -> Result<(), UnknownCause> {
        if algorithm.key != key.algorithm() {
            return Err(UnknownCause::WrongSigner);
        }
        let digest = algorithm.digest.digest(self.tbs);
        key.verify_digest_with(algorithm.digest, &digest, self.signature)
            .map_err(|_| UnknownCause::BadSignature)
    }
}

impl Responder<'_> {
    fn is(&self, name: &[u8], key: &PublicKey) -> bool {
        match self {
            Self::Name(named) => *named == name,
            Self::KeyHash(hash) => **hash == key.key_identifier(),
        }
    }
}

/// Whether the issuer entrusted `signer` with answers (RFC 6960 §4.2.2.2).
fn check_delegation(
    signer: &Certificate,
    request: &OcspRequest,
    at: i64,
) -> Result<(), UnknownCause> {
    signer
        .verify_issued_by_key(&request.issuer_name, &request.issuer_key)
        .map_err(|_| UnknownCause::WrongSigner)?;
    let may_sign = signer
        .key_usage()
        .is_none_or(|usage| usage.digital_signature() || usage.non_repudiation());
    if !signer.extended_key_usage().contains(&oid::OCSP_SIGNING) || !may_sign {
        return Err(UnknownCause::NotEntrusted);
    }
    if at > signer.not_after() {
        return Err(UnknownCause::ResponderExpired);
    }
    if at < signer.not_before() {
        return Err(UnknownCause::ResponderNotYetValid);
    }
    Ok(())
}
