//! Signatures added to messages that have some, against OpenSSL, Bouncy Castle and the Python verifier.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;
#[path = "support/openssl_key.rs"]
mod openssl_key;

use openssl_key::OpensslKey;
use pki::{DigestAlgorithm, Signer};
use signing::Error;
use signing::cms::{self, SignedMessage, add_signature};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const TIME: i64 = 1_795_000_000;
const CONTENT: &[u8] = "құжат".as_bytes();

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn succeeded(output: &Output) -> String {
    let told = [&output.stdout[..], &output.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(output.status.success(), "{told}");
    told
}

fn cosigned(message: &[u8], key: &dyn Signer) -> Vec<u8> {
    let message = SignedMessage::read(message.to_vec().into()).unwrap();
    let both = add_signature(key, &message, TIME).unwrap();
    both.into_vec()
}

/// The encodings of the SignerInfos: what OpenSSL's parser says stands in the last SET.
fn contains(message: &[u8], part: &[u8]) -> bool {
    message.windows(part.len()).any(|window| window == part)
}

#[test]
fn openssl_verifies_both_signatures() {
    let (first, second) = (OpensslKey::generate(), OpensslKey::generate());
    let folder = first.folder();
    let authorities = [first.certificate().to_pem(), second.certificate().to_pem()].concat();
    fs::write(folder.join("authorities.pem"), authorities).unwrap();
    fs::write(folder.join("content"), CONTENT).unwrap();
    for (message, detached) in [
        (cms::sign_attached(&first, CONTENT, TIME).unwrap(), false),
        (cms::sign_detached(&first, CONTENT, TIME).unwrap(), true),
    ] {
        let both = cosigned(&message, &second);
        fs::write(folder.join("both"), &both).unwrap();
        let mut arguments = vec!["cms", "-verify", "-binary", "-cades", "-purpose", "any"];
        arguments.extend([
            "-CAfile",
            "authorities.pem",
            "-inform",
            "DER",
            "-in",
            "both",
        ]);
        arguments.extend(["-signer", "signers.pem"]);
        if detached {
            arguments.extend(["-content", "content"]);
        }
        succeeded(&run(folder, "openssl", &arguments));
        let signers = fs::read_to_string(folder.join("signers.pem")).unwrap();
        assert_eq!(signers.matches("BEGIN CERTIFICATE").count(), 2);

        let report = cms::verify(&both, detached.then_some(CONTENT)).unwrap();
        assert!(report.holds() && report.signers.len() == 2);
        // One digest algorithm serves both.
        let sha256 = asn1_oid("2.16.840.1.101.3.4.2.1");
        assert!(contains(&both, &sha256));
        // A third by the first key again: no second copy of its certificate.
        let three = cosigned(&both, &first);
        let report = cms::verify(&three, detached.then_some(CONTENT)).unwrap();
        assert!(report.holds() && report.signers.len() == 3 && report.certificates.len() == 2);
    }
}

fn asn1_oid(text: &str) -> Vec<u8> {
    let oid: pki::ObjectIdentifier = text.parse().unwrap();
    oid.as_bytes().to_vec()
}

#[test]
fn earlier_signatures_stay_byte_for_byte() {
    let (first, second) = (OpensslKey::generate(), OpensslKey::generate());
    let folder = first.folder();
    fs::write(folder.join("certificate.pem"), first.certificate().to_pem()).unwrap();
    fs::write(folder.join("content"), vec![b'x'; 5000]).unwrap();
    for options in [
        &["-nodetach"][..],
        &["-nodetach", "-stream", "-indef"],
        &["-nodetach", "-noattr"],
        &["-nodetach", "-keyid"],
        &["-nodetach", "-nocerts"],
        &[],
    ] {
        let sign = [
            &[
                "cms", "-sign", "-binary", "-in", "content", "-outform", "DER",
            ][..],
            &[
                "-signer",
                "certificate.pem",
                "-inkey",
                "key.pem",
                "-out",
                "message",
            ],
            options,
        ];
        succeeded(&run(folder, "openssl", &sign.concat()));
        let message = fs::read(folder.join("message")).unwrap();
        let both = cosigned(&message, &second);
        let detached = !options.contains(&"-nodetach");
        let content = vec![b'x'; 5000];
        let report = cms::verify(&both, detached.then_some(&content)).unwrap();
        assert_eq!(report.signers.len(), 2, "{options:?}");
        let before = cms::verify(&message, detached.then_some(&content)).unwrap();
        assert_eq!(report.signers[0].problems, before.signers[0].problems);
        assert!(report.signers[1].holds());
        // The SignerInfo ends with the signature; everything from its version on is there as it was.
        let signature = &before.signers[0].signature;
        let end = message
            .windows(signature.len())
            .rposition(|window| window == signature)
            .unwrap()
            + signature.len();
        let signer_info = &message[end - signature.len() - 100..end];
        assert!(contains(&both, signer_info), "{options:?}");
        fs::write(folder.join("both"), &both).unwrap();
        let verify = [
            "cms",
            "-verify",
            "-noverify",
            "-binary",
            "-inform",
            "DER",
            "-in",
            "both",
            "-out",
            "verified",
            "-content",
            "content",
            "-certfile",
            "certificate.pem",
        ];
        let verify = if detached {
            &verify[..]
        } else {
            &[&verify[..10], &verify[12..]].concat()
        };
        succeeded(&run(folder, "openssl", verify));
        assert_eq!(fs::read(folder.join("verified")).unwrap(), content);
    }
}

#[test]
fn families_of_keys_sign_beside_each_other() {
    let Some(oracle) = fixtures::folder("oracle") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("content"), CONTENT).unwrap();
    let rsa = OpensslKey::generate();
    let gost = keys::gost();
    let mut message = cms::sign_attached(&rsa, CONTENT, TIME).unwrap();
    for (_, key) in &gost {
        message = cosigned(&message, key);
    }
    let report = cms::verify(&message, None).unwrap();
    assert!(report.holds() && report.signers.len() == 4);
    fs::write(folder.join("attached"), &message).unwrap();

    // A detached one: the digest of an earlier signature serves a later key of the same family.
    let (_, first) = &gost[0];
    let detached = cms::sign_detached(first, CONTENT, TIME).unwrap();
    let detached = cosigned(&detached, first);
    assert!(cms::verify(&detached, Some(CONTENT)).unwrap().holds());
    fs::write(folder.join("detached"), &detached).unwrap();

    let script = oracle.join("kz_verify.py");
    let script = script.to_str().unwrap();
    succeeded(&run(folder, "python3", &[script, "cms", "attached"]));
    succeeded(&run(
        folder,
        "python3",
        &[script, "cms", "detached", "--data", "content"],
    ));

    let jars = "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar:/usr/share/java/bcprov-jdk18on.jar";
    let source = oracle.join("KzOracle.java");
    let compile = ["-cp", jars, "-d", ".", source.to_str().unwrap()];
    succeeded(&run(folder, "javac", &compile));
    let class_path = format!("{jars}:.");
    for arguments in [&["attached"][..], &["detached", "content"]] {
        let java = [&["-cp", &class_path, "KzOracle", "cms"], arguments].concat();
        let told = succeeded(&run(folder, "java", &java));
        assert!(told.contains("OK") && !told.contains("FAIL"), "{told}");
    }
}

