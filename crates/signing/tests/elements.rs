//! Elements signed by reference to their `Id`, against xmlsec1 and the Python verifier.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;
#[path = "support/openssl_key.rs"]
mod openssl_key;

use openssl_key::OpensslKey;
use pki::Signer;
use signing::Error;
use signing::xml::{
    self, Covered, Document, ElementPath, IdAttribute, Layout, SelectedElement, sign_element,
    sign_enveloped,
};
use std::fs;
use std::path::Path;
use std::process::Command;

const XML: &str = "<?xml version='1.0'?>\n<d:root xmlns:d='urn:d' xmlns='urn:e' xml:lang='kk' z='1'>\n <part Id='p1' b='2' a=\"1\"><!-- note --><x></x>құжат &amp; <y q='\"'/></part>\n <part Id='p2'/>\n <signatures/></d:root>";

fn path(text: &str) -> ElementPath {
    text.parse().unwrap()
}

fn select(xml: &str, element: &str, parent: &str) -> Result<SelectedElement, Error> {
    Document::parse(xml)
        .unwrap()
        .select(&path(element), &path(parent), IdAttribute::Id)
}

fn xmlsec(key: &OpensslKey, file: &str, more: &[&str]) -> (bool, String) {
    fs::write(
        key.folder().join("certificate.pem"),
        key.certificate().to_pem(),
    )
    .unwrap();
    let output = Command::new("xmlsec1")
        .args([
            "--verify",
            "--enabled-key-data",
            "x509,key-name",
            "--pubkey-cert-pem",
            "certificate.pem",
        ])
        .args(more)
        .arg(file)
        .current_dir(key.folder())
        .output()
        .unwrap();
    let told = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&told).into_owned(),
    )
}

fn oracle(xml: &str) {
    let Some(oracle) = fixtures::folder("oracle") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("signed.xml"), xml).unwrap();
    let output = Command::new("python3")
        .arg(oracle.join("kz_verify.py"))
        .args(["xml", "signed.xml"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}\n{xml}",
        String::from_utf8_lossy(&told)
    );
}

#[test]
fn xmlsec_verifies_an_element_by_its_id() {
    let key = OpensslKey::generate();
    for layout in [Layout::LineBreaks, Layout::Compact] {
        for (element, parent) in [
            ("/d:root/part[1]", "/d:root"),
            ("/d:root/part[2]", "/d:root/signatures"),
            ("//*[@Id='p1']", "/d:root/part[@Id='p2']"),
        ] {
            let selected = select(XML, element, parent).unwrap();
            let signed = sign_element(&key, &selected, layout).unwrap();
            fs::write(key.folder().join("signed.xml"), &signed).unwrap();

            let (holds, told) = xmlsec(&key, "signed.xml", &["--id-attr:Id", "urn:e:part"]);
            assert!(holds, "{element} {parent}: {told}\n{signed}");
            let report = &xml::verify(signed.as_bytes()).unwrap()[0];
            assert!(report.holds());
            let Some(Covered::Element { path }) = &report.references[0].covers else {
                panic!("{report:?}")
            };
            assert!(path.starts_with("/d:root/part"), "{path}");
            assert_eq!(report.references[0].canonical, selected.canonical());

            let tampered = signed
                .replace("құжат", "басқа")
                .replace("Id='p2'/", "Id='p2' n='1'/");
            if tampered != signed {
                fs::write(key.folder().join("signed.xml"), &tampered).unwrap();
                let ours = xml::verify(tampered.as_bytes()).unwrap()[0].holds();
                let theirs = xmlsec(&key, "signed.xml", &["--id-attr:Id", "urn:e:part"]).0;
                assert_eq!(ours, theirs, "{tampered}");
            }
        }
    }
}

#[test]
fn the_python_verifier_accepts_elements_signed_with_gost() {
    for (name, key) in keys::gost() {
        for layout in [Layout::LineBreaks, Layout::Compact] {
            // No xml:* attribute around: lxml leaves it out, xmlsec1 (above) does not.
            let xml = XML.replace(" xml:lang='kk'", "");
            let selected = select(&xml, "/d:root/part[1]", "/d:root").unwrap();
            let signed = sign_element(&key, &selected, layout).unwrap();
            oracle(&signed);
            assert!(xml::verify(signed.as_bytes()).unwrap()[0].holds(), "{name}");
        }
    }
}

