//! A time-stamping authority (RFC 3161), answering as the national CA's does.

use der::{Tag, Tagged as _, asn1::OctetStringRef};
use pki::{Algorithm, DigestAlgorithm, ObjectIdentifier};

use super::{
    State, der as write,
    fault::Fault,
    issuer::{Signer, elements, fields},
    ocsp::flip_last,
    profile::Role,
};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");

/// The policy of a request names the family of the TSA's key.
const POLICIES: [(ObjectIdentifier, Algorithm); 3] = [
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.1"),
        Algorithm::Gost2004,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.2"),
        Algorithm::Rsa,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6.4"),
        Algorithm::Gost2015_512,
    ),
];

/// PKIStatus.
const GRANTED: u8 = 0;
const REJECTION: u8 = 2;

/// PKIFailureInfo, the number of its bit.
#[derive(Clone, Copy)]
enum Failure {
    BadAlgorithm = 0,
    BadDataFormat = 5,
    TimeNotAvailable = 14,
    UnacceptedPolicy = 15,
    /// systemFailure.
    OutOfOrder = 25,
}

/// The answer (TimeStampResp) to a request (TimeStampReq), both DER.
pub(super) fn answer(request: &[u8], state: &State, fault: Option<Fault>) -> Vec<u8> {
    let outcome = match fault {
        Some(Fault::Refused) => Err(Failure::TimeNotAvailable),
        _ => Request::read(request),
    };
    let outcome = outcome.and_then(|request| {
        token(&request, state, fault).map_err(|error| {
            tracing::error!(%error, "no time stamp could be made");
            Failure::OutOfOrder
        })
    });
    match outcome {
        Ok(token) => write::sequence(&[&status(GRANTED, &[]), &token]),
        Err(failure) => {
            let number = failure as usize;
            let mut bits = vec![0; number / 8 + 1];
            if let Some(last) = bits.last_mut() {
                *last = 0x80_u8 >> (number % 8);
            }
            let unused = 7 - u8::try_from(number % 8).unwrap_or_default();
            let info = write::tlv(3, &[&[unused], &bits]);
            write::sequence(&[&status(REJECTION, &info)])
        }
    }
}

fn status(status: u8, more: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::unsigned(&[status]), more])
}

struct Request {
    /// Digest and its value.
    imprint: (DigestAlgorithm, Vec<u8>),
    policy: ObjectIdentifier,
    family: Algorithm,
    /// The whole INTEGER, which may be negative.
    nonce: Option<Vec<u8>>,
    wants_certificate: bool,
}

impl Request {
    fn read(der: &[u8]) -> Result<Self, Failure> {
        let bad = |_| Failure::BadDataFormat;
        let parts = fields(der).map_err(bad)?;
        let [version, imprint, optional @ ..] = parts.as_slice() else {
            return Err(Failure::BadDataFormat);
        };
        if version.value() != [1] {
            return Err(Failure::BadDataFormat);
        }
        let imprint = elements(imprint.value()).map_err(bad)?;
        let [digest, value] = imprint.as_slice() else {
            return Err(Failure::BadDataFormat);
        };
        let digest = elements(digest.value()).map_err(bad)?;
        let digest: ObjectIdentifier = digest
            .first()
            .and_then(|digest| digest.decode_as().ok())
            .ok_or(Failure::BadDataFormat)?;
        let digest = DigestAlgorithm::from_oid(&digest).map_err(|_| Failure::BadAlgorithm)?;
        let value = value
            .decode_as::<&OctetStringRef>()
            .map_err(|_| Failure::BadDataFormat)?
            .as_bytes()
            .to_vec();
        if value.len() != digest.output_len() {
            return Err(Failure::BadDataFormat);
        }

        let mut asked = None;
        let mut nonce = None;
        let mut wants_certificate = false;
        for field in optional {
            match field.tag() {
                Tag::ObjectIdentifier => {
                    let oid = field.decode_as().map_err(|_| Failure::BadDataFormat)?;
                    asked = Some(oid);
                }
                Tag::Integer => nonce = Some(write::tlv(2, &[field.value()])),
                Tag::Boolean => wants_certificate = field.value() != [0],
                _ => {}
            }
        }
        let (policy, family) = POLICIES
            .into_iter()
            .find(|(policy, family)| match asked {
                Some(asked) => *policy == asked,
                None => family.digest() == digest,
            })
            .ok_or(match asked {
                Some(_) => Failure::UnacceptedPolicy,
                None => Failure::BadAlgorithm,
            })?;
        Ok(Self {
            imprint: (digest, value),
            policy,
            family,
            nonce,
            wants_certificate,
        })
    }
}

