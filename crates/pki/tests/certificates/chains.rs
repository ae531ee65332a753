//! The chains of other people's certificates, and of the demo authority's.

use pki::{
    Certificate,
    chain::{ChainError, ChainLink},
    trust::{AnchorKind, TrustAnchors},
};

use crate::{chain_rules::build, fixtures};

/// 2026-07-01 00:00:00 UTC.
const SUMMER_2026: i64 = 1_782_864_000;

fn middle(certificate: &Certificate) -> i64 {
    certificate.not_before().midpoint(certificate.not_after())
}

/// Certificates without an issuer among the published ones.
fn is_own(file: &str) -> bool {
    file.starts_with("own/") || file.starts_with("ncalayer-rs/")
}

#[test]
fn every_fixture_has_the_chain_that_its_issuer_gave_it() {
    let (national, test) = (
        TrustAnchors::national(),
        TrustAnchors::national().with_test_ca(),
    );
    for (file, certificate) in fixtures::all() {
        let at = middle(&certificate);
        let judged = build(&certificate, &[], &test, at);
        if is_own(&file) {
            let refused = ChainError::NotTrusted {
                certificate: ChainLink::Leaf,
            };
            assert_eq!(judged.unwrap_err(), refused, "{file}");
            continue;
        }
        let chain = judged.unwrap_or_else(|error| panic!("{file}: {error}"));
        let expected = if file.starts_with("nuc-prod") {
            AnchorKind::National
        } else {
            AnchorKind::NationalTest
        };
        assert_eq!(chain.anchor().kind(), expected, "{file}");
        assert_eq!(
            chain.certificates(),
            std::slice::from_ref(&certificate),
            "{file}"
        );
        // Who trusts the national authority alone trusts none of its test authority.
        let judged = build(&certificate, &[], &national, at);
        assert_eq!(judged.is_ok(), file.starts_with("nuc-prod"), "{file}");
    }
}

#[test]
fn every_certificate_inside_a_signature_a_time_stamp_or_an_answer_has_its_chain() {
    let test = TrustAnchors::national().with_test_ca();
    let (mut national, mut trying) = (0, 0);
    for (file, certificate) in fixtures::embedded() {
        match build(&certificate, &[], &test, middle(&certificate)) {
            Ok(chain) => match chain.anchor().kind() {
                AnchorKind::National => national += 1,
                AnchorKind::NationalTest => trying += 1,
                AnchorKind::Added => panic!("{file}: nothing was added"),
            },
            Err(error) => assert!(is_own(&file), "{file}: {error}"),
        }
    }
    // Production time stamps and old signatures on one side, test signatures and OCSP answers on the other.
    assert!(
        (national >= 7 && trying >= 20) || fixtures::folder().is_none(),
        "{national} {trying}"
    );
}

#[test]
fn national_roots_complete_the_chains_of_their_intermediates() {
    for (root, intermediate) in [
        ("root_gost.pem", "nca_gost.pem"),
        ("root_rsa.pem", "nca_rsa.pem"),
        ("root_gost_2020.cer", "btsd_gost.cer"),
        ("root_gost_2020.cer", "ucgo_gost.cer"),
        ("root_rsa_2020.cer", "nca_rsa_2022.cer"),
        ("root_gost_2022.pem", "nca_gost_2022.pem"),
    ] {
        let Some(certificate) = fixtures::certificate(&format!("nuc-prod/{intermediate}")) else {
            return;
        };
        let root = fixtures::certificate(&format!("nuc-prod/{root}")).unwrap();
        let anchors = TrustAnchors::only([root.clone()]);
        let judged = build(&certificate, &[], &anchors, middle(&certificate));
        if intermediate == "btsd_gost.cer" {
            // It is older than the root of 2020, which has the same key as one that was never published.
            let chain = build(&certificate, &[], &anchors, root.not_before()).unwrap();
            assert_eq!(chain.issuer(0).unwrap().name(), root.subject());
            assert!(matches!(
                build(&certificate, &[], &anchors, certificate.not_before()),
                Err(ChainError::NotYetValid {
                    certificate: ChainLink::Authority(_),
                    ..
                })
            ));
        }
        let chain = judged.unwrap_or_else(|error| panic!("{intermediate}: {error}"));
        assert_eq!(chain.anchor().kind(), AnchorKind::National);
        assert_eq!(chain.issuer(0).unwrap().public_key(), root.public_key());
    }
}

