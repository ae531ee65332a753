//! Lists that OpenSSL makes, and those of the demo authority.

use std::{fs, io::Read};

use pki::{
    Certificate,
    crl::{CrlFindings, CrlQuery, search_crl},
    revocation::{RevocationReason, UnknownCause},
};

use super::{
    authority::{Authority, REVOKED_AT},
    now,
};
use crate::fixtures;

const DAY: i64 = 24 * 60 * 60;
/// 2026-06-01T00:00:00Z, within the lists of the demo authority.
const DEMO_AT: i64 = 1_780_272_000;

fn search(
    list: impl Read,
    issuer: &Certificate,
    certificate: &Certificate,
) -> Result<CrlFindings, UnknownCause> {
    search_crl(
        list,
        &CrlQuery {
            issuer_name: issuer.subject(),
            issuer_key: issuer.public_key(),
            serial_number: certificate.serial_number(),
        },
    )
}

fn demo_list(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../keystore-fixtures/ca");
    fs::read(format!("{folder}/{name}.crl")).unwrap()
}

#[test]
fn the_lists_of_the_demo_authority_have_the_revoked_keys_and_no_others() {
    let revoked = [
        "68c2ed46dead9272a6c5684e17875960ebc23d18",
        "be4dfd2d8bd176d276cbc0e173ea57f466a51180",
        "def62eeff3ebeb846f8ce0c6de147ee50842da7a",
    ]
    .map(fixtures::demo_certificate);
    let mut found = 0;
    for name in ["tanba_demo_gost", "tanba_demo_rsa"] {
        let issuer = fixtures::demo_authority(name);
        let (full, delta) = (demo_list(name), demo_list(&format!("{name}_d")));
        for certificate in fixtures::demo() {
            if certificate.verify_issued_by(&issuer).is_err() {
                continue;
            }
            let findings = search(full.as_slice(), &issuer, &certificate).unwrap();
            findings.check(&certificate, DEMO_AT).unwrap();
            assert_eq!(
                findings.entry.is_some(),
                revoked.contains(&certificate),
                "{certificate:?}"
            );
            if let Some(entry) = findings.entry {
                assert_eq!(entry.reason, Some(RevocationReason::KeyCompromise));
                assert_eq!(entry.when, REVOKED_AT);
                found += 1;
            }
            let changes = search(delta.as_slice(), &issuer, &certificate).unwrap();
            assert!(changes.is_delta && changes.entry.is_none() && !findings.is_delta);
        }
    }
    assert_eq!(found, revoked.len());
}

#[test]
fn a_list_serves_from_its_time_to_its_next_update() {
    let authority = Authority::new();
    let list = authority.make_list("", "");
    let findings = search(list.as_slice(), &authority.certificate, &authority.good).unwrap();
    assert_eq!((findings.entries, findings.entry), (1, None));
    let check = |at| findings.check(&authority.good, at);
    assert_eq!(check(now()), Ok(()));
    assert_eq!(check(now() + 29 * DAY), Ok(()));
    assert!(matches!(
        check(now() + 31 * DAY),
        Err(UnknownCause::Stale { .. })
    ));
    assert!(matches!(
        check(now() - DAY),
        Err(UnknownCause::ClockOrResponder { .. })
    ));
}

#[test]
fn a_list_of_somebody_else_is_none() {
    let authority = Authority::new();
    let list = authority.make_list("", "");
    let other = fixtures::demo_authority("tanba_demo_gost");
    assert_eq!(
        search(list.as_slice(), &other, &authority.good),
        Err(UnknownCause::WrongSigner)
    );
    // The same name, another key.
    authority.openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout twin.key -out twin.pem -days 1 -utf8 -subj /CN=Twin",
    );
    let twin = Certificate::from_bytes(&authority.read("twin.pem")).unwrap();
    let result = search_crl(
        list.as_slice(),
        &CrlQuery {
            issuer_name: authority.certificate.subject(),
            issuer_key: twin.public_key(),
            serial_number: authority.good.serial_number(),
        },
    );
    assert_eq!(result, Err(UnknownCause::BadSignature));
}

