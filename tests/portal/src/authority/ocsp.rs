//! An OCSP responder with a delegated key (RFC 6960), answering as the national CA's does.

use der::{
    Tag, Tagged as _,
    asn1::{AnyRef, OctetStringRef},
};
use pki::{DigestAlgorithm, ObjectIdentifier};

use super::{
    State, der as write,
    fault::Fault,
    issuer::{Issuer, elements, fields},
    profile::Role,
    status::Status,
};

const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const EXTENDED_REVOKE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.9");

/// OCSPResponseStatus.
const SUCCESSFUL: u8 = 0;
const MALFORMED_REQUEST: u8 = 1;
const INTERNAL_ERROR: u8 = 2;
const TRY_LATER: u8 = 3;
const UNAUTHORIZED: u8 = 6;

/// certificateHold.
const HOLD: u8 = 6;

/// The answer (OCSPResponse) to a request (OCSPRequest), both DER.
pub(super) fn answer(request: &[u8], state: &State, fault: Option<Fault>) -> Vec<u8> {
    if fault == Some(Fault::Refused) {
        return refusal(TRY_LATER);
    }
    let Ok(request) = Request::read(request) else {
        return refusal(MALFORMED_REQUEST);
    };
    let mut issuers = request
        .certificates
        .iter()
        .map(|certificate| certificate.issuer(&state.issuers));
    let Some(issuer) = issuers.next().flatten() else {
        return refusal(UNAUTHORIZED);
    };
    if issuers.any(|other| other != Some(issuer)) {
        return refusal(UNAUTHORIZED);
    }
    response(&request, issuer, state, fault).unwrap_or_else(|error| {
        tracing::error!(%error, "no OCSP response could be made");
        refusal(INTERNAL_ERROR)
    })
}

fn refusal(status: u8) -> Vec<u8> {
    write::sequence(&[&write::tlv(10, &[&[status]])])
}

struct Request {
    certificates: Vec<CertId>,
    /// The value of the nonce extension.
    nonce: Option<Vec<u8>>,
}

/// CertID, whole and in parts.
struct CertId {
    der: Vec<u8>,
    digest: DigestAlgorithm,
    name_hash: Vec<u8>,
    key_hash: Vec<u8>,
    serial_number: Vec<u8>,
}

impl Request {
    fn read(der: &[u8]) -> anyhow::Result<Self> {
        let request = fields(der)?;
        let tbs = request.first().ok_or_else(|| anyhow::anyhow!("empty"))?;
        let mut certificates = Vec::new();
        let mut nonce = None;
        for field in elements(tbs.value())? {
            if field.tag() == Tag::Sequence {
                for request in elements(field.value())? {
                    let id = elements(request.value())?;
                    let id = id.first().ok_or_else(|| anyhow::anyhow!("no CertID"))?;
                    certificates.push(CertId::read(*id)?);
                }
            } else if field.tag().is_context_specific() && field.tag().number().value() == 2 {
                for extension in fields(field.value())? {
                    let parts = elements(extension.value())?;
                    let kind: ObjectIdentifier = parts
                        .first()
                        .ok_or_else(|| anyhow::anyhow!("no identifier"))?
                        .decode_as()?;
                    if kind == NONCE {
                        nonce = parts.last().map(|value| value.value().to_vec());
                    }
                }
            }
        }
        anyhow::ensure!(!certificates.is_empty(), "nothing is asked");
        Ok(Self {
            certificates,
            nonce,
        })
    }
}

