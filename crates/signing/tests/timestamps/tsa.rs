//! A time-stamping authority under the demo CA of `keystore-fixtures`, with the faults that a real one may have.

use der::Encode;
use der::asn1::GeneralizedTime;
use gost3410::{Curve, SigningKey};
use pki::trust::TrustAnchors;
use pki::{Certificate, DigestAlgorithm, Fetch, FetchError, FetchRequest, ObjectIdentifier};
use signing::timestamp::TimestampAuthority;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// 2026-06-01 12:00 UTC.
pub(crate) const NOW: i64 = 1_780_315_200;
const SIGNATURE: &str = "1.2.398.3.10.1.1.2.3.2";
const STREEBOG512: &str = "1.2.398.3.10.1.3.3";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";

/// What the authority does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    OtherNonce,
    NoNonce,
    OtherImprint,
    OtherPolicy,
    /// PKIStatus and the number of a bit of PKIFailureInfo.
    Rejection(u8, usize),
    GrantedWithoutToken,
    Truncated,
    WebPage,
    BytesBehind,
    /// signingCertificate names another certificate.
    OtherCertificate,
    /// No signingCertificate.
    UnnamedCertificate,
    /// The signature is by another key.
    OtherKey,
    /// The certificate does not come along although it was asked for.
    NoCertificate,
    /// The content is not TSTInfo.
    OtherContent,
}

/// What the authority's certificate says.
#[derive(Clone)]
pub(crate) struct Profile {
    pub(crate) not_before: &'static str,
    pub(crate) not_after: &'static str,
    pub(crate) usages: Vec<&'static str>,
    pub(crate) critical: bool,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            not_before: "260101000000Z",
            not_after: "290101000000Z",
            usages: vec![TIME_STAMPING],
            critical: true,
        }
    }
}

pub(crate) struct Tsa {
    pub(crate) certificate: Certificate,
    key: SigningKey,
    /// What its clock says.
    pub(crate) time: i64,
    pub(crate) fault: Fault,
}

/// The demo CA's root.
pub(crate) fn root() -> Certificate {
    Certificate::from_der(&fs::read(demo("ca/tanba_demo_gost.cer")).unwrap()).unwrap()
}

pub(crate) fn anchors() -> TrustAnchors {
    TrustAnchors::only([root()])
}

pub(crate) fn demo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../keystore-fixtures")
        .join(path)
}

impl Tsa {
    pub(crate) fn new() -> Self {
        Self::with(Profile::default())
    }

    pub(crate) fn with(profile: Profile) -> Self {
        let key = SigningKey::from_le_bytes(Curve::Gost512A, &[0x35; 64]).unwrap();
        Self {
            certificate: issue(&key, &profile),
            key,
            time: NOW,
            fault: Fault::None,
        }
    }

    pub(crate) fn faulty(fault: Fault) -> Self {
        Self {
            fault,
            ..Self::new()
        }
    }

    /// How to ask it at [`NOW`].
    pub(crate) fn authority<'a>(&'a self, anchors: &'a TrustAnchors) -> TimestampAuthority<'a> {
        authority(self, anchors, NOW)
    }