/// The old applet's page named the element, the attribute and the parent.
#[test]
fn xmlsec_verifies_an_element_by_other_identifiers() {
    let key = OpensslKey::generate();
    for name in ["Id", "ID", "id"] {
        let xml = XML.replace("Id='p1'", &format!("{name}='p1'"));
        let document = Document::parse(&xml).unwrap();
        let (element, parent) = ("part", "d:root");
        let [element, parent] = [element, parent].map(|it| ElementPath::first_named(it).unwrap());
        let attribute = IdAttribute::named(name).unwrap();
        let selected = document
            .clone()
            .select(&element, &parent, attribute)
            .unwrap();
        let signed = sign_element(&key, &selected, Layout::LineBreaks).unwrap();
        assert!(xml::verify(signed.as_bytes()).unwrap()[0].holds());
        fs::write(key.folder().join("signed.xml"), &signed).unwrap();
        let attribute = format!("--id-attr:{name}");
        let (holds, told) = xmlsec(&key, "signed.xml", &[&attribute, "urn:e:part"]);
        assert!(holds, "{told}\n{signed}");
        let tampered = signed.replace("құжат", "басқа");
        fs::write(key.folder().join("signed.xml"), &tampered).unwrap();
        assert!(!xmlsec(&key, "signed.xml", &[&attribute, "urn:e:part"]).0);
        // Another name of the three is another attribute.
        let other = IdAttribute::named(if name == "id" { "ID" } else { "id" }).unwrap();
        let refused = document.select(&element, &parent, other).unwrap_err();
        assert_eq!(refused, Error::NoId);
    }
    assert_eq!(IdAttribute::named("xml:id"), None);
}

/// What Kalkan made of the same paths: all but the values and line ends within base64 is alike.
#[test]
fn the_shape_is_kalkans() {
    let Some(folder) = fixtures::folder("fixtures/ncalayer-rs") else {
        return;
    };
    let Some(recorded) = find(&folder, "test_gost512.xml_xpath.xml") else {
        panic!("the recorded document is missing")
    };
    let recorded = fs::read_to_string(recorded).unwrap();
    let selected = select(
        r#"<root><a Id="part"><x>1</x></a><b/></root>"#,
        "/root/a[1]",
        "/root",
    )
    .unwrap();
    let gost = keys::gost();
    let (_, key) = gost.iter().find(|(name, _)| *name == "gost512").unwrap();
    let ours = sign_element(key, &selected, Layout::LineBreaks).unwrap();
    let declaration = r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#;
    assert_eq!(
        without_values(ours.strip_prefix(declaration).unwrap()),
        without_values(&recorded)
    );
    // The digest is over the same bytes, so even that value is alike.
    let digest = |text: &str| {
        let value = text.split("<ds:DigestValue>").nth(1).unwrap();
        let value = value.split("</ds:DigestValue>").next().unwrap();
        value.replace("&#13;", "").replace('\n', "")
    };
    assert_eq!(digest(&ours), digest(&recorded));
    assert!(xml::verify(recorded.as_bytes()).unwrap()[0].holds());
}

fn find(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            find(&path, name)
        } else {
            (path.file_name()? == name).then_some(path)
        }
    })
}

/// The markup alone: base64 values dropped.
fn without_values(text: &str) -> String {
    let mut output = String::new();
    let mut rest = text;
    for tag in ["DigestValue", "SignatureValue", "X509Certificate"] {
        let (before, after) = rest.split_once(&format!("<ds:{tag}>")).unwrap();
        output.push_str(before);
        output.push_str(tag);
        let value = after.split("</ds:").next().unwrap();
        // Line ends around the value count, those within it do not.
        output.push_str(if value.starts_with('\n') { "\n" } else { "" });
        output.push_str(if value.ends_with('\n') { "\n" } else { "" });
        rest = after.get(value.len()..).unwrap();
    }
    output + rest
}

#[test]
fn an_element_that_cannot_be_signed_is_refused() {
    let refusal =
        |xml: &str, element: &str, parent: &str| select(xml, element, parent).unwrap_err();
    assert_eq!(refusal("<r/>", "/q", "/r"), Error::NoSuchElement);
    assert_eq!(
        refusal("<r><a Id='1'/></r>", "/r/a", "/r/b"),
        Error::NoSuchElement
    );
    assert_eq!(refusal("<r><a/></r>", "/r/a", "/r"), Error::NoId);
    assert_eq!(refusal("<r><a id='x'/></r>", "/r/a", "/r"), Error::NoId);
    assert_eq!(refusal("<r><a Id=''/></r>", "/r/a", "/r"), Error::NoId);
    assert_eq!(
        refusal("<r><a Id='x&quot; y'/></r>", "/r/a", "/r"),
        Error::NoId
    );
    assert_eq!(
        refusal("<r><a Id='xpointer(/)'/></r>", "/r/a", "/r"),
        Error::NoId
    );
    assert_eq!(
        refusal("<r><a Id='x'/><b Id='x'/></r>", "/r/a", "/r"),
        Error::DuplicateId
    );
    assert_eq!(
        refusal("<r><a Id='x'><b/></a></r>", "/r/a", "/r/a/b"),
        Error::SignatureInside
    );
    assert_eq!(refusal("<r Id='x'/>", "/r", "/r"), Error::SignatureInside);
}

