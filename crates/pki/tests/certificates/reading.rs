use der::{Decode, Encode};
use pki::{Certificate, Error, oid};

use crate::fixtures::{self, hex};

#[test]
fn every_fixture_reads_as_another_library_reads_it() {
    for (file, certificate) in fixtures::all() {
        let other = x509_cert::Certificate::from_der(certificate.der()).unwrap();
        let other = other.tbs_certificate();
        assert_eq!(
            certificate.serial_number(),
            other.serial_number().as_bytes(),
            "{file}"
        );
        assert_eq!(
            certificate.issuer().der(),
            other.issuer().to_der().unwrap(),
            "{file}"
        );
        assert_eq!(
            certificate.subject().der(),
            other.subject().to_der().unwrap(),
            "{file}"
        );
        let validity = other.validity();
        let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
        assert_eq!(
            certificate.not_before(),
            seconds(validity.not_before),
            "{file}"
        );
        assert_eq!(
            certificate.not_after(),
            seconds(validity.not_after),
            "{file}"
        );
        let spki = other.subject_public_key_info();
        assert_eq!(
            certificate.public_key().spki_der(),
            spki.to_der().unwrap(),
            "{file}"
        );
        let extensions: Vec<_> = other
            .extensions()
            .into_iter()
            .flatten()
            .map(|one| (one.extn_id, one.critical, one.extn_value.as_bytes()))
            .collect();
        let ours: Vec<_> = certificate
            .extensions()
            .iter()
            .map(|one| (one.oid, one.critical, &*one.value))
            .collect();
        assert_eq!(ours, extensions, "{file}");
    }
}

#[test]
fn the_authorities_fingerprints_are_the_published_ones() {
    for (file, fingerprint) in [
        ("nuc-prod/root_gost.pem", "9ab210e54e6b0343"),
        ("nuc-prod/root_rsa.pem", "a7064abc5699827f"),
        ("nuc-prod/nca_gost.pem", "908521d0531e5645"),
        ("nuc-prod/nca_rsa.pem", "34d1b311a9873191"),
        ("nuc-prod/root_gost_2020.cer", "c48164ab5ccaaee6"),
        ("nuc-prod/root_rsa_2020.cer", "9ba06354b6266417"),
        ("nuc-prod/nca_rsa_2022.cer", "84fb799a66140950"),
        ("nuc-prod/root_gost_2022.pem", "af77725f8328bb24"),
        ("nuc-prod/nca_gost_2022.pem", "32c7d233a42703a3"),
        ("nuc-prod/btsd_gost.cer", "74bb80edf34f4594"),
        ("nuc-prod/ucgo_gost.cer", "eb5a5318299db447"),
        ("skarm/certs/root_test_gost_2022.cer", "b995e79e7c07429f"),
        ("skarm/certs/nca_gost2022_test.cer", "beeffc0bdb77cd79"),
        ("ncanode/ca/nca_gost_test.crt", "0307e8bdf77cb708"),
        ("ncanode/ca/nca_rsa_test.crt", "7e96a36409dc11e0"),
    ] {
        let Some(certificate) = fixtures::certificate(file) else {
            return;
        };
        assert!(
            hex(&certificate.fingerprint_sha256()).starts_with(fingerprint),
            "{file}"
        );
    }
}

#[test]
fn what_the_issuer_wrote_is_answered() {
    let Some(certificate) = fixtures::certificate_in_key_file(
        "skarm/p12/GOST512_81d1311b5629a88f2a8b4e5cb4b00cab12734fdf.p12",
    ) else {
        return;
    };
    assert_eq!(
        certificate.serial_hex(),
        "11d1311b5629a88f2a8b4e5cb4b00cab12734fdf"
    );
    assert_eq!(
        hex(certificate.subject_key_id().unwrap()),
        "81d1311b5629a88f2a8b4e5cb4b00cab12734fdf"
    );
    assert_eq!(
        hex(certificate.authority_key_id().unwrap()),
        "fad24b1ba3a0c961fe1ca8503e6aa2bb450db8a3"
    );
    assert_eq!(certificate.not_before(), 1_699_527_766);
    assert_eq!(certificate.not_after(), 1_731_063_766);
    assert_eq!(certificate.algorithm().java_name(), "ECGOST3410-2015-512");
    assert_eq!(certificate.signature_oid(), oid::GOST2015_512_SIGNATURE);
    assert_eq!(certificate.policies(), [oid::POLICY_UNIVERSAL]);
    assert_eq!(
        certificate.extended_key_usage(),
        [oid::EMAIL_PROTECTION, oid::LEGAL_ENTITY, oid::EMPLOYEE]
    );
    assert_eq!(certificate.ocsp_urls(), ["http://test.pki.gov.kz/ocsp/"]);
    assert_eq!(
        certificate.ca_issuers_urls(),
        ["http://test.pki.gov.kz/cert/nca_gost2022_test.cer"]
    );
    assert_eq!(
        certificate.crl_urls(),
        ["http://test.pki.gov.kz/crl/nca_gost2022_test.crl"]
    );
    let usage = certificate.key_usage().unwrap();
    assert!(usage.digital_signature() && usage.non_repudiation() && usage.key_agreement());
    assert!(!usage.key_encipherment() && !usage.key_cert_sign() && !usage.crl_sign());
    assert!(!certificate.is_ca());
}