    fn answer(&self, request: &[u8]) -> Vec<u8> {
        let fields = parts(&parts(request)[0].1);
        let (imprint, policy, nonce) = (&fields[1].2, &fields[2].2, &fields[3].1);
        let token = |info: &[u8]| self.token(info);
        let granted = sequence(&[&tlv(2, &[&[0]])]);
        let info = |policy: &[u8], imprint: &[u8], nonce: &[u8]| {
            sequence(&[
                &tlv(2, &[&[1]]),
                policy,
                imprint,
                &tlv(2, &[&[0x11; 20]]),
                &time(self.time),
                nonce,
            ])
        };
        let nonce = tlv(2, &[nonce]);
        let honest = || sequence(&[&granted, &token(&info(policy, imprint, &nonce))]);
        match self.fault {
            Fault::OtherNonce => {
                let mut other = nonce.clone();
                *other.last_mut().unwrap() ^= 1;
                sequence(&[&granted, &token(&info(policy, imprint, &other))])
            }
            Fault::NoNonce => sequence(&[&granted, &token(&info(policy, imprint, &[]))]),
            Fault::OtherImprint => {
                let mut other = imprint.clone();
                *other.last_mut().unwrap() ^= 1;
                sequence(&[&granted, &token(&info(policy, &other, &nonce))])
            }
            Fault::OtherPolicy => {
                let other = oid("1.2.398.3.3.2.6.3");
                sequence(&[&granted, &token(&info(&other, imprint, &nonce))])
            }
            Fault::Rejection(status, bit) => {
                let mut bits = vec![0; bit / 8 + 2];
                bits[0] = 7 - (bit % 8) as u8;
                bits[bit / 8 + 1] = 0x80 >> (bit % 8);
                let text = sequence(&[&tlv(0x0C, &["не сейчас".as_bytes()])]);
                sequence(&[&sequence(&[
                    &tlv(2, &[&[status]]),
                    &text,
                    &tlv(3, &[&bits]),
                ])])
            }
            Fault::GrantedWithoutToken => sequence(&[&granted]),
            Fault::Truncated => {
                let honest = honest();
                honest[..honest.len() * 2 / 3].to_vec()
            }
            Fault::WebPage => b"<!DOCTYPE html><html><body>Log in</body></html>".to_vec(),
            Fault::BytesBehind => [honest(), vec![0, 0]].concat(),
            _ => honest(),
        }
    }

    /// A TimeStampToken as the national authority makes it.
    fn token(&self, info: &[u8]) -> Vec<u8> {
        let content_type = oid(match self.fault {
            Fault::OtherContent => "1.2.840.113549.1.7.1",
            _ => "1.2.840.113549.1.9.16.1.4",
        });
        let digest = |bytes: &[u8]| DigestAlgorithm::Streebog512.digest(bytes);
        let named = match self.fault {
            Fault::OtherCertificate => root(),
            _ => self.certificate.clone(),
        };
        let hash = DigestAlgorithm::Sha1.digest(named.der());
        let hash = sequence(&[&sequence(&[&sequence(&[&tlv(4, &[&hash])])])]);
        let mut attributes = vec![
            attribute("1.2.840.113549.1.9.3", &content_type),
            attribute("1.2.840.113549.1.9.4", &tlv(4, &[&digest(info)])),
        ];
        if self.fault != Fault::UnnamedCertificate {
            attributes.push(attribute("1.2.840.113549.1.9.16.2.12", &hash));
        }
        attributes.sort();
        let attributes = attributes.concat();
        let other = SigningKey::from_le_bytes(Curve::Gost512A, &[0x36; 64]).unwrap();
        let key = match self.fault {
            Fault::OtherKey => &other,
            _ => &self.key,
        };
        let signature = sign(key, &tlv(0x31, &[&attributes]));
        let issuer = sequence(&[
            self.certificate.issuer().der(),
            &tlv(2, &[self.certificate.serial_number()]),
        ]);
        let signer_info = sequence(&[
            &tlv(2, &[&[1]]),
            &issuer,
            &algorithm(STREEBOG512),
            &tlv(0xA0, &[&attributes]),
            &algorithm(SIGNATURE),
            &tlv(4, &[&signature]),
        ]);
        let certificates = match self.fault {
            Fault::NoCertificate => Vec::new(),
            _ => tlv(0xA0, &[self.certificate.der()]),
        };
        let signed_data = sequence(&[
            &tlv(2, &[&[3]]),
            &tlv(0x31, &[&algorithm(STREEBOG512)]),
            &sequence(&[&content_type, &tlv(0xA0, &[&tlv(4, &[info])])]),
            &certificates,
            &tlv(0x31, &[&signer_info]),
        ]);
        sequence(&[&oid("1.2.840.113549.1.7.2"), &tlv(0xA0, &[&signed_data])])
    }
}

impl Fetch for Tsa {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        let body = request.body.expect("a POST");
        assert_eq!(body.content_type, "application/timestamp-query");
        Ok(Box::new(Cursor::new(self.answer(body.bytes))))
    }
}

