//! Tokens that the national authority and its test authority made.

use crate::fixtures;
use crate::tsa::{NOW, authority};
use pki::trust::TrustAnchors;
use pki::{Algorithm, DigestAlgorithm, Fetch, FetchError, FetchRequest};
use signing::cms;
use signing::timestamp::{TimestampError, TimestampToken, TokenError, timestamp};
use std::fs;
use std::io::{Cursor, Read};

/// Stamped signatures, with the times that the independent verifier reads.
const STAMPED: [(&str, i64); 4] = [
    ("individual_attached.der", 1_784_538_487),
    ("individual_detached.der", 1_784_538_487),
    ("legal_entity_attached.der", 1_784_538_609),
    ("legal_entity_detached.der", 1_784_538_609),
];

#[test]
fn stamps_of_the_national_authority_hold_and_lead_to_its_root() {
    let Some(folder) = fixtures::folder("fixtures/skarm/cms") else {
        return;
    };
    for (name, time) in STAMPED {
        let message = fs::read(folder.join(name)).unwrap();
        let report = cms::verify(&message, None).unwrap();
        let signer = &report.signers[0];
        let token = TimestampToken::read(&signer.time_stamps[0]).unwrap();
        assert_eq!(token.time(), time, "{name}");
        assert_eq!(token.policy().to_string(), "1.2.398.3.3.2.6.4", "{name}");
        assert_eq!(token.digest_algorithm(), DigestAlgorithm::Streebog512);
        token.check_imprint(&signer.signature).unwrap();
        assert_eq!(
            token.check_imprint(b"another signature"),
            Err(TokenError::OtherImprint)
        );
        let chain = token.chain(&TrustAnchors::national(), None, None).unwrap();
        assert_eq!(chain.certificates().first(), Some(token.certificate()));
        assert!(token.warnings().is_empty());
        assert!(matches!(
            token.chain(&TrustAnchors::only([]), None, None),
            Err(TokenError::Chain(_))
        ));
    }
}

#[test]
fn a_negative_nonce_is_kept_as_it_is() {
    let Some(folder) = fixtures::folder("fixtures/skarm/cms") else {
        return;
    };
    let message = fs::read(folder.join("legal_entity_attached.der")).unwrap();
    let report = cms::verify(&message, None).unwrap();
    let token = TimestampToken::read(&report.signers[0].time_stamps[0]).unwrap();
    let nonce = token.nonce().unwrap();
    assert!(nonce[0] & 0x80 != 0 && nonce.len() == 8, "{nonce:x?}");
}

/// Whatever is asked, this is the answer.
struct Replay(Vec<u8>);

impl Fetch for Replay {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

#[test]
fn a_real_answer_is_read_and_noticed_to_be_another_request_s() {
    let Some(folder) = fixtures::folder("fixtures/ncanode/tsp") else {
        return;
    };
    let replay = Replay(fs::read(folder.join("tsp_response.bin")).unwrap());
    let anchors = TrustAnchors::national().with_test_ca();
    assert_eq!(
        timestamp(
            Algorithm::Gost2004,
            b"signature",
            &authority(&replay, &anchors, NOW)
        ),
        Err(TimestampError::OtherNonce)
    );
    let token = TimestampToken::read(&fs::read(folder.join("tsp_token.bin")).unwrap()).unwrap();
    assert_eq!(token.policy().to_string(), "1.2.398.3.3.2.6.1");
    assert_eq!(token.time(), 1_663_507_214);
    token.chain(&anchors, None, None).unwrap();
    assert!(token.chain(&TrustAnchors::national(), None, None).is_err());
    // Its imprint is SHA-1.
    assert_eq!(token.warnings(), [signing::Warning::OutdatedAlgorithm]);
}

#[test]
fn no_changed_byte_of_a_token_passes() {
    let Some(folder) = fixtures::folder("fixtures/skarm/cms") else {
        return;
    };
    let sound = fs::read(folder.join("individual_tst.der")).unwrap();
    let expected = TimestampToken::read(&sound).unwrap();
    let anchors = TrustAnchors::national();
    expected.chain(&anchors, None, None).unwrap();
    let mut unsigned = Vec::new();
    for position in 0..sound.len() {
        let mut changed = sound.clone();
        changed[position] ^= 1 << (position % 8);
        let Ok(token) = TimestampToken::read(&changed) else {
            continue;
        };
        if token.chain(&anchors, None, None).is_err() {
            continue;
        }
        // What is not signed may change; what the stamp says may not.
        assert_eq!(token.time(), expected.time(), "byte {position}");
        assert_eq!(token.imprint(), expected.imprint(), "byte {position}");
        assert_eq!(token.policy(), expected.policy(), "byte {position}");
        assert_eq!(
            token.certificate(),
            expected.certificate(),
            "byte {position}"
        );
        unsigned.push(position);
    }
    // The versions, the redundant digestAlgorithms and the like.
    assert!(unsigned.len() < 40, "{unsigned:?}");
}