#[test]
fn a_list_says_which_certificates_it_covers() {
    let authority = Authority::new();
    let judge = |point: &str, certificate: &Certificate| {
        let list = authority.make_list(
            &format!("issuingDistributionPoint=critical,@p\n[p]\n{point}"),
            "",
        );
        let findings = search(list.as_slice(), &authority.certificate, certificate)?;
        findings.check(certificate, now())
    };
    let (good, ca) = (&authority.good, &authority.certificate);
    assert_eq!(judge("onlyuser=TRUE", good), Ok(()));
    assert_eq!(judge("onlyuser=TRUE", ca), Err(UnknownCause::PartialList));
    assert_eq!(judge("onlyCA=TRUE", good), Err(UnknownCause::PartialList));
    assert_eq!(judge("onlyAA=TRUE", good), Err(UnknownCause::PartialList));
    assert_eq!(
        judge("indirectCRL=TRUE", good),
        Err(UnknownCause::IndirectList)
    );
    let reasons = "onlysomereasons=keyCompromise";
    assert_eq!(judge(reasons, good), Err(UnknownCause::PartialList));
    assert_eq!(judge(reasons, &authority.revoked), Ok(()));
    let point = format!("fullname=URI:{}", good.crl_urls()[0]);
    assert_eq!(judge(&point, good), Ok(()));
    let point = "fullname=URI:http://crl.example/other.crl";
    assert_eq!(judge(point, good), Err(UnknownCause::PartialList));
}

#[test]
fn an_unknown_critical_extension_makes_a_list_worthless() {
    let authority = Authority::new();
    let search = |extension: &str| {
        let list = authority.make_list(extension, "");
        search(list.as_slice(), &authority.certificate, &authority.good).map(|_| ())
    };
    assert_eq!(search("1.2.3.4=ASN1:NULL"), Ok(()));
    assert_eq!(
        search("1.2.3.4=critical,ASN1:NULL"),
        Err(UnknownCause::UnknownCriticalExtension(
            pki::ObjectIdentifier::new_unwrap("1.2.3.4")
        ))
    );
}

#[test]
fn reasons_survive_whatever_they_are() {
    let authority = Authority::new();
    let serial = authority.revoked.serial_hex().to_uppercase();
    for (text, reason) in [
        ("", None),
        (",unspecified", Some(RevocationReason::Unspecified)),
        (",CACompromise", Some(RevocationReason::CaCompromise)),
        (",superseded", Some(RevocationReason::Superseded)),
        (
            ",holdInstruction,holdInstructionReject",
            Some(RevocationReason::CertificateHold),
        ),
        (
            ",keyTime,20260101000000Z",
            Some(RevocationReason::KeyCompromise),
        ),
    ] {
        let index = format!("R\t360101000000Z\t260201000000Z{text}\t{serial}\tunknown\t/CN=x\n");
        authority.write("index.txt", index.as_bytes());
        let list = authority.make_list("", "");
        let entry = search(list.as_slice(), &authority.certificate, &authority.revoked)
            .unwrap()
            .entry
            .unwrap();
        assert_eq!((entry.when, entry.reason), (REVOKED_AT, reason), "{text}");
    }
    for number in 0..=u8::MAX {
        let reason = RevocationReason::from_number(number);
        let known = matches!(number, 0..=6 | 8..=10);
        assert_eq!(reason != RevocationReason::Other(number), known, "{number}");
    }
}

#[test]
fn a_list_comes_in_pieces_of_any_size() {
    struct Pieces<'a>(&'a [u8], usize);
    impl Read for Pieces<'_> {
        fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(room.len()).min(self.0.len());
            room[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }
    let authority = Authority::new();
    let mut index = String::new();
    for number in 0..5000 {
        index += &format!(
            "R\t360101000000Z\t260201000000Z\t{:06X}\tunknown\t/CN=x\n",
            0x10_0000 + number
        );
    }
    let serial = authority.revoked.serial_hex().to_uppercase();
    index += &format!("R\t360101000000Z\t260201000000Z,superseded\t{serial}\tunknown\t/CN=x\n");
    authority.write("index.txt", index.as_bytes());
    let list = authority.make_list("", "");
    assert!(list.len() > 100_000);
    for size in [1, 7, 4096, 65_535, 65_536, 1 << 20] {
        let pieces = Pieces(&list, size);
        let findings = search(pieces, &authority.certificate, &authority.revoked).unwrap();
        assert_eq!(findings.entries, 5001, "{size}");
        assert_eq!(
            findings.entry.unwrap().reason,
            Some(RevocationReason::Superseded)
        );
    }
}