/// How to ask `fetch` at a time.
pub(crate) fn authority<'a>(
    fetch: &'a dyn Fetch,
    anchors: &'a TrustAnchors,
    at: i64,
) -> TimestampAuthority<'a> {
    TimestampAuthority {
        fetch,
        url: "http://tsa.example/",
        anchors,
        at,
        timeout: Duration::from_secs(10),
    }
}

/// A certificate under the demo CA.
fn issue(key: &SigningKey, profile: &Profile) -> Certificate {
    let root = root();
    let pem = fs::read_to_string(demo("ca/tanba_demo_gost.key.pem")).unwrap();
    let pkcs8 = pem_content(&pem);
    let root_key = SigningKey::from_le_bytes(Curve::Gost512A, &pkcs8[pkcs8.len() - 64..]).unwrap();
    let mut spki = root.public_key().spki_der().to_vec();
    let point = spki.len() - 128;
    spki[point..].copy_from_slice(&key.verifying_key().to_xy_le());
    let usages: Vec<u8> = profile.usages.iter().flat_map(|usage| oid(usage)).collect();
    let critical = if profile.critical {
        &[1, 1, 0xFF][..]
    } else {
        &[]
    };
    let usage = sequence(&[
        &oid("2.5.29.37"),
        critical,
        &tlv(4, &[&sequence(&[&usages])]),
    ]);
    let name = sequence(&[&tlv(
        0x31,
        &[&sequence(&[
            &oid("2.5.4.3"),
            &tlv(0x0C, &[b"TIME-STAMPING AUTHORITY"]),
        ])],
    )]);
    let tbs = sequence(&[
        &tlv(0xA0, &[&tlv(2, &[&[2]])]),
        &tlv(2, &[&[0x42; 20]]),
        &algorithm(SIGNATURE),
        root.subject().der(),
        &sequence(&[
            &tlv(0x17, &[profile.not_before.as_bytes()]),
            &tlv(0x17, &[profile.not_after.as_bytes()]),
        ]),
        &name,
        &spki,
        &tlv(0xA3, &[&sequence(&[&usage])]),
    ]);
    let signature = sign(&root_key, &tbs);
    let der = sequence(&[&tbs, &algorithm(SIGNATURE), &tlv(3, &[&[0], &signature])]);
    Certificate::from_der(&der).unwrap()
}

fn sign(key: &SigningKey, bytes: &[u8]) -> Vec<u8> {
    let digest = DigestAlgorithm::Streebog512.digest(bytes);
    key.sign_prehash(&digest).unwrap().to_bytes().to_vec()
}

fn pem_content(pem: &str) -> Vec<u8> {
    use base64::Engine;
    let body: String = pem.lines().filter(|line| !line.starts_with("--")).collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap()
}

fn time(seconds: i64) -> Vec<u8> {
    let since_1970 = Duration::from_secs(seconds as u64);
    GeneralizedTime::from_unix_duration(since_1970)
        .unwrap()
        .to_der()
        .unwrap()
}

fn attribute(kind: &str, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &tlv(0x31, &[value])])
}

pub(crate) fn algorithm(name: &str) -> Vec<u8> {
    sequence(&[&oid(name), &[5, 0]])
}

pub(crate) fn oid(text: &str) -> Vec<u8> {
    ObjectIdentifier::new_unwrap(text).to_der().unwrap()
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, parts)
}

pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut output = vec![tag];
    match content.len() {
        length @ 0..0x80 => output.push(length as u8),
        length @ 0x80..0x100 => output.extend([0x81, length as u8]),
        length => output.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    output.extend(content);
    output
}

/// Tag, content and encoding of elements that follow one another.
pub(crate) fn parts(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (length, header) = match bytes[1] {
            short @ ..0x80 => (usize::from(short), 2),
            long => {
                let header = 2 + usize::from(long & 0x7F);
                let digits = bytes[2..header].iter();
                let length = digits.fold(0, |sum, digit| sum << 8 | usize::from(*digit));
                (length, header)
            }
        };
        let (element, rest) = bytes.split_at(header + length);
        found.push((element[0], element[header..].to_vec(), element.to_vec()));
        bytes = rest;
    }
    found
}
