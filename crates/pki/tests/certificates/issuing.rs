use pki::{Certificate, Error};

use crate::fixtures;

/// Who issued whom, as Bouncy Castle finds too.
const ISSUED: [(&str, &str); 24] = [
    ("nuc-prod/root_gost.pem", "nuc-prod/root_gost.pem"),
    ("nuc-prod/nca_gost.pem", "nuc-prod/root_gost.pem"),
    ("nuc-prod/root_gost_2020.cer", "nuc-prod/root_gost_2020.cer"),
    ("nuc-prod/btsd_gost.cer", "nuc-prod/root_gost_2020.cer"),
    ("nuc-prod/ucgo_gost.cer", "nuc-prod/root_gost_2020.cer"),
    ("nuc-prod/root_gost_2022.pem", "nuc-prod/root_gost_2022.pem"),
    ("nuc-prod/nca_gost_2022.pem", "nuc-prod/root_gost_2022.pem"),
    ("nuc-prod/root_rsa.pem", "nuc-prod/root_rsa.pem"),
    ("nuc-prod/nca_rsa.pem", "nuc-prod/root_rsa.pem"),
    ("nuc-prod/root_rsa_2020.cer", "nuc-prod/root_rsa_2020.cer"),
    ("nuc-prod/nca_rsa_2022.cer", "nuc-prod/root_rsa_2020.cer"),
    (
        "skarm/certs/root_test_gost_2022.cer",
        "skarm/certs/root_test_gost_2022.cer",
    ),
    (
        "skarm/certs/nca_gost2022_test.cer",
        "skarm/certs/root_test_gost_2022.cer",
    ),
    (
        "skarm/cms/individual_signer.cer",
        "skarm/certs/nca_gost2022_test.cer",
    ),
    (
        "skarm/cms/legal_entity_signer.cer",
        "skarm/certs/nca_gost2022_test.cer",
    ),
    (
        "gokalkan/test/gost1.cer",
        "ncanode/ca/nca_gost2015_test.cer",
    ),
    (
        "ncanode/certs/ceo_valid_sign_2004_gost.cer",
        "ncanode/ca/nca_gost_test.crt",
    ),
    (
        "ncanode/certs/individual_valid_sign_2004_rsa.cer",
        "ncanode/ca/nca_rsa_test.crt",
    ),
    (
        "ncanode/certs/individual_valid_sign_2004_rsa_auth.cer",
        "ncanode/ca/nca_rsa_test.crt",
    ),
    (
        "ncanode/embedded/cert_individual.cer",
        "ncanode/ca/nca_rsa_test.crt",
    ),
    (
        "ncalayer-rs/test_gost512.cer.pem",
        "ncalayer-rs/test_gost512.cer.pem",
    ),
    ("own/gost512.cer", "own/gost512.cer"),
    ("own/gost256.cer", "own/gost256.cer"),
    ("own/gost2004.cer", "own/gost2004.cer"),
];

#[test]
fn certificates_hold_under_their_issuer() {
    for (file, issuer) in ISSUED {
        let Some(certificate) = fixtures::certificate(file) else {
            return;
        };
        let issuer = fixtures::certificate(issuer).unwrap();
        assert_eq!(certificate.verify_issued_by(&issuer), Ok(()), "{file}");
    }
}

#[test]
fn every_certificate_holds_under_one_key_and_under_no_other() {
    let issuers = fixtures::issuers();
    for (file, certificate) in fixtures::all() {
        let mut keys: Vec<_> = issuers
            .iter()
            .filter(|issuer| certificate.verify_issued_by(issuer).is_ok())
            .map(|issuer| issuer.public_key().spki_der())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        // The roots of the test intermediates of 2019 were never published.
        let orphan = certificate.is_ca()
            && certificate
                .issuer()
                .common_name()
                .unwrap()
                .starts_with("НЕГІЗГІ КО TEST");
        assert_eq!(keys.len(), usize::from(!orphan), "{file}");
    }
}

#[test]
fn an_issuer_of_the_same_name_and_another_key_is_refused() {
    let genuine = fixtures::demo_authority("tanba_demo_gost");
    let impostor = fixtures::demo_certificate("5a6cbe7c9c55ab0cf9dbd40b0116350a6ae0aba5");
    assert_eq!(impostor.issuer(), genuine.subject());
    assert_eq!(
        impostor.verify_issued_by(&genuine),
        Err(Error::BadSignature)
    );
    let genuine = fixtures::demo_authority("tanba_demo_rsa");
    let impostor = fixtures::demo_certificate("c7e64bbd71e5499a44aa0ade62dcf69887081b8e");
    assert_eq!(
        impostor.verify_issued_by(&genuine),
        Err(Error::BadSignature)
    );
}

#[test]
fn an_issuer_of_another_name_is_refused() {
    let gost = fixtures::demo_authority("tanba_demo_gost");
    let rsa = fixtures::demo_authority("tanba_demo_rsa");
    assert_eq!(gost.verify_issued_by(&gost), Ok(()));
    assert_eq!(rsa.verify_issued_by(&rsa), Ok(()));
    assert_eq!(gost.verify_issued_by(&rsa), Err(Error::OtherIssuer));
    assert_eq!(rsa.verify_issued_by(&gost), Err(Error::OtherIssuer));
}

#[test]
fn demo_certificates_hold_under_the_demo_authority_of_their_family() {
    let authorities = ["tanba_demo_gost", "tanba_demo_rsa"].map(fixtures::demo_authority);
    let holding = fixtures::demo().into_iter().filter(|certificate| {
        authorities
            .iter()
            .filter(|issuer| certificate.verify_issued_by(issuer).is_ok())
            .count()
            == 1
    });
    // All but the two that say so falsely.
    assert_eq!(holding.count(), fixtures::demo().len() - 2);
}

#[test]
fn an_old_certificate_with_sha1_holds_under_its_issuer() {
    let certificate = Certificate::from_pem(&fixtures::openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "-",
        "-sha1",
        "-days",
        "1",
        "-utf8",
        "-subj",
        "/CN=ТЕСТОВ ТЕСТ",
    ]))
    .unwrap();
    assert_eq!(certificate.signature_oid(), pki::oid::SHA1_WITH_RSA);
    assert_eq!(certificate.verify_issued_by(&certificate), Ok(()));
}
