use pki::{Certificate, Owner, Purpose, Role};

use crate::fixtures;

const BOTH: Purpose = Purpose {
    authentication: true,
    signing: true,
};
const LOG_IN: Purpose = Purpose {
    authentication: true,
    signing: false,
};
const SIGNING: Purpose = Purpose {
    authentication: false,
    signing: true,
};
const NEITHER: Purpose = Purpose {
    authentication: false,
    signing: false,
};

fn owner(name: &str, surname: &str, patronymic: &str, iin: &str, bin: &str) -> Owner {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Owner {
        name: name.to_owned(),
        surname: some(surname),
        patronymic: some(patronymic),
        iin: some(iin),
        bin: some(bin),
        organisation: (!bin.is_empty()).then(|| "АО \"ТЕСТ\"".to_owned()),
        email: None,
    }
}

fn individual() -> Owner {
    owner(
        "ТЕСТОВ ТЕСТ ТЕСТОВИЧ",
        "ТЕСТОВ",
        "ТЕСТОВИЧ",
        "123456789011",
        "",
    )
}

fn of_company() -> Owner {
    owner(
        "ТЕСТОВ ТЕСТ ТЕСТОВИЧ",
        "ТЕСТОВ",
        "ТЕСТОВИЧ",
        "123456789011",
        "123456789021",
    )
}

fn colleague() -> Owner {
    owner(
        "ТЕСТТОВ ТЕСТТ ТЕСТТОВИЧ",
        "ТЕСТТОВ",
        "ТЕСТТОВИЧ",
        "123456789012",
        "123456789021",
    )
}

fn system() -> Owner {
    owner("ИС \"Тест\"", "", "", "", "123456789021")
}

#[test]
fn owner_roles_and_purpose_are_those_of_the_issuer() {
    use Role::*;
    let go = "ncanode-go";
    let legal = "ncanode-go2/legal/valid";
    let skarm = "skarm/p12/GOST512";
    for (file, owner, roles, purpose) in [
        (
            format!("{go}/personal/active/AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d"),
            individual(),
            vec![Individual],
            LOG_IN,
        ),
        (
            format!("{go}/personal/active/RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9"),
            individual(),
            vec![Individual],
            SIGNING,
        ),
        (
            format!(
                "{go}/organization/active/AUTH_RSA256_d682726b55b3e62600ea8fe1c74e75fc96f47790"
            ),
            of_company(),
            vec![LegalEntity, Head],
            LOG_IN,
        ),
        (
            format!("{go}/organization/active/GOSTKNCA_13a3741b52d7bf860aab199b56fad1f4652e357b"),
            of_company(),
            vec![LegalEntity, Head],
            SIGNING,
        ),
        (
            "ncanode/p12/key_ceo_revoked_2015".into(),
            of_company(),
            vec![LegalEntity, Head],
            BOTH,
        ),
        (
            "ncanode-go2/individual/valid/individual_valid".into(),
            individual(),
            vec![Individual],
            BOTH,
        ),
        (
            format!("{legal}/head"),
            of_company(),
            vec![LegalEntity, Head],
            BOTH,
        ),
        (
            format!("{legal}/employee_signright"),
            colleague(),
            vec![LegalEntity, SigningRight],
            BOTH,
        ),
        (
            format!("{legal}/employee"),
            colleague(),
            vec![LegalEntity, Employee],
            BOTH,
        ),
        (
            format!("{legal}/infosystem"),
            colleague(),
            vec![LegalEntity, TreasuryClient],
            BOTH,
        ),
        (
            format!("{legal}/treasury_client"),
            system(),
            vec![LegalEntity, InformationSystem],
            SIGNING,
        ),
        (
            format!("{skarm}_25bae2ec55e0929fc77114432b71790e58066a38"),
            system(),
            vec![LegalEntity],
            SIGNING,
        ),
        (
            format!("{skarm}_d3f9632e6e9f1189237312077187d27150474e52"),
            of_company(),
            vec![LegalEntity, TreasuryClient],
            BOTH,
        ),
    ] {
        let file = format!("{file}.p12");
        let Some(certificate) = fixtures::certificate_in_key_file(&file) else {
            return;
        };
        assert_eq!(certificate.owner(), owner, "{file}");
        assert_eq!(certificate.roles(), roles, "{file}");
        assert_eq!(certificate.purpose(), purpose, "{file}");
    }
}

#[test]
fn authorities_have_no_purpose_of_a_person() {
    for certificate in fixtures::issuers() {
        if certificate.is_ca() {
            assert_eq!(certificate.purpose(), NEITHER, "{certificate:?}");
        }
    }
}

