//! Portals parse a signed document and write it again before they verify it. It must still verify: in xmlsec1 with RSA, in
//! the Python verifier with GOST.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;
#[path = "support/openssl_key.rs"]
mod openssl_key;

use openssl_key::OpensslKey;
use pki::Signer;
use signing::xml::{self, Document, IdAttribute, Layout, sign_element, sign_enveloped};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Documents without white space between tags: what egov.kz and others ask to have signed.
const DOCUMENTS: [&str; 4] = [
    "<login><timeTicket>1763751600000</timeTicket><sessionid>7f1c2d</sessionid></login>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns='urn:a' xmlns:q='urn:q' q:z=\"1\" b='&#9;&lt;\"'>құжат &amp; \u{1F600}<q:b></q:b><c/></a>",
    "<a><![CDATA[<x> & ]]>текст\r\nвторая строка<b> в пробелах </b></a>",
    "<a Id='r'><part Id='p'><x>1</x></part><q/></a>",
];

/// A change, and what it is called.
type Change = (&'static str, fn(&str) -> String);

/// What is done to the text of a signed document.
const TEXTUAL: [Change; 3] = [
    ("CR LF", |text| text.replace('\n', "\r\n")),
    ("no declaration", |text| {
        text.split_once("?>").unwrap().1.to_owned()
    }),
    ("spaces in tags", |text| text.replace("/>", " />")),
];

struct Signed {
    name: String,
    text: String,
    compact: bool,
}

/// Every document in both layouts, and its part by reference.
fn signed(key: &dyn Signer) -> Vec<Signed> {
    let mut all = Vec::new();
    for (number, document) in DOCUMENTS.iter().enumerate() {
        for layout in [Layout::LineBreaks, Layout::Compact] {
            let document = Document::parse(document).unwrap();
            let compact = layout == Layout::Compact;
            all.push(Signed {
                name: format!("{number}-{compact}.xml"),
                text: sign_enveloped(key, &document, layout).unwrap(),
                compact,
            });
            if let Ok(part) = document.select(
                &"/a/part".parse().unwrap(),
                &"/a".parse().unwrap(),
                IdAttribute::Id,
            ) {
                all.push(Signed {
                    name: format!("{number}-{compact}-part.xml"),
                    text: sign_element(key, &part, layout).unwrap(),
                    compact,
                });
            }
        }
    }
    all
}

/// Writes all forms of the documents and gives the names of those that must verify.
fn forms(folder: &Path, documents: &[Signed]) -> Vec<String> {
    let mut names = Vec::new();
    for document in documents {
        fs::write(folder.join(&document.name), &document.text).unwrap();
        for (what, change) in TEXTUAL {
            let name = format!("{}.{what}.xml", document.name);
            fs::write(folder.join(&name), change(&document.text)).unwrap();
            names.push(name);
        }
    }
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/Reserialise.java");
    let java = Command::new("java")
        .arg(program)
        .args(documents.iter().map(|document| &document.name))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        java.status.success(),
        "{}",
        String::from_utf8_lossy(&java.stderr)
    );
    for document in documents {
        names.push(format!("{}.java.xml", document.name));
        names.push(format!("{}.bare.xml", document.name));
        // White space between the tags of SignedInfo is signed: only a signature without any survives this.
        if document.compact {
            names.push(format!("{}.blanks.xml", document.name));
        }
    }
    names
}

#[test]
fn rsa_signatures_survive_for_xmlsec() {
    let key = OpensslKey::generate();
    let pem = key.certificate().to_pem();
    fs::write(key.folder().join("certificate.pem"), pem).unwrap();
    for name in forms(key.folder(), &signed(&key)) {
        let output = Command::new("xmlsec1")
            .args(["--verify", "--enabled-key-data", "x509,key-name"])
            .args([
                "--pubkey-cert-pem",
                "certificate.pem",
                "--id-attr:Id",
                "part",
            ])
            .arg(&name)
            .current_dir(key.folder())
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&told)
        );
        let text = fs::read(key.folder().join(&name)).unwrap();
        assert!(xml::verify(&text).unwrap()[0].holds(), "{name}");
    }
}

#[test]
fn gost_signatures_survive_for_the_python_verifier() {
    let Some(oracle) = fixtures::folder("oracle") else {
        return;
    };
    for (family, key) in keys::gost() {
        let folder = tempfile::tempdir().unwrap();
        // One interpreter for all files: each start of it takes a second.
        let program = "import sys, kz_verify\n\
            for name in sys.argv[1:]:\n    \
            report = kz_verify.verify_xml(open(name, 'rb').read(), None, None)\n    \
            assert report['ok'], (name, report)\n";
        let output = Command::new("python3")
            .args(["-B", "-c", program])
            .args(forms(folder.path(), &signed(&key)))
            .env("PYTHONPATH", &oracle)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        assert!(
            output.status.success(),
            "{family}: {}",
            String::from_utf8_lossy(&told)
        );
    }
}
