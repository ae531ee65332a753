//! Bouncy Castle's opinion of our time-stamped messages.

use crate::openssl::{OpensslTsa, now};
use crate::openssl_key::OpensslKey;
use crate::tsa::{self, NOW, Tsa, anchors};
use crate::{bouncy_castle, fixtures, keys};
use signing::cms::{self, Content};
use std::fs;
use std::path::Path;

const JUDGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/data/TimestampJudge.java"
);

/// The message with the time stamp of another one, which is as long.
fn with_stamp_of(message: &[u8], other: &[u8]) -> Vec<u8> {
    let stamp = |message| {
        let mut report = cms::verify(message, None).unwrap();
        report.signers.remove(0).time_stamps.remove(0)
    };
    let (own, foreign) = (stamp(message), stamp(other));
    assert_eq!(own.len(), foreign.len());
    let at = message.windows(own.len()).position(|it| it == own).unwrap();
    let mut mixed = message.to_vec();
    mixed[at..at + own.len()].copy_from_slice(&foreign);
    mixed
}

#[test]
fn bouncy_castle_takes_every_stamped_message_and_its_token() {
    let Some(oracle) = fixtures::folder("oracle") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    if !bouncy_castle::compile(Path::new(JUDGE), folder) {
        return;
    }
    assert!(bouncy_castle::compile(
        &oracle.join("KzOracle.java"),
        folder
    ));
    let (gost, gost_anchors) = (Tsa::new(), anchors());
    for (name, key) in keys::gost() {
        let authority = gost.authority(&gost_anchors);
        let content = Content::Attached(b"content");
        let message = cms::sign_timestamped(&key, content, NOW - 1, &authority).unwrap();
        fs::write(folder.join("message"), &message).unwrap();
        let told = bouncy_castle::run(folder, &["TimestampJudge", "message"]);
        assert_eq!(told, Ok(format!("OK {NOW}\n")), "{name}");
        for file in ["message", "message.token"] {
            let told = bouncy_castle::run(folder, &["KzOracle", "cms", file]);
            assert!(told.is_ok(), "{name} {file}: {told:?}");
        }
        // The judge would notice.
        let other = cms::sign_timestamped(&key, content, NOW - 2, &authority).unwrap();
        fs::write(folder.join("message"), with_stamp_of(&message, &other)).unwrap();
        let told = bouncy_castle::run(folder, &["TimestampJudge", "message"]);
        assert!(told.is_err_and(|told| told.contains("imprint")), "{name}");
    }
    let rsa = OpensslTsa::new("ess_cert_id_alg = sha256");
    let rsa_anchors = rsa.anchors();
    let authority = tsa::authority(&rsa, &rsa_anchors, now());
    let content = Content::Attached(b"content");
    let key = OpensslKey::generate();
    let message = cms::sign_timestamped(&key, content, now(), &authority).unwrap();
    fs::write(folder.join("message"), &message).unwrap();
    bouncy_castle::run(folder, &["TimestampJudge", "message", "validate"]).unwrap();
    bouncy_castle::run(folder, &["KzOracle", "cms", "message"]).unwrap();
}
