//! The texts that portals get, letter for letter.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pki::Signer;
use signing::cms;
use signing::xml::{self, Document, Layout};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";

#[test]
fn common_utils_layout_is_the_recorded_one() {
    for (name, key) in keys::gost()
        .into_iter()
        .filter(|(name, _)| *name == "gost512")
    {
        let document = Document::parse("<tag>data</tag>").unwrap();
        let signed = xml::sign_enveloped(&key, &document, Layout::LineBreaks).unwrap();
        let digest = STANDARD.encode(
            key.certificate()
                .algorithm()
                .digest()
                .digest(b"<tag>data</tag>"),
        );
        let urn = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:";
        let start = format!(
            "{HEAD}<tag>data<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n\
             <ds:SignedInfo>\n\
             <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>\n\
             <ds:SignatureMethod Algorithm=\"{urn}gostr34102015-gostr34112015-512\"/>\n\
             <ds:Reference URI=\"\">\n\
             <ds:Transforms>\n\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\n\
             <ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\"/>\n\
             </ds:Transforms>\n\
             <ds:DigestMethod Algorithm=\"{urn}gostr34112015-512\"/>\n\
             <ds:DigestValue>{}\n{}</ds:DigestValue>\n\
             </ds:Reference>\n\
             </ds:SignedInfo>\n\
             <ds:SignatureValue>\n",
            &digest[..76],
            &digest[76..]
        );
        assert!(signed.starts_with(&start), "{name}: {signed}");
        let rest = &signed[start.len()..];
        let (value, rest) = rest.split_once("\n</ds:SignatureValue>\n").unwrap();
        assert_eq!(
            value.lines().map(str::len).collect::<Vec<_>>(),
            [76, 76, 20]
        );
        let rest = rest
            .strip_prefix("<ds:KeyInfo>\n<ds:X509Data>\n<ds:X509Certificate>\n")
            .unwrap();
        let end = "\n</ds:X509Certificate>\n</ds:X509Data>\n</ds:KeyInfo>\n</ds:Signature></tag>";
        let certificate = rest.strip_suffix(end).unwrap();
        assert!(
            certificate
                .lines()
                .rev()
                .skip(1)
                .all(|line| line.len() == 76)
        );
        assert_eq!(
            STANDARD.decode(certificate.replace('\n', "")).unwrap(),
            key.certificate().der()
        );
        assert!(!signed.contains('\r') && !signed.contains("&#13;"));
    }
}

#[test]
fn basics_layout_has_no_white_space_between_tags() {
    for (_, key) in keys::gost() {
        let document = Document::parse("<tag>data</tag>").unwrap();
        let signed = xml::sign_enveloped(&key, &document, Layout::Compact).unwrap();
        let signature =
            &signed[signed.find("<ds:Signature ").unwrap()..signed.find("</tag>").unwrap()];
        assert!(
            !signature.contains(['\n', '\r', '\t'])
                && !signature.contains("> ")
                && !signature.contains(" <")
        );
        assert!(signature.ends_with("</ds:Signature>"));
    }
}

#[test]
fn the_rest_of_the_document_comes_back_as_it_came() {
    let Some((_, key)) = keys::gost().pop() else {
        return;
    };
    for (text, before, after) in [
        ("<root></root>", "<root>", "</root>"),
        ("<root/>", "<root>", "</root>"),
        ("<p:r xmlns:p='u' />", "<p:r xmlns:p='u' >", "</p:r>"),
        (
            "<xml><login><iin></iin></login></xml>",
            "<xml><login><iin/></login>",
            "</xml>",
        ),
        (
            "<?xml version='1.0' encoding='UTF-16'?>\n<r a = 'q\"'><![CDATA[<&]]>&gt;&#x49A;</r >\n",
            "<r a = 'q\"'><![CDATA[<&]]>&gt;&#x49A;",
            "</r >",
        ),
        (
            "<!-- a --><r>1\r\n2</r><?b c?>",
            "<!-- a --><r>1\n2",
            "</r><?b c?>",
        ),
        (
            "<мәтін ң='Ү'>әғқңөұүһі</мәтін>",
            "<мәтін ң='Ү'>әғқңөұүһі",
            "</мәтін>",
        ),
    ] {
        let document = Document::parse(text).unwrap();
        let signed = xml::sign_enveloped(&key, &document, Layout::Compact).unwrap();
        let rest = signed
            .strip_prefix(HEAD)
            .and_then(|rest| rest.strip_prefix(before))
            .unwrap_or_else(|| panic!("{signed}"));
        assert!(
            rest.starts_with("<ds:Signature ")
                && rest.ends_with(&format!("</ds:Signature>{after}")),
            "{signed}"
        );
    }
}

#[test]
fn every_document_that_is_signable_reads_back_as_what_was_shown() {
    let Some(folder) = fixtures::folder("xml") else {
        return;
    };
    let Some((_, key)) = keys::gost().pop() else {
        return;
    };
    let mut signed = 0;
    for part in ["stress", "challenges"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "xml") {
                continue;
            }
            let Ok(document) = Document::from_bytes(&std::fs::read(&path).unwrap()) else {
                continue;
            };
            for layout in [Layout::LineBreaks, Layout::Compact] {
                let text = xml::sign_enveloped(&key, &document, layout).unwrap();
                let reports = xml::verify(text.as_bytes()).unwrap();
                // The last signature is ours, whatever the document had before.
                assert!(
                    reports[0].holds() && reports[0].covers_whole_document(),
                    "{}",
                    path.display()
                );
                assert_eq!(
                    reports[0].references[0].canonical,
                    document.canonical(),
                    "{}",
                    path.display()
                );
            }
            signed += 1;
        }
    }
    assert_eq!(signed, 40);
}

#[test]
fn a_cms_has_the_bytes_of_the_java_profile() {
    let Some(folder) = fixtures::folder("fixtures/own") else {
        return;
    };
    for (name, key) in keys::gost() {
        // Made by the independent maker from the same key at the same second: all but the random signature is equal.
        for (kind, extra) in [("attached", true), ("detached", false)] {
            let expected = std::fs::read(folder.join(format!("{name}.{kind}.cms"))).unwrap();
            let content = std::fs::read(folder.join(format!("{name}.data.bin"))).unwrap();
            let time = cms::verify(&expected, Some(&content)).unwrap().signers[0]
                .signing_time
                .unwrap();
            let ours = if extra {
                cms::sign_attached(&key, &content, time).unwrap()
            } else {
                cms::sign_detached(&key, &content, time).unwrap()
            };
            let length = key.certificate().public_key().signature_len();
            assert_eq!(ours.len(), expected.len(), "{name} {kind}");
            assert_eq!(
                ours[..ours.len() - length],
                expected[..expected.len() - length],
                "{name} {kind}"
            );
        }
    }
}

#[test]
fn pem_is_that_of_the_basics_module() {
    let pem = cms::to_pem(&[0x30; 100]);
    assert_eq!(
        pem.lines().map(str::len).collect::<Vec<_>>(),
        [19, 64, 64, 8, 17]
    );
    assert!(pem.starts_with("-----BEGIN CMS-----\n") && pem.ends_with("-----END CMS-----\n"));
    assert_eq!(
        *cms::from_text(pem.replace('\n', "\r\n").as_bytes()).unwrap(),
        [0x30; 100]
    );
}
