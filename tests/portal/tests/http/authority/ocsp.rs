//! OCSP: the requests are OpenSSL's.

use demo_portal::authority::{Authority, AuthorityOptions};

use super::{Desk, NOW, authority, certificate, options, post, root};

/// Asks as `openssl ocsp` does; the answer is in the file `answer`.
pub(super) fn ask(desk: &Desk, url: &str, family: &str, certificate: &str, digest: &str) {
    let issuer = root(family);
    let (made, said) = desk.openssl(&[
        "ocsp",
        digest,
        "-issuer",
        &issuer,
        "-cert",
        certificate,
        "-reqout",
        "request",
    ]);
    assert!(made, "{said}");
    let answer = post(url, "application/ocsp-request", &desk.read("request")).unwrap();
    desk.write("answer", &answer);
}

const KEYS: [(&str, &str, &str, &str); 6] = [
    ("individual", "GOST512", "gost", "good"),
    ("company-old", "GOSTKNCA", "gost", "good"),
    ("revoked", "GOST512", "gost", "revoked"),
    ("wrong-issuer", "GOST512", "gost", "unknown"),
    ("individual-old", "RSA256", "rsa", "good"),
    ("revoked", "RSA256", "rsa", "revoked"),
];

#[test]
fn the_independent_verifier_accepts_each_answer() {
    let authority = authority();
    let desk = Desk::new();
    for (folder, prefix, family, status) in KEYS {
        let (_, path) = certificate(folder, prefix);
        for digest in ["-sha1", "-sha256"] {
            ask(&desk, &authority.ocsp_url(), family, &path, digest);
            let Some(report) = desk.verifier(&["ocsp", "answer"]) else {
                return;
            };
            let about = format!("{folder}/{prefix}: {report:#}");
            assert_eq!(report["ok"], true, "{about}");
            assert_eq!(report["chain_problems"], serde_json::json!([]), "{about}");
            assert_eq!(report["chain"].as_array().unwrap().len(), 2, "{about}");
            assert_eq!(
                report["signer_eku"],
                serde_json::json!(["1.3.6.1.5.5.7.3.9"]),
                "{about}"
            );
            assert_eq!(report["responses"][0]["status"], status, "{about}");
            assert_eq!(report["responses"][0].get("next_update"), None, "{about}");
            assert!(
                report["responder"]
                    .as_str()
                    .unwrap()
                    .contains("OCSP RESPONDER"),
                "{about}"
            );
            if status == "revoked" {
                assert_eq!(report["responses"][0]["reason"], 1, "{about}");
                assert!(
                    report["responses"][0]["revoked_at"]
                        .as_str()
                        .unwrap()
                        .starts_with("2026-02-01"),
                    "{about}"
                );
            }
        }
    }
}

#[test]
fn openssl_accepts_the_answers_of_rsa() {
    // OpenSSL knows its own clock only.
    let authority = Authority::start(AuthorityOptions::new(crate::keys::fixtures())).unwrap();
    let desk = Desk::new();
    let issuer = root("rsa");
    let (_, said) = desk.openssl(&["x509", "-in", &issuer, "-out", "root.pem"]);
    assert!(desk.path("root.pem").is_file(), "{said}");
    for (folder, prefix, family, status) in KEYS {
        if family != "rsa" {
            continue;
        }
        let (_, path) = certificate(folder, prefix);
        let (fine, said) = desk.openssl(&[
            "ocsp",
            "-url",
            &authority.ocsp_url(),
            "-issuer",
            &issuer,
            "-cert",
            &path,
            "-CAfile",
            "root.pem",
            "-no-CApath",
        ]);
        assert!(fine && said.contains("Response verify OK"), "{said}");
        assert!(said.contains(&format!(": {status}")), "{said}");
        assert!(!said.contains("WARNING: no nonce"), "{said}");
    }
}

#[test]
fn what_was_never_issued_is_unknown_or_revoked_since_1970() {
    let desk = Desk::new();
    let (_, path) = certificate("wrong-issuer", "GOST512");
    for (as_revoked, status) in [(false, "unknown"), (true, "revoked")] {
        let authority = Authority::start(AuthorityOptions {
            unknown_as_revoked: as_revoked,
            ..options()
        })
        .unwrap();
        ask(&desk, &authority.ocsp_url(), "gost", &path, "-sha256");
        let Some(report) = desk.verifier(&["ocsp", "answer"]) else {
            return;
        };
        let response = &report["responses"][0];
        assert_eq!(response["status"], status);
        if as_revoked {
            assert_eq!(response["reason"], 6);
            assert_eq!(response["revoked_at"], "1970-01-01T00:00:00+00:00");
        }
    }
}

#[test]
fn a_certificate_can_be_revoked_on_the_way() {
    let authority = authority();
    let desk = Desk::new();
    let (certificate, path) = certificate("individual", "GOST512");
    for revoked in [false, true] {
        if revoked {
            authority.revoke(&certificate, NOW - 60, Some(4));
        }
        ask(&desk, &authority.ocsp_url(), "gost", &path, "-sha256");
        let Some(report) = desk.verifier(&["ocsp", "answer"]) else {
            return;
        };
        let response = &report["responses"][0];
        assert_eq!(response["status"], if revoked { "revoked" } else { "good" });
        if revoked {
            assert_eq!(response["reason"], 4);
        }
    }
}

#[test]
fn nonsense_and_strangers_get_an_error_of_the_protocol() {
    let authority = authority();
    let url = authority.ocsp_url();
    let ask = |bytes: &[u8]| post(&url, "application/ocsp-request", bytes).unwrap();
    for nonsense in [&b""[..], b"\x30", b"\x30\x00", b"<html>", &[0x30; 64]] {
        assert_eq!(ask(nonsense), [0x30, 3, 10, 1, 1], "{nonsense:?}");
    }
    // Not one of our issuers.
    let desk = Desk::new();
    let (_, path) = certificate("individual", "GOST512");
    let (made, said) = desk.openssl(&[
        "ocsp", "-issuer", &path, "-cert", &path, "-reqout", "request",
    ]);
    assert!(made, "{said}");
    assert_eq!(ask(&desk.read("request")), [0x30, 3, 10, 1, 6]);
}
