//! Answers that OpenSSL makes to our requests, and what they are worth.

use pki::{
    Certificate, DigestAlgorithm, Error, FetchError,
    ocsp::{CertStatus, OcspAnswer, OcspRequest, OcspResponse},
    revocation::{OcspRefusal, RevocationReason, UnknownCause},
};

use super::{
    authority::{Authority, REVOKED_AT},
    now,
};

const NONCE: [u8; 8] = *b"\x80nonce\0\xff";
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

fn request(
    authority: &Authority,
    certificate: &Certificate,
    nonce: Option<[u8; 8]>,
) -> OcspRequest {
    OcspRequest::new(
        certificate,
        authority.certificate.subject(),
        authority.certificate.public_key(),
        DigestAlgorithm::Sha256,
        nonce,
    )
}

fn check(response: &[u8], request: &OcspRequest, at: i64) -> Result<OcspAnswer, UnknownCause> {
    OcspResponse::from_der(response)?.check(request, at)
}

#[test]
fn good_revoked_and_unknown_are_told_apart() {
    let authority = Authority::new();
    for nonce in [Some(NONCE), None] {
        for digest in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha1] {
            let ask = |certificate| {
                let issuer = &authority.certificate;
                let request = OcspRequest::new(
                    certificate,
                    issuer.subject(),
                    issuer.public_key(),
                    digest,
                    nonce,
                );
                let response = authority.respond(request.der(), "ca", "");
                check(&response, &request, now()).map(|answer| answer.status)
            };
            assert_eq!(ask(&authority.good), Ok(CertStatus::Good));
            let revoked = CertStatus::Revoked {
                when: REVOKED_AT,
                reason: Some(RevocationReason::KeyCompromise),
            };
            assert_eq!(ask(&authority.revoked), Ok(revoked));
            assert_eq!(
                ask(&authority.unknown),
                Err(UnknownCause::UnknownToResponder)
            );
        }
    }
}

#[test]
fn a_request_is_read_by_openssl_as_it_was_meant() {
    let authority = Authority::new();
    let request = request(&authority, &authority.good, Some(NONCE));
    authority.write("request.der", request.der());
    authority.openssl("ocsp -reqin request.der -req_text -out text");
    let text = String::from_utf8(authority.read("text")).unwrap();
    let serial = authority.good.serial_hex().to_uppercase();
    assert!(text.contains("Hash Algorithm: sha256"), "{text}");
    assert!(text.contains(&format!("Serial Number: {serial}")), "{text}");
    assert!(text.contains("0408806E6F6E636500FF"), "{text}");
}

#[test]
fn only_a_delegate_of_the_issuer_with_its_trust_may_answer() {
    let authority = Authority::new();
    authority.make_responder("delegate", "extendedKeyUsage=OCSPSigning", "ca");
    authority.make_responder("mailer", "extendedKeyUsage=emailProtection", "ca");
    authority.make_responder("plain", "subjectKeyIdentifier=hash", "ca");
    authority.openssl(
        "req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 1 -subj /CN=Other",
    );
    authority.make_responder("stranger", "extendedKeyUsage=OCSPSigning", "other");

    let request = request(&authority, &authority.good, Some(NONCE));
    let ask = |signer: &str, options: &str, at: i64| {
        check(
            &authority.respond(request.der(), signer, options),
            &request,
            at,
        )
    };
    for options in ["", "-resp_key_id"] {
        let answer = ask("delegate", options, now()).unwrap();
        let responder = answer.responder.unwrap();
        assert_eq!(responder.subject().common_name(), Some("delegate"));
        assert_eq!(ask("ca", options, now()).unwrap().responder, None);
    }
    assert_eq!(ask("mailer", "", now()), Err(UnknownCause::NotEntrusted));
    assert_eq!(ask("plain", "", now()), Err(UnknownCause::NotEntrusted));
    assert_eq!(ask("stranger", "", now()), Err(UnknownCause::WrongSigner));
    let without_certificate = ask("delegate", "-resp_no_certs", now());
    assert_eq!(without_certificate, Err(UnknownCause::WrongSigner));
    assert_eq!(
        ask("delegate", "-badsig", now()),
        Err(UnknownCause::BadSignature)
    );
    // The certificates of responders are valid for a day.
    let expired = ask("delegate", "", now() + 2 * DAY);
    assert_eq!(expired, Err(UnknownCause::ResponderExpired));
    let early = ask("delegate", "", now() - DAY);
    assert_eq!(early, Err(UnknownCause::ResponderNotYetValid));
}

