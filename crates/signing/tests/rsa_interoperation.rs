//! RSA signatures against OpenSSL and xmlsec1, both ways.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/openssl_key.rs"]
mod openssl_key;

use openssl_key::OpensslKey;
use pki::Signer;
use signing::xml::{Document, Layout};
use signing::{Digested, cms, raw, xml};
use std::fs;
use std::process::{Command, Output};

const TIME: i64 = 1_795_000_000;

#[test]
fn openssl_verifies_attached_detached_and_hash_only() {
    let key = OpensslKey::generate();
    let content = "мазмұны\r\nвторая строка".as_bytes();
    fs::write(key.folder().join("content"), content).unwrap();
    fs::write(
        key.folder().join("certificate.pem"),
        key.certificate().to_pem(),
    )
    .unwrap();
    let digest = key.certificate().algorithm().digest().digest(content);
    let digested = Digested::new(content.into());
    for (message, is_detached) in [
        (cms::sign_attached(&key, content, TIME).unwrap(), false),
        (cms::sign_detached(&key, content, TIME).unwrap(), true),
        (cms::sign_digest(&key, &digest, TIME).unwrap(), true),
        (
            cms::sign_attached_digested(&key, &digested, TIME)
                .unwrap()
                .into_vec(),
            false,
        ),
        (
            cms::sign_detached_digested(&key, &digested, TIME).unwrap(),
            true,
        ),
    ] {
        fs::write(key.folder().join("message.der"), &message).unwrap();
        let mut verify = vec![
            "cms",
            "-verify",
            "-binary",
            "-cades",
            "-CAfile",
            "certificate.pem",
            "-purpose",
            "any",
        ];
        verify.extend(["-inform", "DER", "-in", "message.der"]);
        if is_detached {
            verify.extend(["-content", "content"]);
        }
        let output = run(&key, "openssl", &verify);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.stdout, content);
    }
}

/// RSA signatures are the same each time, so the two ways can be compared byte for byte.
#[test]
fn a_digest_made_before_leads_to_the_same_signature() {
    let key = OpensslKey::generate();
    let content = b"%PDF-1.7 content".as_slice();
    let digested = Digested::new(content.into());
    assert_eq!(
        cms::sign_attached_digested(&key, &digested, TIME).map(cms::Message::into_vec),
        cms::sign_attached(&key, content, TIME)
    );
    assert_eq!(
        cms::sign_detached_digested(&key, &digested, TIME),
        cms::sign_detached(&key, content, TIME)
    );
    assert_eq!(
        raw::sign_digested(&key, &digested),
        raw::sign(&key, content)
    );
}

#[test]
fn what_openssl_signs_is_read_in_der_and_in_ber() {
    let key = OpensslKey::generate();
    let content = vec![b'x'; 10_000];
    fs::write(key.folder().join("content"), &content).unwrap();
    let sign = [
        "cms",
        "-sign",
        "-binary",
        "-in",
        "content",
        "-signer",
        "certificate.pem",
        "-inkey",
        "key.pem",
    ];
    fs::write(
        key.folder().join("certificate.pem"),
        key.certificate().to_pem(),
    )
    .unwrap();
    for options in [
        &["-outform", "DER", "-nodetach", "-out", "message"][..],
        &[
            "-outform",
            "DER",
            "-nodetach",
            "-stream",
            "-indef",
            "-out",
            "message",
        ],
        &[
            "-outform",
            "DER",
            "-nodetach",
            "-cades",
            "-keyid",
            "-out",
            "message",
        ],
        &["-outform", "DER", "-nodetach", "-noattr", "-out", "message"],
        &["-outform", "DER", "-out", "message"],
        &[
            "-outform",
            "PEM",
            "-nodetach",
            "-md",
            "sha1",
            "-out",
            "message",
        ],
    ] {
        let output = run(&key, "openssl", &[&sign[..], options].concat());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let bytes = fs::read(key.folder().join("message")).unwrap();
        let message = cms::from_text(&bytes).unwrap();
        let is_detached = !options.contains(&"-nodetach");
        let report = cms::verify(&message, is_detached.then_some(&content[..])).unwrap();
        assert!(report.holds(), "{options:?}: {:?}", report.signers);
        assert_eq!(
            report.content.as_deref(),
            (!is_detached).then_some(&content[..])
        );
        assert_eq!(
            report.signers[0].names_certificate,
            options.contains(&"-cades")
        );
        if options.contains(&"-indef") {
            assert_eq!(
                message[1], 0x80,
                "openssl wrote definite lengths, nothing was proven"
            );
        }
    }
}

#[test]
fn xmlsec1_verifies_both_layouts() {
    let key = OpensslKey::generate();
    for text in [
        "<login><timeTicket>1</timeTicket><sessionid>2</sessionid></login>",
        "<?xml version='1.0'?>\r\n<!-- c --><r xmlns='urn:d' xmlns:p='urn:p' xml:lang='kk'><!-- c --><p:a b='&#13;&#9;'>&#13;</p:a>\r\n\
         <e></e><![CDATA[<&>]]></r><?after x?>",
        "<ds:x xmlns:ds='urn:other'/>",
    ] {
        for layout in [Layout::LineBreaks, Layout::Compact] {
            let signed =
                xml::sign_enveloped(&key, &Document::parse(text).unwrap(), layout).unwrap();
            // Signed twice: each must hold in its turn for xmlsec1, which knows nothing of later signatures, so the last is asked.
            let twice =
                xml::sign_enveloped(&key, &Document::parse(&signed).unwrap(), layout).unwrap();
            for (text, node) in [(&signed, "1"), (&twice, "2")] {
                fs::write(key.folder().join("signed.xml"), text).unwrap();
                let select = format!("(//*[local-name()='Signature'])[{node}]");
                let verify = [
                    "--verify",
                    "--insecure",
                    "--enabled-key-data",
                    "x509",
                    "--node-xpath",
                    &select,
                    "signed.xml",
                ];
                let output = run(&key, "xmlsec1", &verify);
                assert!(
                    output.status.success(),
                    "{}\n{text}",
                    String::from_utf8_lossy(&output.stderr)
                );
            }
            assert!(
                xml::verify(twice.as_bytes())
                    .unwrap()
                    .iter()
                    .all(xml::XmlSignatureReport::holds)
            );
        }
    }
}

fn run(key: &OpensslKey, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(key.folder())
        .output()
        .unwrap()
}
