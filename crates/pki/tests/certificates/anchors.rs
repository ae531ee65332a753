//! The tables of the national authority, and who is told from whom.

use std::path::PathBuf;

use pki::{
    Certificate,
    trust::{AnchorKind, TrustAnchor, TrustAnchors},
};

use crate::fixtures::{self, hex};

#[path = "../../examples/trust_anchors/table.rs"]
mod table;

const NATIONAL: &[&str] = &["nuc-prod"];
const NATIONAL_TEST: &[&str] = &["skarm/certs", "ncanode/ca"];

#[test]
fn the_tables_are_those_of_the_published_certificates() {
    let Some(folder) = fixtures::folder() else {
        return;
    };
    for (name, folders, source) in [
        (
            "NATIONAL",
            NATIONAL,
            include_str!("../../src/trust/national.rs"),
        ),
        (
            "NATIONAL_TEST",
            NATIONAL_TEST,
            include_str!("../../src/trust/national_test.rs"),
        ),
    ] {
        let folders: Vec<PathBuf> = folders.iter().map(|inner| folder.join(inner)).collect();
        let made = table::of_folders(name, &folders).unwrap();
        assert!(
            made == source,
            "the table {name} is not what the example trust_anchors makes"
        );
    }
}

#[test]
fn every_row_is_read_and_says_what_the_certificate_says() {
    let anchors = TrustAnchors::national().with_test_ca();
    let count = |kind| {
        anchors
            .iter()
            .filter(|anchor| anchor.kind() == kind)
            .count()
    };
    assert_eq!(count(AnchorKind::National), 11);
    assert_eq!(count(AnchorKind::NationalTest), 4);
    for (file, certificate) in fixtures::all() {
        let ours = anchors
            .iter()
            .find(|anchor| *anchor.fingerprint_sha256() == certificate.fingerprint_sha256());
        assert_eq!(ours.is_some(), certificate.is_ca(), "{file}");
        let Some(anchor) = ours else { continue };
        assert_eq!(anchor.subject(), certificate.subject(), "{file}");
        assert_eq!(anchor.public_key(), certificate.public_key(), "{file}");
        assert_eq!(anchor.key_id(), certificate.key_id(), "{file}");
        assert_eq!(anchor.not_before(), certificate.not_before(), "{file}");
        assert_eq!(anchor.not_after(), certificate.not_after(), "{file}");
        assert_eq!(anchor.path_length(), certificate.path_length(), "{file}");
        assert!(anchor.may_issue(), "{file}");
        assert_eq!(
            *anchor,
            TrustAnchor::from_certificate(&certificate),
            "{file}"
        );
    }
}

#[test]
fn the_test_authority_is_trusted_on_request_only_and_always_told() {
    let national = TrustAnchors::national();
    assert!(
        national
            .iter()
            .all(|anchor| anchor.kind() == AnchorKind::National)
    );
    let Some(root) = fixtures::certificate("skarm/certs/root_test_gost_2022.cer") else {
        return;
    };
    // It does not become an authority like any other by lying in a folder of added ones.
    for anchors in [
        national.clone().with_added([root.clone()]),
        TrustAnchors::only([root.clone()]),
    ] {
        assert_eq!(
            anchors.iter().last().unwrap().kind(),
            AnchorKind::NationalTest
        );
    }
    let genuine = fixtures::certificate("nuc-prod/root_gost_2022.pem").unwrap();
    assert_eq!(
        TrustAnchor::from_certificate(&genuine).kind(),
        AnchorKind::National
    );
}

#[test]
fn an_authority_is_added_once() {
    let demo = fixtures::demo_authority("tanba_demo_gost");
    let added = |anchors: TrustAnchors| anchors.with_added([demo.clone(), demo.clone()]);
    let anchors = added(added(TrustAnchors::national()));
    assert_eq!(
        anchors.iter().count(),
        TrustAnchors::national().iter().count() + 1
    );
    let last = anchors.iter().last().unwrap();
    assert_eq!(last.kind(), AnchorKind::Added);
    assert_eq!(
        hex(last.fingerprint_sha256()),
        hex(&demo.fingerprint_sha256())
    );
    assert_eq!(TrustAnchors::only([]).iter().count(), 0);
    assert_eq!(
        TrustAnchors::national()
            .with_test_ca()
            .with_test_ca()
            .iter()
            .count(),
        TrustAnchors::national().with_test_ca().iter().count()
    );
}

#[test]
fn a_log_line_of_an_anchor_names_nobody() {
    let person = &fixtures::demo()[0];
    let anchors = TrustAnchors::only([person.clone()]);
    assert_eq!(
        format!("{anchors:?}"),
        "TrustAnchors([TrustAnchor(Added, ECGOST3410-2015-512)])"
    );
}

#[test]
fn a_file_of_several_authorities_is_read_whole() {
    let authorities = ["tanba_demo_gost", "tanba_demo_rsa"].map(fixtures::demo_authority);
    let pem: String = authorities.iter().map(Certificate::to_pem).collect();
    let read = Certificate::all_from_bytes(pem.as_bytes()).unwrap();
    assert_eq!(
        read.into_iter().collect::<Result<Vec<_>, _>>().unwrap(),
        authorities
    );
    // One that cannot be read does not hide the others.
    let damaged = pem.replacen("MII", "AAA", 1);
    let read = Certificate::all_from_bytes(damaged.as_bytes()).unwrap();
    assert!(read[0].is_err());
    assert_eq!(read[1], Ok(authorities[1].clone()));
    for single in [
        authorities[0].der().to_vec(),
        authorities[0].to_pem().into_bytes(),
    ] {
        let read = Certificate::all_from_bytes(&single).unwrap();
        assert_eq!(read, [Ok(authorities[0].clone())]);
    }
    assert!(Certificate::all_from_bytes(b"<html>").is_err());
    assert!(Certificate::all_from_bytes(&[0x30, 0]).is_err());
}