impl CertId {
    fn read(id: AnyRef<'_>) -> anyhow::Result<Self> {
        let parts = elements(id.value())?;
        let [algorithm, name_hash, key_hash, serial_number] = parts.as_slice() else {
            anyhow::bail!("a CertID has four parts");
        };
        let algorithm = elements(algorithm.value())?;
        let algorithm: ObjectIdentifier = algorithm
            .first()
            .ok_or_else(|| anyhow::anyhow!("no digest"))?
            .decode_as()?;
        let octets = |any: &AnyRef<'_>| -> anyhow::Result<Vec<u8>> {
            Ok(any.decode_as::<&OctetStringRef>()?.as_bytes().to_vec())
        };
        Ok(Self {
            der: write::sequence(&[id.value()]),
            digest: DigestAlgorithm::from_oid(&algorithm)?,
            name_hash: octets(name_hash)?,
            key_hash: octets(key_hash)?,
            serial_number: serial_number.value().to_vec(),
        })
    }

    fn issuer(&self, issuers: &[Issuer]) -> Option<usize> {
        issuers.iter().position(|issuer| {
            issuer.name_hash(self.digest) == self.name_hash
                && issuer.key_hash(self.digest) == self.key_hash
        })
    }
}

fn response(
    request: &Request,
    issuer: usize,
    state: &State,
    fault: Option<Fault>,
) -> anyhow::Result<Vec<u8>> {
    let now = state.now();
    let about = state
        .issuers
        .get(issuer)
        .ok_or_else(|| anyhow::anyhow!("no such issuer"))?;
    let signer = about.signer(Role::Ocsp, about.algorithm(), now, fault)?;
    let time = write::generalized_time(Fault::clock(fault, now));

    let mut answers = Vec::new();
    for certificate in &request.certificates {
        let status = match state.statuses.of(issuer, &certificate.serial_number) {
            Some(Status::Good) => write::tlv(0x80, &[]),
            Some(Status::Revoked(when, reason)) => revoked(when, reason),
            None if state.unknown_as_revoked => revoked(0, Some(HOLD)),
            None => write::tlv(0x82, &[]),
        };
        let mut id = certificate.der.clone();
        if fault == Some(Fault::WrongSubject) {
            // The serial number is the last part.
            flip_last(&mut id);
        }
        answers.push(write::sequence(&[&id, &status, &time]));
    }
    let answers: Vec<&[u8]> = answers.iter().map(Vec::as_slice).collect();

    let (_, _, responder) = signer.names()?;
    let data = write::sequence(&[
        &write::tlv(0xA1, &[&responder]),
        &time,
        &write::sequence(&answers),
        &write::tlv(0xA1, &[&extensions(request.nonce.clone(), fault)]),
    ]);
    let certificates = write::tlv(0xA0, &[&write::sequence(&[&signer.certificate])]);
    let mut basic = signer.key.signed(&data, &certificates)?;
    if fault == Some(Fault::BadSignature) {
        let signature_ends = basic.len() - certificates.len();
        if let Some(part) = basic.get_mut(..signature_ends) {
            flip_last(part);
        }
    }
    Ok(write::sequence(&[
        &write::tlv(10, &[&[SUCCESSFUL]]),
        &write::tlv(
            0xA0,
            &[&write::sequence(&[
                &write::oid(BASIC),
                &write::octets(&basic),
            ])],
        ),
    ]))
}

fn revoked(when: i64, reason: Option<u8>) -> Vec<u8> {
    let time = write::generalized_time(when);
    let reason = reason.map(|reason| write::tlv(0xA0, &[&write::tlv(10, &[&[reason]])]));
    write::tlv(0xA1, &[&time, &reason.unwrap_or_default()])
}

/// The nonce as it came, and the mark of a responder that answers «revoked» for what was never issued.
fn extensions(nonce: Option<Vec<u8>>, fault: Option<Fault>) -> Vec<u8> {
    let nonce = nonce
        .filter(|_| fault != Some(Fault::NoNonce))
        .map(|mut nonce| {
            if fault == Some(Fault::WrongNonce) {
                flip_last(&mut nonce);
            }
            write::sequence(&[&write::oid(NONCE), &write::octets(&nonce)])
        });
    let extended = write::sequence(&[&write::oid(EXTENDED_REVOKE), &write::octets(&write::NULL)]);
    write::sequence(&[&nonce.unwrap_or_default(), &extended])
}

pub(super) fn flip_last(bytes: &mut [u8]) {
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
}
