//! Time stamps.

use pki::{Algorithm, DigestAlgorithm, ObjectIdentifier};

use super::{Desk, NOW, authority, post, root};
use demo_portal::authority::{Authority, AuthorityOptions};

pub(super) const FAMILIES: [(Algorithm, &str); 3] = [
    (Algorithm::Gost2015_512, "1.2.398.3.3.2.6.4"),
    (Algorithm::Gost2004, "1.2.398.3.3.2.6.1"),
    (Algorithm::Rsa, "1.2.398.3.3.2.6.2"),
];

/// A TimeStampReq for a digest, with this nonce (content of the INTEGER).
pub(super) fn request(
    digest: ObjectIdentifier,
    value: &[u8],
    policy: Option<&str>,
    nonce: &[u8],
) -> Vec<u8> {
    let tlv = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        let long: &[u8] = if length < 0x80 { &[] } else { &[0x81] };
        [&[tag], long, &[length], content].concat()
    };
    let algorithm = tlv(0x30, &[tlv(6, digest.as_bytes()), vec![5, 0]].concat());
    let imprint = tlv(0x30, &[algorithm, tlv(4, value)].concat());
    let policy = policy.map(|policy| tlv(6, ObjectIdentifier::new_unwrap(policy).as_bytes()));
    let parts = [
        tlv(2, &[1]),
        imprint,
        policy.unwrap_or_default(),
        tlv(2, nonce),
        vec![1, 1, 0xFF],
    ];
    tlv(0x30, &parts.concat())
}

#[test]
fn the_independent_verifier_accepts_each_token() {
    let authority = authority();
    let desk = Desk::new();
    let data = b"a signature value";
    desk.write("data", data);
    for (family, policy) in FAMILIES {
        for (asked, nonce, shown) in [
            (
                Some(policy),
                &[0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4][..],
                "1234567801020304",
            ),
            (Some(policy), &[0xFF, 0x36][..], "-ca"),
            (None, &[0x00, 0x80][..], "80"),
        ] {
            let digest = family.digest();
            let query = request(digest.oid(), &digest.digest(data), asked, nonce);
            let answer = post(&authority.tsp_url(), "application/timestamp-query", &query);
            desk.write("answer", &answer.unwrap());
            let Some(report) = desk.verifier(&["tsp", "answer", "--sig", "data"]) else {
                return;
            };
            let about = format!("{family:?}: {report:#}");
            assert_eq!(report["status"], 0, "{about}");
            assert_eq!(report["ok"], true, "{about}");
            assert_eq!(report["imprint_ok"], true, "{about}");
            assert_eq!(report["policy"], policy, "{about}");
            assert_eq!(
                report["signer"]["chain_problems"],
                serde_json::json!([]),
                "{about}"
            );
            assert_eq!(report["nonce"], shown, "{about}");
            assert_eq!(report["gen_time"], "2026-11-21T00:00:00+00:00", "{about}");
            assert_eq!(report["accuracy"], serde_json::Value::Null, "{about}");
            assert_eq!(report["serial"].as_str().unwrap().len(), 40, "{about}");
            assert!(
                report["signer"]
                    .to_string()
                    .contains("TIME-STAMPING AUTHORITY"),
                "{about}"
            );
        }
    }
    assert_eq!(NOW, 1_795_219_200, "the time above is this one");
}

#[test]
fn openssl_accepts_the_tokens_of_rsa() {
    let authority = Authority::start(AuthorityOptions::new(crate::keys::fixtures())).unwrap();
    let desk = Desk::new();
    desk.write("data", b"a signature value");
    let issuer = root("rsa");
    let (_, said) = desk.openssl(&["x509", "-in", &issuer, "-out", "root.pem"]);
    assert!(desk.path("root.pem").is_file(), "{said}");
    for policy in [&[][..], &["-tspolicy", "1.2.398.3.3.2.6.2"][..]] {
        let mut query = vec![
            "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query",
        ];
        query.extend(policy);
        let (made, said) = desk.openssl(&query);
        assert!(made, "{said}");
        let url = authority.tsp_url();
        let answer = post(&url, "application/timestamp-query", &desk.read("query")).unwrap();
        desk.write("answer", &answer);
        let (fine, said) = desk.openssl(&[
            "ts",
            "-verify",
            "-queryfile",
            "query",
            "-in",
            "answer",
            "-CAfile",
            "root.pem",
        ]);
        assert!(fine && said.contains("Verification: OK"), "{said}");
    }
}

#[test]
fn what_cannot_be_stamped_is_rejected_with_the_reason() {
    let authority = authority();
    let url = authority.tsp_url();
    let ask = |query: &[u8]| post(&url, "application/timestamp-query", query).unwrap();
    let rejection = |unused: u8, bits: &[u8]| {
        let length = u8::try_from(bits.len()).unwrap();
        let info = [&[2, 1, 2, 3, length + 1, unused], bits].concat();
        let inner = u8::try_from(info.len()).unwrap();
        [&[0x30, inner + 2, 0x30, inner][..], &info].concat()
    };
    assert_eq!(ask(b"<html>"), rejection(2, &[0x04]), "badDataFormat");
    let digest = DigestAlgorithm::Sha256;
    let value = digest.digest(b"");
    let other_policy = request(digest.oid(), &value, Some("1.2.3"), &[1]);
    assert_eq!(
        ask(&other_policy),
        rejection(0, &[0x00, 0x01]),
        "unacceptedPolicy"
    );
    let sha384 = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
    let other_digest = request(sha384, &[0; 48], None, &[1]);
    assert_eq!(ask(&other_digest), rejection(7, &[0x80]), "badAlg");
    let short = request(digest.oid(), &value[1..], None, &[1]);
    assert_eq!(ask(&short), rejection(2, &[0x04]), "badDataFormat");
}
