//! Whether the signatures of a CMS hold.

use super::attributes::Attributes;
use super::oid;
use super::report::{CmsReport, Problem, SignerReport};
use super::signer_info::{self, AlgorithmIdentifier, SignerInfo};
use crate::asn1::{self, Reader, SET};
use crate::{Error, Warning};
use der::asn1::ObjectIdentifier;
use pki::{Algorithm, Certificate, DigestAlgorithm, SignatureAlgorithm};
use std::borrow::Cow;

/// Most certificates of one name and serial number that are looked at: honest issuers make one.
const MAX_NAMESAKES: usize = 4;

/// Verifies every signature of a CMS (DER or BER).
///
/// `detached`: the signed bytes when they are not in the message; when they are, both must be equal.
/// The report says for each signature by whom it is, what it covers, whether it holds and why not. Certificates are not judged.
///
/// # Errors
/// [`Error::NotCms`] and [`Error::Cms`] when the bytes are not a SignedData.
///
/// Source: RFC 5652 section 5.6, RFC 5035 section 3. KalkanCrypt's signatureAlgorithm (the key's OID) is accepted as Java
/// Kalkan's (the signature's OID), digest algorithms with and without NULL.
pub fn verify(message: &[u8], detached: Option<&[u8]>) -> Result<CmsReport, Error> {
    run(message, detached.map_or(Given::Nothing, Given::Content))
}

/// Verifies every signature of a detached CMS of whose content only the digest is known.
///
/// # Errors
/// As [`verify`].
pub fn verify_digest(message: &[u8], digest: &[u8]) -> Result<CmsReport, Error> {
    run(message, Given::Digest(digest))
}

#[derive(Clone, Copy)]
enum Given<'a> {
    Nothing,
    Content(&'a [u8]),
    Digest(&'a [u8]),
}

fn run(message: &[u8], given: Given<'_>) -> Result<CmsReport, Error> {
    let signed_data = signer_info::read(message)?;
    let certificates = signed_data.certificates;
    let mut digests = Digests {
        content: signed_data.content.as_deref(),
        given,
        known: Vec::new(),
    };
    let signers = signed_data
        .signer_infos
        .iter()
        .map(|signer_info| {
            let content_type = signed_data.content_type;
            signer_info
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|it| report(it, &certificates, content_type, &mut digests))
                .unwrap_or_else(|error| SignerReport::unreadable(&error))
        })
        .collect();
    Ok(CmsReport {
        content_type: signed_data.content_type,
        content: signed_data.content.map(Cow::into_owned),
        signers,
        certificates,
    })
}

/// The digests of the content, each computed once however many signers there are.
struct Digests<'a> {
    content: Option<&'a [u8]>,
    given: Given<'a>,
    known: Vec<(DigestAlgorithm, Result<Vec<u8>, Problem>)>,
}

impl Digests<'_> {
    fn content(&self) -> Option<&[u8]> {
        match (self.content, self.given) {
            (Some(content), _) | (None, Given::Content(content)) => Some(content),
            (None, Given::Nothing | Given::Digest(_)) => None,
        }
    }

    fn by(&mut self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Problem> {
        let content = match (self.content, self.given) {
            (Some(content), Given::Content(given)) if content != given => {
                return Err(Problem::OtherContent);
            }
            (Some(content), _) | (None, Given::Content(content)) => content,
            (None, Given::Digest(digest)) => return Ok(digest.to_vec()),
            (None, Given::Nothing) => return Err(Problem::NoContent),
        };
        if let Some((_, digest)) = self.known.iter().find(|(known, _)| *known == algorithm) {
            return digest.clone();
        }
        let digest = match self.given {
            Given::Digest(given) if given != algorithm.digest(content) => {
                Err(Problem::OtherContent)
            }
            Given::Digest(given) => Ok(given.to_vec()),
            _ => Ok(algorithm.digest(content)),
        };
        self.known.push((algorithm, digest.clone()));
        digest
    }
}

