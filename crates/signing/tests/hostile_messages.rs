//! CMS messages made to deceive, or to cost more than they weigh.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;

use pki::Signer;
use signing::cms::{self, Problem};

const TIME: i64 = 1_795_000_000;
const DATA: [u8; 11] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01,
];

#[test]
fn signed_attributes_turned_into_content_do_not_hold() {
    for (name, key) in keys::gost() {
        let honest = cms::sign_detached(&key, b"content", TIME).unwrap();
        let attributes = signed_attributes(&honest);
        // What the key signed is the attributes; nothing new is asked of it.
        let signature = &cms::verify(&honest, None).unwrap().signers[0].signature;
        let forged = message(key.certificate(), &attributes, signature, 0x04);
        let report = cms::verify(&forged, None).unwrap();
        assert_eq!(
            report.signers[0].problems,
            [Problem::DisguisedAttributes],
            "{name}"
        );
        // A content that merely begins like a SET, signed without attributes, holds.
        let content = [0x31, 0x02, 0x05, 0x00];
        let digest = key.certificate().algorithm().digest().digest(&content);
        let signature = key.sign_digest(&digest).unwrap();
        let sound = message(key.certificate(), &content, &signature, 0x04);
        assert!(cms::verify(&sound, None).unwrap().holds(), "{name}");
    }
}

#[test]
fn a_content_under_another_tag_is_not_a_content() {
    let keys = keys::gost();
    let Some((_, key)) = keys.first() else { return };
    let digest = key.certificate().algorithm().digest().digest(b"content");
    let signature = key.sign_digest(&digest).unwrap();
    assert!(
        cms::verify(
            &message(key.certificate(), b"content", &signature, 0x04),
            None
        )
        .unwrap()
        .holds()
    );
    assert!(
        cms::verify(
            &message(key.certificate(), b"content", &signature, 0x80),
            None
        )
        .is_err()
    );
}

/// An attached SignedData without signed attributes; `tag` is the eContent's.
fn message(certificate: &pki::Certificate, content: &[u8], signature: &[u8], tag: u8) -> Vec<u8> {
    let algorithm = certificate.algorithm();
    let identifier = |oid: pki::ObjectIdentifier| tlv(0x30, &[&tlv(0x06, &[oid.as_bytes()])]);
    let digest = identifier(algorithm.digest().oid());
    let sid = tlv(
        0x30,
        &[
            certificate.issuer().der(),
            &tlv(0x02, &[certificate.serial_number()]),
        ],
    );
    let signer_info = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &sid,
            &digest,
            &identifier(algorithm.signature_oid()),
            &tlv(0x04, &[signature]),
        ],
    );
    let encapsulated = tlv(0x30, &[&DATA, &tlv(0xA0, &[&tlv(tag, &[content])])]);
    let signed_data = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &tlv(0x31, &[&digest]),
            &encapsulated,
            &tlv(0xA0, &[certificate.der()]),
            &tlv(0x31, &[&signer_info]),
        ],
    );
    let mut kind = DATA;
    kind[10] = 2;
    tlv(0x30, &[&kind, &tlv(0xA0, &[&signed_data])])
}

/// The signed attributes of one of our messages, as the SET OF that is signed.
fn signed_attributes(message: &[u8]) -> Vec<u8> {
    let content_type = [
        &[0x30, 0x18, 0x06, 0x09, 0x2a][..],
        &[0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3],
    ]
    .concat();
    let first = message
        .windows(content_type.len())
        .position(|window| window == content_type)
        .unwrap();
    // [0] with a length of one, two or three bytes stands before the first attribute.
    let header = (2..=4)
        .find(|length| message[first - length] == 0xA0)
        .unwrap();
    let length = match message[first - header + 1] {
        0x81 => usize::from(message[first - 1]),
        0x82 => usize::from(message[first - 2]) << 8 | usize::from(message[first - 1]),
        short => usize::from(short),
    };
    tlv(0x31, &[&message[first..first + length]])
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut output = vec![tag];
    match length {
        0..0x80 => output.push(length as u8),
        0x80..0x100 => output.extend([0x81, length as u8]),
        _ => output.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    output.extend(content);
    output
}
