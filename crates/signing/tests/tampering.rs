//! Every byte of ten samples changed: the signature falls, or nothing that is signed has changed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "support/fixtures.rs"]
mod fixtures;

use pki::Certificate;
use signing::cms::{self, CmsReport};
use signing::xml::{self, XmlSignatureReport};
use std::fs;
use std::path::Path;

/// Attached and detached, Java Kalkan and KalkanCrypt, with and without a time stamp, all four families.
const MESSAGES: [(&str, Option<&str>); 6] = [
    ("skarm/cms/individual_attached.der", None),
    (
        "skarm/cms/legal_entity_detached.der",
        Some("skarm/cms/legal_entity_document.txt"),
    ),
    (
        "skarm/zip/zip_signed_files/META-INF/signature-7ad1db5cc2.cms",
        Some("skarm/zip/zip_signed_files/META-INF/NCAManifest.xml"),
    ),
    ("own/gost2004.attached.cms", None),
    ("own/gost256.detached.cms", Some("own/gost256.data.bin")),
    (
        "ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cms",
        None,
    ),
];

/// Enveloped and by Id, with CR in base64 and without.
const DOCUMENTS: [&str; 4] = [
    "own/gost256.enveloped.xml",
    "own/gost2004.byid.xml",
    "ncalayer-rs/test_gost512.xml_simple.xml",
    "ncanode-go/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.xml",
];

#[test]
fn no_changed_byte_of_a_cms_passes() {
    let Some(folder) = fixtures::folder("fixtures") else {
        return;
    };
    for (name, content) in MESSAGES {
        let sound = cms::from_text(&fs::read(folder.join(name)).unwrap())
            .unwrap()
            .into_owned();
        let content = content.map(|content| fs::read(folder.join(content)).unwrap());
        let expected = cms::verify(&sound, content.as_deref()).unwrap();
        assert!(expected.holds(), "{name}");
        let mut unsigned = 0;
        for position in 0..sound.len() {
            let mut changed = sound.clone();
            changed[position] ^= 1 << (position % 8);
            match cms::verify(&changed, content.as_deref()) {
                Err(_) => {}
                Ok(report) if !report.holds() => {}
                Ok(report) => {
                    assert_eq!(
                        signed_part(&report),
                        signed_part(&expected),
                        "{name}: byte {position}"
                    );
                    let of_signer = |report: &CmsReport| report.signers[0].certificate.clone();
                    check_certificate(&folder, of_signer(&report), of_signer(&expected));
                    unsigned += 1;
                }
            }
        }
        // What may change, because CMS does not sign it: version numbers, the list of digest algorithms, a time stamp (which
        // bears its own signature), and the certificate where no signed attribute names it (NCANode writes none).
        let signer = &expected.signers[0];
        let stamps: usize = signer
            .time_stamps
            .iter()
            .map(|stamp| stamp.len() + 64)
            .sum();
        let certificate = signer
            .certificate
            .as_ref()
            .filter(|_| !signer.names_certificate);
        let may_change = 32 + stamps + certificate.map_or(0, |certificate| certificate.der().len());
        assert!(unsigned < may_change, "{name}: {unsigned} bytes");
        for length in 0..sound.len() {
            assert!(
                !cms::verify(&sound[..length], content.as_deref())
                    .is_ok_and(|report| report.holds()),
                "{name}"
            );
        }
        if let Some(content) = content {
            for position in 0..content.len() {
                let mut changed = content.clone();
                changed[position] ^= 1 << (position % 8);
                assert!(
                    !cms::verify(&sound, Some(&changed)).unwrap().holds(),
                    "{name}: content byte {position}"
                );
            }
        }
    }
}

#[test]
fn no_changed_byte_of_a_document_passes() {
    let Some(folder) = fixtures::folder("fixtures") else {
        return;
    };
    for name in DOCUMENTS {
        let sound = fs::read(folder.join(name)).unwrap();
        let expected = xml::verify(&sound).unwrap();
        assert!(expected[0].holds(), "{name}");
        let text = String::from_utf8(sound.clone()).unwrap();
        let certificate =
            text.find("X509Certificate>").unwrap()..text.rfind("X509Certificate>").unwrap();
        let mut unsigned = 0;
        for position in 0..sound.len() {
            let mut changed = sound.clone();
            changed[position] ^= 1 << (position % 8);
            let Ok(reports) = xml::verify(&changed) else {
                continue;
            };
            let [report] = reports.as_slice() else {
                continue;
            };
            if !report.holds() {
                continue;
            }
            unsigned += 1;
            if certificate.contains(&position) {
                // XMLDSig signs no KeyInfo. A certificate with the same key and another name verifies the signature; what gives
                // it away is its issuer's signature, which is the caller's business.
                assert_eq!(
                    covered(report),
                    covered(&expected[0]),
                    "{name}: byte {position}"
                );
                check_certificate(
                    &folder,
                    report.certificate.clone(),
                    expected[0].certificate.clone(),
                );
            } else if covered(report) != covered(&expected[0]) {
                // By Id, only the element is signed: the rest of the document may be anything.
                panic!("{name}: byte {position} changed what is covered");
            }
        }
        println!("{name}: {unsigned} of {} bytes are not signed", sound.len());
    }
}

/// All of a report but for what no signature covers.
fn signed_part(report: &CmsReport) -> CmsReport {
    let mut signed = report.clone();
    for signer in &mut signed.signers {
        signer.time_stamps.clear();
        if !signer.names_certificate {
            signer.certificate = None;
        }
    }
    // A certificate that is not the signer's belongs to nobody's signature.
    signed.certificates.clear();
    signed
}

fn covered(report: &XmlSignatureReport) -> Vec<(&[u8], Option<&xml::Covered>)> {
    report
        .references
        .iter()
        .map(|it| (it.canonical.as_slice(), it.covers.as_ref()))
        .collect()
}

/// Either the very certificate, or one that no issuer signed.
fn check_certificate(folder: &Path, changed: Option<Certificate>, sound: Option<Certificate>) {
    let (changed, sound) = (changed.unwrap(), sound.unwrap());
    if changed == sound {
        return;
    }
    assert_eq!(changed.public_key(), sound.public_key());
    let authority = fs::read(folder.join("ncanode/ca/nca_rsa_test.crt")).unwrap();
    for issuer in [sound.clone(), Certificate::from_bytes(&authority).unwrap()] {
        assert!(changed.verify_issued_by(&issuer).is_err());
    }
}
