//! What the national authority's servers answered once.

use std::fs;

use pki::{
    Certificate, DigestAlgorithm,
    crl::{CrlFindings, CrlQuery, search_crl},
    ocsp::{CertStatus, OcspAnswer, OcspRequest, OcspResponse},
    revocation::{RevocationReason, UnknownCause},
};

use crate::fixtures;

/// 2022-09-02T17:00:00Z, at most seven minutes after all recorded answers.
const RECORDED_AT: i64 = 1_662_138_000;

/// A recorded answer judged at a time; its request's nonce is not known.
fn answer(
    response: &str,
    key_file: &str,
    issuer: &str,
    at: i64,
) -> Option<Result<OcspAnswer, UnknownCause>> {
    let der = fs::read(fixtures::folder()?.join("ncanode/ocsp").join(response)).unwrap();
    let certificate =
        fixtures::certificate_in_key_file(&format!("ncanode/p12/{key_file}.p12")).unwrap();
    let issuer = fixtures::certificate(issuer).unwrap();
    certificate.verify_issued_by(&issuer).unwrap();
    let request = OcspRequest::new(
        &certificate,
        issuer.subject(),
        issuer.public_key(),
        DigestAlgorithm::Sha256,
        None,
    );
    Some(OcspResponse::from_der(&der).unwrap().check(&request, at))
}

const GOST_2015: &str = "ncanode/ca/nca_gost2015_test.cer";

#[test]
fn a_gost_2015_answer_of_the_national_authority_says_revoked() {
    let judge = |at| {
        answer(
            "ocsp_response_ceo_2015_revoked.bin",
            "key_ceo_revoked_2015",
            GOST_2015,
            at,
        )
    };
    let Some(answer) = judge(RECORDED_AT) else {
        return;
    };
    let answer = answer.unwrap();
    assert_eq!(
        answer.status,
        CertStatus::Revoked {
            when: 1_658_917_530,
            reason: Some(RevocationReason::CertificateHold),
        }
    );
    assert_eq!(answer.this_update, 1_662_137_968);
    assert_eq!(
        (answer.produced_at, answer.next_update),
        (answer.this_update, None)
    );
    let responder = answer.responder.unwrap();
    assert_eq!(responder.subject().common_name(), Some("OCSP RESPONDER"));

    let stale = judge(RECORDED_AT + 25 * 60 * 60).unwrap();
    assert!(
        matches!(stale, Err(UnknownCause::Stale { .. })),
        "{stale:?}"
    );
    let early = judge(RECORDED_AT - 60 * 60).unwrap();
    assert!(
        matches!(early, Err(UnknownCause::ClockOrResponder { .. })),
        "{early:?}"
    );
    let expired = judge(RECORDED_AT + 20 * 365 * 24 * 60 * 60).unwrap();
    assert_eq!(expired, Err(UnknownCause::ResponderExpired));
}

#[test]
fn a_gost_2004_answer_of_the_national_authority_says_revoked() {
    let Some(answer) = answer(
        "ocsp_response_ceo_sign_2004_revoked.bin",
        "key_ceo_sign_revoked_2004",
        "ncanode/ca/nca_gost_test.crt",
        RECORDED_AT,
    ) else {
        return;
    };
    assert_eq!(
        answer.unwrap().status,
        CertStatus::Revoked {
            when: 1_642_487_455,
            reason: Some(RevocationReason::Superseded),
        }
    );
}

#[test]
fn an_rsa_answer_of_the_national_authority_says_good() {
    let Some(answer) = answer(
        "ocsp_response_individual_sign_2004.bin",
        "key_individual_valid_sign_2004",
        "ncanode/ca/nca_rsa_test.crt",
        RECORDED_AT,
    ) else {
        return;
    };
    assert_eq!(answer.unwrap().status, CertStatus::Good);
}

#[test]
fn revoked_in_1970_on_hold_means_that_nobody_knows_the_certificate() {
    let Some(answer) = answer(
        "ocsp_response_individual_2015.bin",
        "key_individual_valid_2015",
        GOST_2015,
        RECORDED_AT,
    ) else {
        return;
    };
    assert_eq!(answer, Err(UnknownCause::UnknownToResponder));
}