#[test]
fn the_signature_goes_into_every_kind_of_element() {
    let key = OpensslKey::generate();
    for xml in [
        "<r><a Id='x'/><s/></r>",
        "<r><a Id='x'/><s></s></r>",
        "<r><a Id='x'/><s >\n</s ></r>",
        "<r><a Id='x'/><s><t/><u></u></s><v/></r>",
        "<r><s n='&gt;/>'>]]&gt;<!-- </s> --></s><a Id='x'></a></r>",
        "<?p?><r><s/><a Id='x'><s/></a></r><!-- e -->",
        "<r><s><a Id='x'/></s></r>",
    ] {
        let selected = select(xml, "//a", "/r/s").unwrap();
        let signed = sign_element(&key, &selected, Layout::Compact).unwrap();
        let report = &xml::verify(signed.as_bytes()).unwrap()[0];
        assert!(report.holds() && report.parent == "/r/s", "{signed}");
        fs::write(key.folder().join("signed.xml"), &signed).unwrap();
        let (holds, told) = xmlsec(&key, "signed.xml", &["--id-attr:Id", "a"]);
        assert!(holds, "{told}\n{signed}");
    }
}

#[test]
fn a_second_signature_leaves_the_first_as_it_was() {
    let key = OpensslKey::generate();
    let first = sign_element(
        &key,
        &select(XML, "//*[@Id='p1']", "/d:root").unwrap(),
        Layout::LineBreaks,
    )
    .unwrap();
    let second = sign_element(
        &key,
        &select(&first, "//*[@Id='p2']", "/d:root").unwrap(),
        Layout::LineBreaks,
    )
    .unwrap();
    let third = sign_enveloped(&key, &Document::parse(&second).unwrap(), Layout::Compact).unwrap();
    for (text, count) in [(&first, 1), (&second, 2), (&third, 3)] {
        let reports = xml::verify(text.as_bytes()).unwrap();
        assert_eq!(reports.len(), count);
        assert!(reports.iter().all(xml::XmlSignatureReport::holds), "{text}");
    }
    // Byte for byte what they were.
    let signature = |text: &str| {
        let start = text.find("<ds:Signature ").unwrap();
        let end = text.find("</ds:Signature>").unwrap();
        text[start..end].to_owned()
    };
    assert!(second.contains(&signature(&first)) && third.contains(&signature(&first)));
    // xmlsec1 looks at the signature that it is told to; both by Id hold beside each other, and under the enveloped one.
    for text in [&second, &third] {
        fs::write(key.folder().join("signed.xml"), text).unwrap();
        for position in 1..=2 {
            let node = format!("/*/*[local-name()='Signature'][{position}]");
            let (holds, told) = xmlsec(
                &key,
                "signed.xml",
                &["--id-attr:Id", "urn:e:part", "--node-xpath", &node],
            );
            assert!(holds, "{position}: {told}");
        }
    }
    let (holds, told) = xmlsec(
        &key,
        "signed.xml",
        &["--node-xpath", "/*/*[local-name()='Signature'][3]"],
    );
    assert!(holds, "{told}");
}

#[test]
fn two_signatures_over_the_whole_document_hold_last_first() {
    let key = OpensslKey::generate();
    let once = sign_enveloped(&key, &Document::parse(XML).unwrap(), Layout::Compact).unwrap();
    let twice = sign_enveloped(&key, &Document::parse(&once).unwrap(), Layout::LineBreaks).unwrap();
    let reports = xml::verify(twice.as_bytes()).unwrap();
    assert!(reports.len() == 2 && reports.iter().all(xml::XmlSignatureReport::holds));
    assert_eq!(reports[1].references[0].later_signatures_set_aside, 1);
    fs::write(key.folder().join("twice.xml"), &twice).unwrap();
    let last = "/*/*[local-name()='Signature'][2]";
    let (holds, told) = xmlsec(&key, "twice.xml", &["--node-xpath", last]);
    assert!(holds, "{told}");
    // The earlier one holds for xmlsec1, too, when the later is taken off again.
    let start = twice.rfind("<ds:Signature ").unwrap();
    let end = twice.rfind("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let without = format!("{}{}", &twice[..start], &twice[end..]);
    fs::write(key.folder().join("once.xml"), without).unwrap();
    let (holds, told) = xmlsec(&key, "once.xml", &[]);
    assert!(holds, "{told}");
    for (_, key) in keys::gost() {
        let xml = XML.replace(" xml:lang='kk'", "");
        let once = sign_enveloped(&key, &Document::parse(&xml).unwrap(), Layout::Compact).unwrap();
        let twice =
            sign_enveloped(&key, &Document::parse(&once).unwrap(), Layout::LineBreaks).unwrap();
        let reports = xml::verify(twice.as_bytes()).unwrap();
        assert!(reports.iter().all(xml::XmlSignatureReport::holds));
    }
}
