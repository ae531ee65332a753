//! Everything that others signed and that lies beside the repository.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "support/fixtures.rs"]
mod fixtures;

use pki::Certificate;
use signing::cms::{self, Problem};
use signing::raw;
use signing::xml::{self, Covered, XmlProblem};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_cms_holds_as_the_independent_verifier_says() {
    let Some(folder) = fixtures::folder("fixtures") else {
        return;
    };
    let mut verified = 0;
    for path in files(&folder)
        .into_iter()
        .filter(|path| !path.starts_with(folder.join("russian")))
    {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let is_cms = path.extension().is_some_and(|extension| extension == "cms")
            || name.starts_with("skarm/cms/");
        if !is_cms || !(name.ends_with(".cms") || name.ends_with(".der")) {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let message = cms::from_text(&bytes).unwrap();
        let report = cms::verify(&message, detached_content(&path).as_deref()).unwrap();
        assert!(report.holds(), "{name}: {:?}", report.signers);
        assert_eq!(report.signers.len(), 1, "{name}");
        let stamped = name.starts_with("skarm/cms/") && !name.ends_with("_tst.der");
        assert_eq!(
            report.signers[0].time_stamps.len(),
            usize::from(stamped),
            "{name}"
        );
        verified += 1;
    }
    assert_eq!(verified, 21);
}

#[test]
fn a_detached_cms_without_its_content_says_so() {
    let Some(folder) = fixtures::folder("fixtures/skarm/examples") else {
        return;
    };
    let bytes = fs::read(folder.join("CMS_for_double_sign.txt")).unwrap();
    let message = cms::from_text(&bytes).unwrap();
    let report = cms::verify(&message, None).unwrap();
    assert_eq!(report.signers[0].problems, [Problem::NoContent]);
    // The digest that is signed is known, though: with it the signature holds.
    let digest = report.signers[0].message_digest.clone().unwrap();
    assert!(cms::verify_digest(&message, &digest).unwrap().holds());
}

#[test]
fn every_xml_signature_holds_as_the_independent_verifier_says() {
    let Some(folder) = fixtures::folder("fixtures") else {
        return;
    };
    let mut verified = 0;
    for path in files(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "xml"))
    {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        if name.starts_with("skarm/") {
            continue;
        }
        let reports = xml::verify(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(reports.len(), 1, "{name}");
        let report = &reports[0];
        assert!(
            report.holds(),
            "{name}: {:?} {:?}",
            report.problems,
            report.references
        );
        let by_id = name.contains("byid") || name.contains("xpath");
        assert_eq!(report.covers_whole_document(), !by_id, "{name}");
        if by_id {
            let Some(Covered::Element { path }) = &report.references[0].covers else {
                panic!("{name}")
            };
            assert!(path.starts_with('/'), "{path}");
        }
        verified += 1;
    }
    assert_eq!(verified, 17);
}

#[test]
fn an_unsigned_sample_is_told_apart_from_a_broken_one() {
    let Some(folder) = fixtures::folder("fixtures/skarm/examples") else {
        return;
    };
    assert!(
        xml::verify(&fs::read(folder.join("test_xml.xml")).unwrap())
            .unwrap()
            .is_empty()
    );
    // IBM's WS-Security sample: its body was changed after it was signed, its certificate is elsewhere.
    let reports = xml::verify(&fs::read(folder.join("test_wsse.xml")).unwrap()).unwrap();
    assert!(!reports[0].holds());
    assert_eq!(
        reports[0].references[0].problem,
        Some(XmlProblem::DigestMismatch)
    );
}

#[test]
fn raw_signatures_of_kalkan_and_of_the_independent_maker_hold() {
    let Some(folder) = fixtures::folder("fixtures/own") else {
        return;
    };
    for name in ["gost512", "gost256", "gost2004"] {
        let read = |extension: &str| fs::read(folder.join(format!("{name}.{extension}"))).unwrap();
        let certificate = Certificate::from_der(&read("cer")).unwrap();
        raw::verify(&certificate, &read("data.bin"), &read("raw.sig")).unwrap();
    }
}

/// The content of a detached sample, where the collection holds it.
fn detached_content(path: &Path) -> Option<Vec<u8>> {
    let name = path.file_name()?.to_str()?;
    let content = if name.contains("detached") && path.ends_with(format!("own/{name}")) {
        path.with_file_name(name.replace(".detached.cms", ".data.bin"))
    } else if name.contains("detached") {
        path.with_file_name(name.replace("_detached.der", "_document.txt"))
    } else if name.starts_with("signature-") {
        path.with_file_name("NCAManifest.xml")
    } else {
        return None;
    };
    Some(fs::read(content).unwrap())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push(path)
        }
    }
    found.sort();
    found
}