#[test]
fn placeholders_and_duplicates_among_the_addresses_survive() {
    let Some(system) = fixtures::certificate_in_key_file(
        "skarm/p12/GOST512_25bae2ec55e0929fc77114432b71790e58066a38.p12",
    ) else {
        return;
    };
    assert_eq!(system.crl_urls(), ["http://crl.pki.gov.kz/*.crl"]);
    assert_eq!(system.ca_issuers_urls(), ["http://pki.gov.kz/cert/*.cer"]);
    let head = fixtures::certificate_in_key_file("ncanode-go2/legal/revoked/head.p12").unwrap();
    assert_eq!(
        head.ocsp_urls(),
        [
            "http://test.pki.gov.kz/ocsp/",
            "http://test.pki.gov.kz/ocsp/"
        ]
    );
}

#[test]
fn key_identifiers_are_the_names_of_key_files() {
    let mut checked = 0;
    for (file, certificate) in fixtures::all() {
        let Some((_, name)) = file
            .strip_suffix(".p12")
            .and_then(|name| name.rsplit_once('_'))
        else {
            continue;
        };
        if name.len() == 40 {
            assert_eq!(hex(&certificate.key_id()), name, "{file}");
            checked += 1;
        }
        if file.contains("GOST512_") {
            assert_eq!(
                hex(&certificate.public_key().key_identifier()),
                name,
                "{file}"
            );
        }
    }
    assert!(checked >= 30 || fixtures::folder().is_none(), "{checked}");
}

#[test]
fn pem_has_64_columns_and_reads_back() {
    for certificate in fixtures::demo() {
        let pem = certificate.to_pem();
        let lines: Vec<_> = pem.strip_suffix('\n').unwrap().split('\n').collect();
        let (first, rest) = lines.split_first().unwrap();
        let (last, body) = rest.split_last().unwrap();
        assert_eq!(
            (*first, *last),
            ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
        );
        let (short, full) = body.split_last().unwrap();
        assert!(full.iter().all(|line| line.len() == 64) && (1..=64).contains(&short.len()));
        assert_eq!(Certificate::from_pem(&pem), Ok(certificate.clone()));

        let base64 = body.concat();
        let forms = [
            pem.replace('\n', "\r\n"),
            format!("Bag Attributes\n    friendlyName: x\n{pem}{pem}"),
            format!("-----BEGIN CERTIFICATE-----{base64}-----END CERTIFICATE-----"),
            base64.clone(),
            format!(" \r\n{}\r\n", base64.trim_end_matches('=')),
        ];
        for form in forms {
            assert_eq!(
                Certificate::from_pem(&form),
                Ok(certificate.clone()),
                "{form}"
            );
            assert_eq!(
                Certificate::from_bytes(form.as_bytes()),
                Ok(certificate.clone()),
                "{form}"
            );
        }
        assert_eq!(Certificate::from_bytes(certificate.der()), Ok(certificate));
    }
}

#[test]
fn text_that_holds_no_certificate_is_refused() {
    for text in [
        "",
        " \n",
        "<html>",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB",
    ] {
        assert_eq!(Certificate::from_pem(text), Err(Error::NotPem), "{text}");
    }
    assert!(matches!(
        Certificate::from_pem("MIIB"),
        Err(Error::Damaged { .. })
    ));
}

#[test]
fn a_log_line_names_nobody() {
    for certificate in fixtures::demo() {
        let text = format!("{certificate:?}");
        assert!(
            !text.contains("ТЕСТ") && !text.contains("IIN") && !text.contains("BIN"),
            "{text}"
        );
    }
}
