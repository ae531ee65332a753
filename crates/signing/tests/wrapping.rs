//! Documents made to deceive: what a signature covers is said exactly, or it does not hold.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;

use signing::xml::{self, Covered, Document, Layout, XmlProblem, XmlSignatureReport};
use std::fs;

#[test]
fn several_signatures_hold_each_in_its_turn() {
    let keys = keys::gost();
    let Some((_, first)) = keys.first() else {
        return;
    };
    let mut text = "<a><b/></a>".to_owned();
    for (_, key) in &keys {
        text =
            xml::sign_enveloped(key, &Document::parse(&text).unwrap(), Layout::LineBreaks).unwrap();
    }
    let reports = xml::verify(text.as_bytes()).unwrap();
    assert_eq!(reports.len(), 3);
    assert!(
        reports
            .iter()
            .all(|report| report.holds() && report.covers_whole_document())
    );
    let set_aside: Vec<usize> = reports
        .iter()
        .map(|it| it.references[0].later_signatures_set_aside)
        .collect();
    assert_eq!(set_aside, [0, 1, 2]);
    assert_eq!(reports[2].references[0].canonical, b"<a><b></b></a>");
    assert_eq!(
        reports[2].certificate.as_ref(),
        Some(pki::Signer::certificate(first))
    );
}

#[test]
fn a_later_signature_that_does_not_hold_takes_the_earlier_ones_with_it() {
    let keys = keys::gost();
    let Some((_, key)) = keys.first() else { return };
    let once =
        xml::sign_enveloped(key, &Document::parse("<a/>").unwrap(), Layout::Compact).unwrap();
    let twice =
        xml::sign_enveloped(key, &Document::parse(&once).unwrap(), Layout::Compact).unwrap();
    // Something slipped into the second signature, where nothing is digested but by itself.
    let at = twice.rfind("</ds:Signature>").unwrap();
    let smuggled = format!(
        "{}<ds:Object><sum>1000000</sum></ds:Object>{}",
        &twice[..at],
        &twice[at..]
    );
    let reports = xml::verify(smuggled.as_bytes()).unwrap();
    assert!(
        reports[0].holds(),
        "an enveloped signature never covers itself"
    );
    assert_eq!(
        reports[0].references[0].canonical,
        Document::parse(&once).unwrap().canonical()
    );
    let broken = twice.replacen("<a>", "<a><sum/>", 1);
    assert!(
        xml::verify(broken.as_bytes())
            .unwrap()
            .iter()
            .all(|report| !report.holds())
    );
}

#[test]
fn a_signed_element_moved_aside_is_not_the_document() {
    let Some(folder) = fixtures::folder("fixtures/own") else {
        return;
    };
    let sound = fs::read_to_string(folder.join("gost512.byid.xml")).unwrap();
    let report = only(xml::verify(sound.as_bytes()).unwrap());
    assert!(report.holds() && !report.covers_whole_document());
    let Some(Covered::Element { path }) = &report.references[0].covers else {
        unreachable!()
    };
    let name = path.rsplit('/').next().unwrap().to_owned();

    // The signed element goes into a wrapper; a forged one without the Id takes its place.
    let start = sound.find(&format!("<{name}")).unwrap();
    let end = sound.find(&format!("</{name}>")).unwrap() + name.len() + 3;
    let signed_element = &sound[start..end];
    let forged = sound.replacen(
        signed_element,
        &format!("<{name}>forged</{name}><wrap>{signed_element}</wrap>"),
        1,
    );
    let report = only(xml::verify(forged.as_bytes()).unwrap());
    let Some(Covered::Element { path: moved }) = &report.references[0].covers else {
        unreachable!()
    };
    assert_ne!(
        moved, path,
        "the report must say where the signed element stands now"
    );
    assert!(moved.contains("/wrap/"));

    // A second element with the same Id: which one is signed cannot be said.
    let doubled = sound.replacen(
        signed_element,
        &format!("{signed_element}<x Id=\"part\"/>"),
        1,
    );
    let report = only(xml::verify(doubled.as_bytes()).unwrap());
    assert_eq!(report.references[0].problem, Some(XmlProblem::DuplicateId));
}

#[test]
fn an_xslt_a_foreign_reference_and_a_comment_in_base64_are_refused() {
    let keys = keys::gost();
    let Some((_, key)) = keys.first() else { return };
    let signed =
        xml::sign_enveloped(key, &Document::parse("<a/>").unwrap(), Layout::Compact).unwrap();
    let problem = |text: String| {
        let report = only(xml::verify(text.as_bytes()).unwrap());
        assert!(!report.holds());
        report
            .problems
            .first()
            .cloned()
            .or(report.references.first().and_then(|it| it.problem.clone()))
            .unwrap()
    };
    let enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    let xslt = signed.replace(enveloped, "http://www.w3.org/TR/1999/REC-xslt-19991116");
    assert!(matches!(
        problem(xslt),
        XmlProblem::UnknownTransform(_) | XmlProblem::BadSignature
    ));
    let foreign = signed.replace("URI=\"\"", "URI=\"file:///etc/passwd\"");
    assert!(matches!(
        problem(foreign),
        XmlProblem::ForeignReference(_) | XmlProblem::BadSignature
    ));
    let commented = signed.replace("<ds:DigestValue>", "<ds:DigestValue><!-- x -->");
    assert_eq!(
        problem(commented),
        XmlProblem::Structure("markup inside base64")
    );
    let second_info = signed.replace("<ds:KeyInfo>", "<ds:SignedInfo/><ds:KeyInfo>");
    assert!(matches!(problem(second_info), XmlProblem::Structure(_)));
}

#[test]
fn kalkans_carriage_returns_in_base64_mean_nothing() {
    let Some(folder) = fixtures::folder("fixtures/ncalayer-rs") else {
        return;
    };
    let text = fs::read_to_string(folder.join("test_gost512.xml_simple.xml")).unwrap();
    assert!(text.contains("&#13;"));
    assert!(only(xml::verify(text.as_bytes()).unwrap()).holds());
    // They are part of what is signed all the same.
    let without = text.replacen("&#13;", "", 1);
    assert!(!only(xml::verify(without.as_bytes()).unwrap()).holds());
}

#[test]
fn a_million_comments_beside_the_root_cost_no_more_than_inside() {
    let text = format!("<a/>{}", "<!--c-->".repeat(1_000_000));
    let document = Document::parse(&text).unwrap();
    assert_eq!(document.canonical(), b"<a></a>");
    let form = xml::Canonicalization {
        with_comments: true,
        ..xml::Canonicalization::INCLUSIVE
    };
    assert_eq!(
        document.canonicalize(&form).unwrap().len(),
        7 + 9 * 1_000_000
    );
}

#[test]
fn the_signatures_own_prefix_does_not_matter() {
    let Some(folder) = fixtures::folder("xml/stress") else {
        return;
    };
    let bytes = fs::read(folder.join("other-prefix-signature.xml")).unwrap();
    assert_eq!(xml::verify(&bytes).unwrap().len(), 1);
}

fn only(mut reports: Vec<XmlSignatureReport>) -> XmlSignatureReport {
    assert_eq!(reports.len(), 1);
    reports.remove(0)
}