#[test]
fn an_answer_signed_over_sha1_is_refused() {
    let authority = Authority::new();
    let request = request(&authority, &authority.good, None);
    let response = authority.respond(request.der(), "ca", "-rmd sha1");
    assert_eq!(
        check(&response, &request, now()),
        Err(UnknownCause::Unreadable(Error::UnsupportedAlgorithm(
            pki::oid::SHA1_WITH_RSA
        )))
    );
}

#[test]
fn an_answer_to_another_request_is_a_replay() {
    let authority = Authority::new();
    let request = request(&authority, &authority.good, Some(NONCE));
    let response = authority.respond(request.der(), "ca", "");
    let next = OcspRequest::new(
        &authority.good,
        authority.certificate.subject(),
        authority.certificate.public_key(),
        DigestAlgorithm::Sha256,
        Some(*b"another1"),
    );
    assert_eq!(
        check(&response, &next, now()),
        Err(UnknownCause::NonceMismatch)
    );
}

#[test]
fn an_answer_without_nonce_serves_ten_minutes_and_one_without_next_update_a_day() {
    let authority = Authority::new();
    let plain = request(&authority, &authority.good, None);
    let with_nonce = request(&authority, &authority.good, Some(NONCE));
    let start = now();
    let response = authority.respond(plain.der(), "ca", "");
    assert!(check(&response, &with_nonce, start + 9 * MINUTE).is_ok());
    assert_eq!(
        check(&response, &with_nonce, start + 12 * MINUTE),
        Err(UnknownCause::NoNonce)
    );
    assert!(check(&response, &plain, start + DAY).is_ok());
    let stale = check(&response, &plain, start + DAY + 10 * MINUTE);
    assert!(
        matches!(stale, Err(UnknownCause::Stale { .. })),
        "{stale:?}"
    );

    let three_days = authority.respond(plain.der(), "ca", "-ndays 3");
    assert!(check(&three_days, &plain, start + 3 * DAY).is_ok());
    let stale = check(&three_days, &plain, start + 3 * DAY + 10 * MINUTE);
    assert!(
        matches!(stale, Err(UnknownCause::Stale { .. })),
        "{stale:?}"
    );
}

#[test]
fn a_clock_that_is_an_hour_off_is_told_from_a_stale_answer() {
    let authority = Authority::new();
    let request = request(&authority, &authority.good, Some(NONCE));
    let response = authority.respond(request.der(), "ca", "");
    for off in [-60 * MINUTE, 60 * MINUTE] {
        let at = now() + off;
        match check(&response, &request, at) {
            Err(UnknownCause::ClockOrResponder { theirs, ours }) => {
                assert_eq!(ours, at);
                assert!((theirs - now()).abs() < MINUTE);
            }
            other => panic!("{other:?}"),
        }
    }
    for off in [-4 * MINUTE, 4 * MINUTE] {
        assert!(check(&response, &request, now() + off).is_ok());
    }
}

#[test]
fn refusals_and_what_is_no_answer_have_names() {
    let authority = Authority::new();
    let request = request(&authority, &authority.good, Some(NONCE));
    for (status, refusal) in [
        (1, OcspRefusal::MalformedRequest),
        (2, OcspRefusal::InternalError),
        (3, OcspRefusal::TryLater),
        (5, OcspRefusal::SignatureRequired),
        (6, OcspRefusal::Unauthorized),
        (9, OcspRefusal::Other(9)),
    ] {
        assert_eq!(
            check(&[0x30, 3, 0x0a, 1, status], &request, now()),
            Err(UnknownCause::Refused(refusal))
        );
    }
    for page in ["<html>", "\u{feff}<!DOCTYPE html>", "\r\n <?xml"] {
        assert_eq!(
            check(page.as_bytes(), &request, now()),
            Err(UnknownCause::WebPage)
        );
    }
    let large = [&[0x30, 0x83, 1, 0, 0][..], &[0; 65_536]].concat();
    for bytes in [&b""[..], b"not found", &[0x30, 3, 0x0a, 1, 0], &large] {
        let result = check(bytes, &request, now());
        assert!(
            matches!(result, Err(UnknownCause::Unreadable(_))),
            "{result:?}"
        );
    }
}

#[test]
fn an_unknown_reason_is_told_in_words() {
    let reason = pki::revocation::UnknownReason {
        asked: pki::revocation::Source::Ocsp,
        url: Some("http://ocsp.example/".into()),
        cause: FetchError::Timeout.into(),
    };
    assert_eq!(
        reason.to_string(),
        "OCSP http://ocsp.example/: no answer in time"
    );
}
