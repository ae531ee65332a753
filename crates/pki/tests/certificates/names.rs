use pki::{Error, Name, oid};

use crate::{
    build::{oid, sequence, tlv},
    fixtures,
};

const UTF8: u8 = 0x0c;

fn attribute(kind: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[&oid(kind), &tlv(tag, value)])
}

/// A name of one attribute an RDN.
fn name(attributes: &[Vec<u8>]) -> Name {
    let rdns: Vec<_> = attributes
        .iter()
        .map(|attribute| tlv(0x31, attribute))
        .collect();
    Name::from_der(&tlv(0x30, &rdns.concat())).unwrap()
}

fn text(attributes: &[Vec<u8>]) -> String {
    name(attributes).to_ncalayer_string()
}

#[test]
fn names_of_the_national_authority_are_written_as_ncalayer_writes_them() {
    for (file, expected) in [
        (
            "ncanode-go2/individual/valid/individual_valid.p12",
            "CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,G=ТЕСТОВИЧ",
        ),
        (
            "ncanode-go2/legal/valid/head.p12",
            r#"CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,O=АО \"ТЕСТ\",OU=BIN123456789021,GIVENNAME=ТЕСТОВИЧ"#,
        ),
        (
            "skarm/p12/GOST512_d199fb1e5f3b3c6a23832a47d248b102e4378613.p12",
            r#"DC=ROLE01,CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,O=АО \"ТЕСТ\",OU=BIN123456789021,BusinessCategory=KS01234,GIVENNAME=ТЕСТОВИЧ"#,
        ),
        (
            "ncanode-go2/legal/valid/treasury_client.p12",
            r#"UID=1.2.398.6.10.1.1,CN=ИС \"Тест\",C=KZ,O=АО \"ТЕСТ\",OU=BIN123456789021"#,
        ),
        (
            "ncanode-go/organization/active/GOSTKNCA_13a3741b52d7bf860aab199b56fad1f4652e357b.p12",
            r#"CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,L=НУР-СУЛТАН,ST=НУР-СУЛТАН,O=АО \"ТЕСТ\",GIVENNAME=ТЕСТОВИЧ,OU=BIN123456789021"#,
        ),
    ] {
        let Some(certificate) = fixtures::certificate_in_key_file(file) else {
            return;
        };
        assert_eq!(
            certificate.subject().to_ncalayer_string(),
            expected,
            "{file}"
        );
    }
    let old = fixtures::certificate("ncanode/embedded/cert_individual.cer").unwrap();
    assert_eq!(
        old.issuer().to_ncalayer_string(),
        "C=KZ,CN=ҰКО 3.0 (RSA TEST)"
    );
    let root = fixtures::certificate("nuc-prod/root_gost_2022.pem").unwrap();
    assert_eq!(
        root.subject().to_ncalayer_string(),
        "CN=НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022,C=KZ"
    );
    assert_eq!(
        root.subject().common_name(),
        Some("НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022")
    );
}

// What Bouncy Castle 1.72 answers to `X509Name.toString` for the same DER.
#[test]
fn special_characters_stand_behind_a_backslash() {
    assert_eq!(
        text(&[attribute("2.5.4.3", UTF8, br#"a,b"c\d+e=f<g>h;i"#)]),
        r#"CN=a\,b\"c\\d\+e\=f\<g\>h\;i"#
    );
    assert_eq!(
        text(&[
            attribute("2.5.4.3", UTF8, b"#lead"),
            attribute("2.5.4.3", UTF8, b" lead and trail "),
            attribute("2.5.4.3", UTF8, b""),
        ]),
        r"CN=\#lead,CN=\ lead and trail\ ,CN="
    );
}

#[test]
fn the_keywords_are_those_of_ncalayer() {
    let kinds = "2.5.4.3 2.5.4.4 2.5.4.5 2.5.4.6 2.5.4.7 2.5.4.8 2.5.4.9 2.5.4.10 2.5.4.11 2.5.4.12 2.5.4.15 2.5.4.42 \
                 1.2.840.113549.1.9.1 0.9.2342.19200300.100.1.1 0.9.2342.19200300.100.1.25 1.2.3.4";
    let attributes: Vec<_> = kinds
        .split_whitespace()
        .map(|kind| attribute(kind, UTF8, b"x"))
        .collect();
    assert_eq!(
        text(&attributes),
        "CN=x,SURNAME=x,SERIALNUMBER=x,C=x,L=x,ST=x,STREET=x,O=x,OU=x,T=x,BusinessCategory=x,GIVENNAME=x,E=x,UID=x,\
         DC=x,1.2.3.4=x"
    );
    assert_eq!(text(&[attribute("2.5.4.42", UTF8, b"x")]), "G=x");
}

#[test]
fn values_of_one_rdn_are_joined_by_a_plus() {
    let rdn = [
        attribute("2.5.4.3", UTF8, b"x"),
        attribute("2.5.4.4", UTF8, b"y"),
    ]
    .concat();
    let name = Name::from_der(&tlv(0x30, &tlv(0x31, &rdn))).unwrap();
    assert_eq!(name.to_ncalayer_string(), "CN=x+SURNAME=y");
    assert_eq!(name.attributes().count(), 2);
}

#[test]
fn every_kind_of_character_string_is_read() {
    for (tag, value, expected) in [
        (UTF8, "Ұлт".as_bytes(), "Ұлт"),
        (0x13, b"Printable", "Printable"),
        (0x16, b"ia5@example.kz", "ia5@example.kz"),
        (0x12, b"0123", "0123"),
        (0x1a, b"visible", "visible"),
        (0x14, b"caf\xe9", "café"),
        (0x1e, b"\x04\xb0\x04\x3b", "Ұл"),
        (0x1e, b"\xd8\x00\x00", "\u{fffd}\0"),
        (UTF8, b"bad \xff", "bad \u{fffd}"),
    ] {
        let name = name(&[attribute("2.5.4.3", tag, value)]);
        assert_eq!(name.common_name(), Some(expected), "{tag:#x}");
    }
    // An INTEGER is none; Bouncy Castle writes it so too.
    assert_eq!(text(&[attribute("2.5.4.3", 0x02, b"\x05")]), "CN=#020105");
}

#[test]
fn a_name_without_attributes_is_empty() {
    let name = Name::from_der(&[0x30, 0]).unwrap();
    assert_eq!(name.to_ncalayer_string(), "");
    assert_eq!(name.common_name(), None);
    assert_eq!(name.values(oid::ORGANIZATION).count(), 0);
}

#[test]
fn what_is_no_name_is_refused() {
    assert!(matches!(
        Name::from_der(&[]),
        Err(Error::Damaged { part: "Name", .. })
    ));
    assert!(matches!(
        Name::from_der(&tlv(0x31, &[])),
        Err(Error::Damaged { part: "Name", .. })
    ));
    let lonely = sequence(&[&tlv(0x31, &sequence(&[&oid("2.5.4.3")]))]);
    assert!(matches!(
        Name::from_der(&lonely),
        Err(Error::Invalid { part: "Name", .. })
    ));
    // A SEQUENCE that claims four gigabytes.
    assert!(Name::from_der(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]).is_err());
}