fn report(
    signer_info: &SignerInfo<'_>,
    certificates: &[Certificate],
    content_type: ObjectIdentifier,
    digests: &mut Digests<'_>,
) -> Result<SignerReport, Error> {
    let attributes = Attributes::read(signer_info.signed_attributes)?;
    let mut problems = Vec::new();
    let mut note = |problem: Problem| problems.push(problem);
    // Several certificates may bear the name; the one that the signature itself names goes first.
    let mut candidates: Vec<&Certificate> = certificates
        .iter()
        .filter(|certificate| signer_info.signer.means(certificate))
        .take(MAX_NAMESAKES)
        .collect();
    candidates
        .sort_by_cached_key(|certificate| !matches!(attributes.names(certificate), Ok(Some(true))));
    let certificate = candidates.first().copied();
    let named = signer_info.digest_algorithm;
    let digest_algorithm = DigestAlgorithm::from_oid(&named.oid)
        .ok()
        .filter(|_| !named.has_parameters);
    if digest_algorithm.is_none() {
        note(Problem::UnknownDigest(named.oid));
    }

    let mut content_digest = None;
    if let Some(algorithm) = digest_algorithm {
        match digests.by(algorithm) {
            Ok(digest) => content_digest = Some(digest),
            Err(problem) => note(problem),
        }
    }
    let message_digest = if signer_info.signed_attributes.is_some() {
        attributes
            .check_content_type(content_type)
            .unwrap_or_else(&mut note);
        match attributes.message_digest() {
            Ok(signed) => {
                if content_digest
                    .as_ref()
                    .is_some_and(|digest| *digest != signed)
                {
                    note(Problem::DigestMismatch);
                }
                Some(signed)
            }
            Err(problem) => {
                note(problem);
                None
            }
        }
    } else {
        if content_type != oid::DATA {
            note(Problem::BadAttribute("contentType"));
        }
        if digests.content().is_some_and(are_signed_attributes) {
            note(Problem::DisguisedAttributes);
        }
        content_digest.clone()
    };
    let signing_time = attributes.signing_time().unwrap_or_else(|problem| {
        note(problem);
        None
    });
    let mut names_certificate = false;
    match certificate {
        None => note(Problem::NoCertificate),
        Some(certificate) => {
            match attributes.names(certificate) {
                Ok(Some(true)) => names_certificate = true,
                Ok(Some(false)) => note(Problem::OtherCertificate),
                Ok(None) => {}
                Err(problem) => note(problem),
            }
            if let Some(digest_algorithm) = digest_algorithm {
                check_signature(
                    signer_info,
                    certificate,
                    digest_algorithm,
                    content_digest.as_deref(),
                )?
                .unwrap_or_else(note);
            }
        }
    }
    Ok(SignerReport {
        certificate: certificate.cloned(),
        signing_time,
        algorithm: key_family(signer_info.signature_algorithm),
        digest_algorithm,
        message_digest,
        names_certificate,
        signature: signer_info.signature.clone(),
        time_stamps: time_stamps(signer_info)?,
        problems,
        warnings: digest_algorithm
            .and_then(Warning::of_digest)
            .into_iter()
            .collect(),
    })
}

/// Whether a content is what a signature with signed attributes is made over: a SET OF Attribute with a messageDigest.
///
/// Whoever takes the attributes out of a message and puts their encoding in the content's place has a signature that holds
/// over a content that nobody meant to sign.
fn are_signed_attributes(content: &[u8]) -> bool {
    let mut outer = Reader::new(content);
    let Ok(set) = outer.expect(SET, "no signedAttrs") else {
        return false;
    };
    outer.is_empty()
        && Attributes::read(Some(set))
            .is_ok_and(|it| it.values(oid::MESSAGE_DIGEST).next().is_some())
}

fn check_signature(
    signer_info: &SignerInfo<'_>,
    certificate: &Certificate,
    digest_algorithm: DigestAlgorithm,
    content_digest: Option<&[u8]>,
) -> Result<Result<(), Problem>, Error> {
    let named = signer_info.signature_algorithm;
    let Some(key) = key_family(named) else {
        return Ok(Err(Problem::UnknownSignatureAlgorithm(named.oid)));
    };
    let digest = SignatureAlgorithm::from_oid(&named.oid)
        .map_or(digest_algorithm, |algorithm| algorithm.digest);
    let fits = key == certificate.algorithm()
        && digest == digest_algorithm
        && (digest == key.digest() || (key, digest) == (Algorithm::Rsa, DigestAlgorithm::Sha1));
    if !fits {
        return Ok(Err(Problem::AlgorithmMismatch));
    }
    let holds = |digest: &[u8]| {
        certificate
            .public_key()
            .verify_digest_with(digest_algorithm, digest, &signer_info.signature)
            .is_ok()
    };
    let Some(attributes) = signer_info.signed_attributes else {
        return Ok(match content_digest {
            Some(digest) if holds(digest) => Ok(()),
            Some(_) => Err(Problem::BadSignature),
            // Why there is none is noted already.
            None => Ok(()),
        });
    };
    // The signature is over the DER of a SET OF. Some makers leave the members unsorted, and sign them so.
    let mut members = Vec::new();
    let mut inside = attributes.children();
    while let Some(member) = inside.next()? {
        members.push(member.to_der()?);
    }
    let parts: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
    let as_written = asn1::tlv(SET, &parts);
    let sorted = asn1::set_of(SET, members.clone());
    let holds = holds(&digest_algorithm.digest(&as_written))
        || (sorted != as_written && holds(&digest_algorithm.digest(&sorted)));
    Ok(if holds {
        Ok(())
    } else {
        Err(Problem::BadSignature)
    })
}

/// Java Kalkan writes the signature's OID, KalkanCrypt the key's.
pub(super) fn key_family(named: AlgorithmIdentifier) -> Option<Algorithm> {
    let of_signature = SignatureAlgorithm::from_oid(&named.oid).map(|algorithm| algorithm.key);
    of_signature
        .or_else(|_| Algorithm::from_key_oid(&named.oid))
        .ok()
        .filter(|_| !named.has_parameters)
}

fn time_stamps(signer_info: &SignerInfo<'_>) -> Result<Vec<Vec<u8>>, Error> {
    let attributes = Attributes::read(signer_info.unsigned_attributes)?;
    let stamps = attributes.values(oid::SIGNATURE_TIME_STAMP);
    Ok(stamps.map(|value| value.encoded.to_vec()).collect())
}