/// A TimeStampToken: SignedData version 3 over a TSTInfo.
fn token(request: &Request, state: &State, fault: Option<Fault>) -> anyhow::Result<Vec<u8>> {
    let now = state.now();
    let time = Fault::clock(fault, now);
    // The demo CA has no root of 2004: that key is certified by the root of 2015.
    let issuer = match request.family {
        Algorithm::Gost2004 => Algorithm::Gost2015_512,
        other => other,
    };
    let issuer = state
        .issuers
        .iter()
        .find(|candidate| candidate.algorithm() == issuer)
        .ok_or_else(|| anyhow::anyhow!("no such issuer"))?;
    let signer = issuer.signer(Role::Tsa, request.family, now, fault)?;
    let info = info(request, time, fault)?;

    let digest = request.family.digest();
    let attributes = write::set_of(0x31, attributes(&info, digest, &signer, time));
    let mut signature = signer.key.sign(&attributes)?;
    if fault == Some(Fault::BadSignature) {
        flip_last(&mut signature);
    }
    let mut implicit = attributes;
    if let Some(tag) = implicit.first_mut() {
        *tag = 0xA0;
    }
    let (serial, issuer_name, _) = signer.names()?;
    let signer_info = write::sequence(&[
        &write::unsigned(&[1]),
        &write::sequence(&[&issuer_name, &serial]),
        &write::algorithm(digest.oid()),
        &implicit,
        &write::algorithm(request.family.signature_oid()),
        &write::octets(&signature),
    ]);
    let certificates = if request.wants_certificate {
        write::tlv(0xA0, &[&signer.certificate])
    } else {
        Vec::new()
    };
    let signed_data = write::sequence(&[
        &write::unsigned(&[3]),
        &write::tlv(0x31, &[&write::algorithm(digest.oid())]),
        &write::sequence(&[
            &write::oid(TST_INFO),
            &write::tlv(0xA0, &[&write::octets(&info)]),
        ]),
        &certificates,
        &write::tlv(0x31, &[&signer_info]),
    ]);
    Ok(write::sequence(&[
        &write::oid(SIGNED_DATA),
        &write::tlv(0xA0, &[&signed_data]),
    ]))
}

/// TSTInfo, with no accuracy, ordering or name, as the national CA's.
fn info(request: &Request, time: i64, fault: Option<Fault>) -> anyhow::Result<Vec<u8>> {
    let (digest, mut imprint) = request.imprint.clone();
    if fault == Some(Fault::WrongSubject) {
        flip_last(&mut imprint);
    }
    let mut serial = [0; 20];
    getrandom::fill(&mut serial).map_err(|error| anyhow::anyhow!("{error}"))?;
    serial[0] = serial[0] & 0x7F | 0x10;
    let nonce = request
        .nonce
        .clone()
        .filter(|_| fault != Some(Fault::NoNonce))
        .map(|mut nonce| {
            if fault == Some(Fault::WrongNonce) {
                flip_last(&mut nonce);
            }
            nonce
        });
    Ok(write::sequence(&[
        &write::unsigned(&[1]),
        &write::oid(request.policy),
        &write::sequence(&[&write::algorithm(digest.oid()), &write::octets(&imprint)]),
        &write::unsigned(&serial),
        &write::generalized_time(time),
        &nonce.unwrap_or_default(),
    ]))
}

/// The signed attributes: contentType, signingTime, signingCertificate (version 1: SHA-1), messageDigest.
fn attributes(
    info: &[u8],
    digest: DigestAlgorithm,
    signer: &Signer<'_>,
    time: i64,
) -> Vec<Vec<u8>> {
    let attribute = |kind: ObjectIdentifier, value: &[u8]| {
        write::sequence(&[&write::oid(kind), &write::tlv(0x31, &[value])])
    };
    let certificate = write::octets(&DigestAlgorithm::Sha1.digest(&signer.certificate));
    let certificate = write::sequence(&[&write::sequence(&[&write::sequence(&[&certificate])])]);
    vec![
        attribute(CONTENT_TYPE, &write::oid(TST_INFO)),
        attribute(SIGNING_TIME, &write::utc_time(time)),
        attribute(SIGNING_CERTIFICATE, &certificate),
        attribute(MESSAGE_DIGEST, &write::octets(&digest.digest(info))),
    ]
}