#[test]
fn the_content_is_not_held_a_second_time() {
    let key = OpensslKey::generate();
    let message = cms::sign_attached(&key, CONTENT, TIME).unwrap();
    let message = SignedMessage::read(message.into()).unwrap();
    let document = message.content().unwrap();
    assert_eq!(document.content(), CONTENT);
    assert_eq!(document.sha256(), DigestAlgorithm::Sha256.digest(CONTENT));
    assert!(
        message
            .as_bytes()
            .as_ptr_range()
            .contains(&document.content().as_ptr())
    );
}

#[test]
fn a_detached_message_is_signed_only_when_a_signature_that_holds_says_the_digest() {
    let key = OpensslKey::generate();
    let gost = keys::gost();
    let detached = cms::sign_detached(&key, CONTENT, TIME).unwrap();
    let message = SignedMessage::read(detached.clone().into()).unwrap();
    assert!(message.content().is_none());
    assert_eq!(
        message.digest(DigestAlgorithm::Sha256).unwrap(),
        DigestAlgorithm::Sha256.digest(CONTENT)
    );
    if let Some((_, other)) = gost.first() {
        assert_eq!(
            add_signature(other, &message, TIME).unwrap_err(),
            Error::NoContent
        );
    }
    // The digest that the signature covers was changed: nobody says one any more.
    let digest = DigestAlgorithm::Sha256.digest(CONTENT);
    let at = detached
        .windows(digest.len())
        .position(|window| window == digest)
        .unwrap();
    let mut forged = detached.clone();
    forged[at] ^= 1;
    let forged = SignedMessage::read(forged.into()).unwrap();
    assert_eq!(forged.digests().count(), 0);
    assert_eq!(
        add_signature(&key, &forged, TIME).unwrap_err(),
        Error::NoContent
    );
    // Two signatures over two documents in one message: which is meant cannot be told.
    let other = cms::sign_detached(&key, b"other", TIME).unwrap();
    let report = cms::verify(&other, Some(b"other")).unwrap();
    assert!(report.holds());
    let mixed = spliced(&detached, &other);
    let mixed = SignedMessage::read(mixed.into()).unwrap();
    assert_eq!((mixed.signatures(), mixed.digests().count()), (2, 0));
}