#[test]
fn every_gost512_key_of_a_person_serves_log_in_and_signing() {
    let mut seen = 0;
    for (file, certificate) in fixtures::all() {
        if file.starts_with("skarm/p12") && certificate.owner().iin.is_some() {
            assert_eq!(certificate.purpose(), BOTH, "{file}");
            seen += 1;
        }
    }
    assert!(seen >= 15 || fixtures::folder().is_none(), "{seen}");
}

#[test]
fn demo_certificates_mean_what_their_table_says() {
    use Role::*;
    for (id, owner, roles, purpose) in [
        (
            "028343d1ee0ad94f42789fc6a236572bf290147f",
            individual(),
            vec![Individual],
            BOTH,
        ),
        (
            "41d30c84f0e35ff625f70cf20ce38cd51b96c920",
            individual(),
            vec![Individual],
            LOG_IN,
        ),
        (
            "8f53657752bb77db36e60908e5633d5bc2b2e506",
            individual(),
            vec![Individual],
            SIGNING,
        ),
        (
            "6bc87b64de1979fd15f7eadd1ba6ae00070c3438",
            of_company(),
            vec![LegalEntity, Head],
            BOTH,
        ),
        (
            "3889a994d6c6a918b8d4bb755ef2bd7fc7889f03",
            colleague(),
            vec![LegalEntity, SigningRight],
            BOTH,
        ),
        (
            "6446586fbdba21249761c2eb09a03ea73496d711",
            colleague(),
            vec![LegalEntity, Employee],
            BOTH,
        ),
        (
            "3696a23b045fba48baa2ac3b44fe3eeb215b5029",
            system(),
            vec![LegalEntity, InformationSystem],
            SIGNING,
        ),
        (
            "b1d14d8b5f845a50a65e2f27d552814aba9f36aa",
            of_company(),
            vec![LegalEntity, Head],
            LOG_IN,
        ),
        (
            "f138f84f105359d7dbb7bce9b69246328efa5f46",
            of_company(),
            vec![LegalEntity, Head],
            SIGNING,
        ),
        (
            "79fe0d0b9ac224ab49ed7e5802f5378feeebff1a",
            individual(),
            vec![Individual],
            BOTH,
        ),
        (
            "b9a3b1a319c5ce1542ebc98a5fef2bd7d76502d2",
            individual(),
            vec![],
            BOTH,
        ),
    ] {
        let certificate = fixtures::demo_certificate(id);
        assert_eq!(certificate.owner(), owner, "{id}");
        assert_eq!(certificate.roles(), roles, "{id}");
        assert_eq!(certificate.purpose(), purpose, "{id}");
    }
}

/// A demo certificate of a company's head with other text of the same length in it; nobody checks its signature here.
fn patched(old: &str, new: &str) -> Certificate {
    assert_eq!(old.len(), new.len());
    let mut der = fixtures::demo_certificate("6bc87b64de1979fd15f7eadd1ba6ae00070c3438")
        .der()
        .to_vec();
    let position = der
        .windows(old.len())
        .position(|bytes| bytes == old.as_bytes())
        .unwrap();
    der[position..position + old.len()].copy_from_slice(new.as_bytes());
    Certificate::from_der(&der).unwrap()
}

#[test]
fn a_bin_may_stand_where_the_iin_does() {
    let owner = patched("IIN123456789011", "BIN123456789011").owner();
    assert_eq!(
        (owner.iin, owner.bin.as_deref()),
        (None, Some("123456789011"))
    );
}

#[test]
fn numbers_that_are_none_are_left_out() {
    for wrong in [
        "IIN12345678901x",
        "123456789011IIN",
        "IIN 23456789011",
        "iin123456789011",
    ] {
        let owner = patched("IIN123456789011", wrong).owner();
        assert_eq!(owner.iin, None, "{wrong}");
        assert_eq!(owner.bin.as_deref(), Some("123456789021"), "{wrong}");
    }
    assert_eq!(patched("BIN123456789021", "ОТДЕЛ 1234").owner().bin, None);
}

#[test]
fn the_subjects_email_comes_before_that_of_the_alternative_name() {
    let make = |subject| {
        Certificate::from_pem(&fixtures::openssl(&[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "-",
            "-days",
            "1",
            "-utf8",
            "-subj",
            subject,
            "-addext",
            "subjectAltName=DNS:localhost,email:second@example.kz",
        ]))
        .unwrap()
    };
    let both = make("/CN=ТЕСТОВ ТЕСТ/emailAddress=first@example.kz");
    assert_eq!(both.owner().email.as_deref(), Some("first@example.kz"));
    assert_eq!(
        both.subject().to_ncalayer_string(),
        "CN=ТЕСТОВ ТЕСТ,E=first@example.kz"
    );
    assert_eq!(
        make("/CN=ТЕСТОВ ТЕСТ").owner().email.as_deref(),
        Some("second@example.kz")
    );
}