#[test]
fn an_answer_about_another_certificate_or_issuer_is_none() {
    let other = answer(
        "ocsp_response_ceo_2015_revoked.bin",
        "key_individual_valid_2015",
        GOST_2015,
        RECORDED_AT,
    );
    let Some(other) = other else {
        return;
    };
    assert_eq!(other, Err(UnknownCause::OtherCertificate));
    let other = answer(
        "ocsp_response_ceo_2015_revoked.bin",
        "key_individual_valid_sign_2004",
        "ncanode/ca/nca_rsa_test.crt",
        RECORDED_AT,
    );
    assert_eq!(other, Some(Err(UnknownCause::WrongSigner)));
}

fn search(list: &str, issuer: &Certificate, serial_number: &[u8]) -> CrlFindings {
    let der = fs::read(list).unwrap();
    search_crl(
        der.as_slice(),
        &CrlQuery {
            issuer_name: issuer.subject(),
            issuer_key: issuer.public_key(),
            serial_number,
        },
    )
    .unwrap_or_else(|error| panic!("{list}: {error}"))
}

/// `(serial number, reason)` of every entry, as OpenSSL prints it.
fn entries_by_openssl(list: &str) -> Vec<(Vec<u8>, Option<String>)> {
    let text = fixtures::openssl(&["crl", "-inform", "DER", "-in", list, "-noout", "-text"]);
    let mut entries: Vec<(Vec<u8>, Option<String>)> = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if let Some(serial) = line.strip_prefix("Serial Number: ") {
            let digits = serial.as_bytes().chunks(2);
            let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
            entries.push((digits.map(byte).collect(), None));
        } else if line.starts_with("X509v3 CRL Reason Code") {
            entries.last_mut().unwrap().1 = lines.next().map(str::to_owned);
        }
    }
    entries
}

fn reason_by_openssl(reason: RevocationReason) -> &'static str {
    match reason {
        RevocationReason::KeyCompromise => "Key Compromise",
        RevocationReason::AffiliationChanged => "Affiliation Changed",
        RevocationReason::Superseded => "Superseded",
        RevocationReason::CessationOfOperation => "Cessation Of Operation",
        RevocationReason::CertificateHold => "Certificate Hold",
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_entry_of_every_recorded_list_is_found_as_openssl_reads_it() {
    let Some(folder) = fixtures::folder() else {
        return;
    };
    let (gost_2022, gost, rsa) = (
        "skarm/certs/nca_gost2022_test.cer",
        "ncanode/ca/nca_gost_test.crt",
        "ncanode/ca/nca_rsa_test.crt",
    );
    for (list, issuer, entries, this_update, next_update, is_delta) in [
        (
            "ncanode-go2/nca_gost2022_test.crl",
            gost_2022,
            195,
            1_786_420_159,
            1_801_972_159,
            false,
        ),
        (
            "ncanode/crl/nca_gost2022_test.crl",
            gost_2022,
            6,
            1_658_921_166,
            1_674_473_166,
            false,
        ),
        (
            "ncanode/crl/nca_gost_test.crl",
            gost,
            31,
            1_648_528_207,
            1_664_080_207,
            false,
        ),
        (
            "ncanode/crl/nca_rsa_test.crl",
            rsa,
            126,
            1_648_527_509,
            1_664_079_509,
            false,
        ),
        (
            "skarm/certs/nca_gost2022_test.crl",
            gost_2022,
            54,
            1_745_902_009,
            1_761_454_009,
            false,
        ),
        (
            "skarm/certs/nca_gost2022_d_test.crl",
            gost_2022,
            0,
            1_745_902_009,
            1_761_457_996,
            true,
        ),
    ] {
        let path = folder.join(list);
        let path = path.to_str().unwrap();
        let issuer = fixtures::certificate(issuer).unwrap();
        let none = search(path, &issuer, &[1]);
        assert_eq!((none.entries, none.entry), (entries, None), "{list}");
        assert_eq!(none.this_update, this_update, "{list}");
        assert_eq!(none.next_update, Some(next_update), "{list}");
        assert_eq!(none.is_delta, is_delta, "{list}");
        let all = entries_by_openssl(path);
        assert_eq!(all.len() as u64, entries, "{list}");
        for (serial, reason) in all {
            let entry = search(path, &issuer, &serial).entry.expect("an entry");
            assert_eq!(
                entry.reason.map(reason_by_openssl),
                reason.as_deref(),
                "{list}"
            );
            assert!(
                entry.when > 1_600_000_000 && entry.when <= this_update,
                "{list}"
            );
        }
    }
}