#[test]
fn roots_of_one_name_in_two_generations_are_told_by_their_keys() {
    let files = [
        "root_gost.pem",
        "root_gost_2020.cer",
        "root_rsa.pem",
        "root_rsa_2020.cer",
    ];
    let Some(roots) = files
        .map(|file| fixtures::certificate(&format!("nuc-prod/{file}")))
        .into_iter()
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let anchors = TrustAnchors::only(roots.clone());
    for (file, root) in [
        ("nca_gost.pem", &roots[0]),
        ("ucgo_gost.cer", &roots[1]),
        ("nca_rsa.pem", &roots[2]),
        ("nca_rsa_2022.cer", &roots[3]),
    ] {
        let certificate = fixtures::certificate(&format!("nuc-prod/{file}")).unwrap();
        let chain = build(&certificate, &[], &anchors, middle(&certificate)).unwrap();
        assert_eq!(
            chain.anchor().fingerprint_sha256(),
            &root.fingerprint_sha256(),
            "{file}"
        );
    }
}

#[test]
fn a_person_s_chain_reaches_the_root_when_only_the_root_is_trusted() {
    let file = "ncanode-go2/individual/valid/individual_valid.p12";
    let Some(leaf) = fixtures::certificate_in_key_file(file) else {
        return;
    };
    let root = fixtures::certificate("skarm/certs/root_test_gost_2022.cer").unwrap();
    let between = fixtures::certificate("skarm/certs/nca_gost2022_test.cer").unwrap();
    let anchors = TrustAnchors::only([root.clone()]);
    let candidates = [root.clone(), leaf.clone(), between.clone()];
    let chain = build(&leaf, &candidates, &anchors, SUMMER_2026).unwrap();
    assert_eq!(chain.certificates(), [leaf.clone(), between.clone()]);
    assert_eq!(chain.issuer(0).unwrap().certificate(), Some(&between));
    assert_eq!(chain.issuer(1).unwrap().name(), root.subject());
    let missing = ChainError::NoIssuer {
        name: between.subject().clone(),
        fetch: None,
    };
    assert_eq!(
        build(&leaf, &[], &anchors, SUMMER_2026).unwrap_err(),
        missing
    );
}

#[test]
fn demo_keys_lead_to_the_demo_authority_when_it_is_added() {
    let authorities = ["tanba_demo_gost", "tanba_demo_rsa"].map(fixtures::demo_authority);
    let anchors = TrustAnchors::national().with_added(authorities.clone());
    let (mut good, mut refused) = (0, Vec::new());
    for certificate in fixtures::demo() {
        match build(&certificate, &[], &anchors, SUMMER_2026) {
            Ok(chain) => {
                assert_eq!(chain.anchor().kind(), AnchorKind::Added);
                good += 1;
            }
            Err(error) => refused.push((certificate.clone(), error)),
        }
        let without = build(&certificate, &[], &TrustAnchors::national(), SUMMER_2026);
        assert!(matches!(
            without,
            Err(ChainError::NoIssuer { fetch: None, .. })
        ));
    }
    assert_eq!(good, fixtures::demo().len() - 5);
    for (certificate, error) in refused {
        match fixtures::hex(&certificate.key_id()).as_str() {
            "00897ba3909750c7dd7651e47ac2da7bd81a6587"
            | "d23e95ab814fc25d3743fad6e23adc50adeaeab9" => assert_eq!(
                error,
                ChainError::Expired {
                    certificate: ChainLink::Leaf,
                    not_after: certificate.not_after(),
                    at: SUMMER_2026,
                }
            ),
            "f87d012534fd75f141325b5c527a75866daaff05" => assert_eq!(
                error,
                ChainError::NotYetValid {
                    certificate: ChainLink::Leaf,
                    not_before: certificate.not_before(),
                    at: SUMMER_2026,
                }
            ),
            "5a6cbe7c9c55ab0cf9dbd40b0116350a6ae0aba5"
            | "c7e64bbd71e5499a44aa0ade62dcf69887081b8e" => assert_eq!(
                error,
                ChainError::BadSignature {
                    name: certificate.issuer().clone()
                }
            ),
            other => panic!("{other}: {error}"),
        }
    }
    for authority in authorities {
        assert!(build(&authority, &[], &anchors, SUMMER_2026).is_ok());
    }
}