/// The first message with the SignerInfo of the second put beside its own: both of one length and by one key.
fn spliced(one: &[u8], two: &[u8]) -> Vec<u8> {
    // SignerInfos are the last SET of both; it ends with the message.
    let set = |message: &[u8]| {
        let at = message
            .windows(2)
            .rposition(|window| window == [0x31, 0x82] && window.len() == 2)
            .unwrap();
        let mut at = at;
        // Attributes hold short SETs only; the SET of SignerInfos is the one that reaches the end.
        loop {
            let length = usize::from(message[at + 2]) << 8 | usize::from(message[at + 3]);
            if at + 4 + length == message.len() {
                return at;
            }
            at = message[..at]
                .windows(2)
                .rposition(|window| window == [0x31, 0x82])
                .unwrap();
        }
    };
    let (first, second) = (set(one), set(two));
    let infos = [&one[first + 4..], &two[second + 4..]].concat();
    let infos = tlv(0x31, &infos);
    // ContentInfo → [0] → SignedData: three headers of four bytes, the OID of eleven between the first two.
    let inside = &one[4 + 11 + 4 + 4..first];
    let signed_data = tlv(0x30, &[inside, &infos].concat());
    tlv(0x30, &[&one[4..15], &tlv(0xA0, &signed_data)].concat())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82, length[0], length[1]], content].concat()
}

#[test]
fn what_is_no_signed_message_is_refused() {
    let key = OpensslKey::generate();
    let message = cms::sign_attached(&key, CONTENT, TIME).unwrap();
    for (bytes, what) in [
        (b"content".to_vec(), "text"),
        (Vec::new(), "nothing"),
        (message[..message.len() - 1].to_vec(), "a cut message"),
        ([&message[..], b"x"].concat(), "bytes behind"),
        (CERTIFICATES_ONLY.to_vec(), "certificates only"),
    ] {
        assert!(SignedMessage::read(bytes.into()).is_err(), "{what}");
    }
}

/// SignedData with no SignerInfo, as `openssl crl2pkcs7 -nocrl` makes of no certificate.
const CERTIFICATES_ONLY: &[u8] = &[
    0x30, 0x23, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02, 0xA0, 0x16, 0x30,
    0x14, 0x02, 0x01, 0x01, 0x31, 0x00, 0x30, 0x0B, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D,
    0x01, 0x07, 0x01, 0x31, 0x00,
];
