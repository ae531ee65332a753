//! Canonical XML against expected bytes made by lxml and the JDK.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "support/fixtures.rs"]
mod fixtures;

use signing::Error;
use signing::xml::{Canonicalization, Document, Fault};
use std::fs;

#[test]
fn every_document_of_the_manifest_canonicalises_to_its_bytes_or_is_refused() {
    let Some(folder) = fixtures::folder("xml") else {
        return;
    };
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let mut signed = 0;
    for entry in manifest.as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let bytes = fs::read(folder.join(file)).unwrap();
        let parsed = match file {
            // As it arrives in a JSON string: decoded, with a declaration that lies.
            "stress/utf-16-decl-in-string.xml" => {
                Document::parse(std::str::from_utf8(&bytes).unwrap())
            }
            _ => Document::from_bytes(&bytes),
        };
        let expect = entry["expect"].as_str().unwrap();
        if expect.starts_with("refuse") {
            let Err(Error::Xml(error)) = parsed else {
                panic!("{file}: {parsed:?}")
            };
            assert_eq!(
                *error.fault() == Fault::Doctype,
                expect.contains("DOCTYPE"),
                "{file}: {error}"
            );
            continue;
        }
        let document = parsed.unwrap_or_else(|error| panic!("{file}: {error}"));
        let expected =
            |extension: &str| fs::read(folder.join(file).with_extension(extension)).unwrap();
        assert_eq!(document.canonical(), expected("c14n"), "{file}");
        let with_comments = Canonicalization {
            with_comments: true,
            ..Canonicalization::INCLUSIVE
        };
        assert_eq!(
            document.canonicalize(&with_comments).unwrap(),
            expected("c14n-comments"),
            "{file}"
        );
        signed += 1;
    }
    assert_eq!(signed, 41);
}

#[test]
fn a_lying_declaration_in_a_string_is_ignored() {
    let Some(folder) = fixtures::folder("xml/stress") else {
        return;
    };
    let bytes = fs::read(folder.join("windows-1251.xml")).unwrap();
    let (text, _, _) = encoding_rs::WINDOWS_1251.decode(&bytes);
    let document = Document::parse(&text).unwrap();
    assert_eq!(
        document.canonical(),
        fs::read(folder.join("windows-1251.c14n")).unwrap()
    );
}

#[test]
fn a_subtree_inherits_namespaces_and_xml_attributes() {
    let Some(folder) = fixtures::folder("xml/stress") else {
        return;
    };
    let document =
        Document::from_bytes(&fs::read(folder.join("subtree-ns-context.xml")).unwrap()).unwrap();
    let form = Canonicalization {
        with_comments: true,
        ..Canonicalization::INCLUSIVE
    };
    let expected = fs::read(folder.join("subtree-ns-context.d1.c14n-comments")).unwrap();
    assert_eq!(document.canonicalize_by_id("d1", &form).unwrap(), expected);
}

#[test]
fn the_default_namespace_in_a_prefix_list_is_treated_as_the_jdk_treats_it() {
    // libxml2 leaves xmlns="" out here.
    let form = Canonicalization {
        inclusive_prefixes: vec![String::new(), "p".into()],
        ..Canonicalization::EXCLUSIVE
    };
    for (text, expected) in [
        (
            "<r xmlns:p='urn:p' xmlns:q='urn:q' xmlns='urn:d'><q:b xmlns=''/></r>",
            "<r xmlns=\"urn:d\" xmlns:p=\"urn:p\"><q:b xmlns=\"\" xmlns:q=\"urn:q\"></q:b></r>",
        ),
        (
            "<q:r xmlns:q='urn:q' xmlns='urn:d'><q:b xmlns=''/></q:r>",
            "<q:r xmlns=\"urn:d\" xmlns:q=\"urn:q\"><q:b xmlns=\"\"></q:b></q:r>",
        ),
    ] {
        let canonical = Document::parse(text).unwrap().canonicalize(&form).unwrap();
        assert_eq!(String::from_utf8(canonical).unwrap(), expected);
    }
}

#[test]
fn files_are_decoded_by_mark_or_by_declaration() {
    let text = "<?xml version='1.0' encoding='UTF-16'?><a>әлем</a>";
    let sixteen =
        |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    for bytes in [
        sixteen(u16::to_le_bytes),
        sixteen(u16::to_be_bytes),
        marked(&[0xFF, 0xFE], sixteen(u16::to_le_bytes)),
        marked(&[0xFE, 0xFF], sixteen(u16::to_be_bytes)),
        marked(&[0xEF, 0xBB, 0xBF], "<a>әлем</a>".into()),
        "<a>әлем</a>".into(),
    ] {
        assert_eq!(
            Document::from_bytes(&bytes).unwrap().canonical(),
            "<a>әлем</a>".as_bytes()
        );
    }
    for bytes in [
        &b"<a>\xFF</a>"[..],
        b"<?xml version='1.0' encoding='EBCDIC-CP-BE'?><a/>",
        text.as_bytes(),
    ] {
        assert!(matches!(
            Document::from_bytes(bytes),
            Err(Error::Encoding(_))
        ));
    }
}

#[test]
fn only_a_declaration_names_the_encoding() {
    let of = |bytes: &[u8]| Document::from_bytes(bytes).unwrap().canonical().to_vec();
    let declared = b"<?xml version='1.0' encoding='windows-1251'?><a>\xe0</a>";
    assert_eq!(of(declared), "<a>а</a>".as_bytes());
    for target in ["xml-stylesheet", "xmlщ"] {
        let xml = format!("<?{target} encoding='windows-1251'?>\n<a>құжат</a>");
        assert_eq!(of(xml.as_bytes()), xml.as_bytes());
        assert_eq!(of(&of(xml.as_bytes())), xml.as_bytes());
    }
}
