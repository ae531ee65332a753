//! One byte changed anywhere: refused, and never another verdict.

use std::fs;

use pki::{
    DigestAlgorithm,
    crl::{CrlQuery, search_crl},
    ocsp::{CertStatus, OcspRequest, OcspResponse},
};

use super::{authority::Authority, now};
use crate::fixtures;

/// Every change of one byte by three patterns.
fn changes(original: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    (0..original.len()).flat_map(move |index| {
        [0x01, 0x80, 0xff].map(|pattern| {
            let mut changed = original.to_vec();
            changed[index] ^= pattern;
            (index, changed)
        })
    })
}

#[test]
fn an_answer_with_a_changed_byte_says_nothing() {
    let authority = Authority::new();
    authority.make_responder("delegate", "extendedKeyUsage=OCSPSigning", "ca");
    let request = OcspRequest::new(
        &authority.revoked,
        authority.certificate.subject(),
        authority.certificate.public_key(),
        DigestAlgorithm::Sha256,
        Some([7; 8]),
    );
    let response = authority.respond(request.der(), "delegate", "-ndays 1");
    let at = now();
    let check = |der: &[u8]| OcspResponse::from_der(der).and_then(|read| read.check(&request, at));
    let verdict = check(&response).unwrap();
    assert!(matches!(verdict.status, CertStatus::Revoked { .. }));
    let mut unharmed = 0;
    for (index, changed) in changes(&response) {
        if let Ok(other) = check(&changed) {
            assert_eq!(other, verdict, "byte {index}");
            unharmed += 1;
        }
    }
    // Not signed and without meaning: whether the tags of the wrappers say «constructed».
    assert!(unharmed <= 8, "{unharmed} changes went unnoticed");
    for length in 0..response.len() {
        assert!(check(&response[..length]).is_err(), "{length} bytes");
    }
    assert!(check(&[&response[..], &[0]].concat()).is_err());
}

#[test]
fn a_list_with_a_changed_byte_says_nothing() {
    for name in ["tanba_demo_gost", "tanba_demo_rsa", "tanba_demo_gost_d"] {
        let issuer = fixtures::demo_authority(name.trim_end_matches("_d"));
        let list = fs::read(format!(
            "{}/../../keystore-fixtures/ca/{name}.crl",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap();
        let query = CrlQuery {
            issuer_name: issuer.subject(),
            issuer_key: issuer.public_key(),
            serial_number: &[1],
        };
        let search = |der: &[u8]| search_crl(der, &query);
        search(&list).unwrap();
        for (index, changed) in changes(&list) {
            assert!(search(&changed).is_err(), "byte {index} of {name}");
        }
        for length in 0..list.len() {
            assert!(search(&list[..length]).is_err(), "{length} bytes of {name}");
        }
        assert!(search(&[&list[..], &[0]].concat()).is_err(), "{name}");
    }
}
