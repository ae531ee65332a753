//! Documents made to cost more than they weigh: read in a time that grows as they do, or refused.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use signing::Error;
use signing::xml::{self, Canonicalization, Document, Fault, Limit, MAX_NODES, XmlProblem};
use std::time::{Duration, Instant};

/// What these take is far below a second; what grows with the square of their size takes many minutes.
const LINEAR: Duration = Duration::from_secs(60);

#[test]
fn many_instructions_beside_the_root_take_linear_time() {
    let start = Instant::now();
    let many = "<?a?>".repeat(150_000);
    let document = Document::parse(&format!("{many}<r/>{many}")).unwrap();
    assert!(document.canonical().starts_with(b"<?a?>\n<?a?>\n"));
    assert!(document.canonical().ends_with(b"\n<?a?>\n<?a?>"));
    assert_eq!(
        document.canonical().len(),
        2 * 150_000 * 6 + "<r></r>".len()
    );
    assert!(start.elapsed() < LINEAR);
}

#[test]
fn many_inherited_xml_attributes_take_linear_time() {
    let start = Instant::now();
    let open: String = (0..500)
        .map(|level| {
            let list: String = (0..200)
                .map(|it| format!(" xml:a{level}-{it}=''"))
                .collect();
            format!("<e{list}>")
        })
        .collect();
    let text = format!("{open}<x Id='x'/>{}", "</e>".repeat(500));
    let document = Document::parse(&text).unwrap();
    let element = document
        .canonicalize_by_id("x", &Canonicalization::INCLUSIVE)
        .unwrap();
    assert_eq!(
        element.windows(4).filter(|it| it == b"xml:").count(),
        100_000
    );
    assert!(start.elapsed() < LINEAR);
}

#[test]
fn texts_in_many_pieces_take_linear_time() {
    let start = Instant::now();
    let document =
        Document::parse(&format!("<r>{}</r>", "x<![CDATA[y]]>&amp;".repeat(200_000))).unwrap();
    assert_eq!(document.canonical().len(), 7 + 200_000 * 7);
    assert!(start.elapsed() < LINEAR);
}

#[test]
fn letters_that_the_tree_sets_memory_aside_for_are_limited() {
    for text in [
        format!("<r>{}</r>", "=".repeat(MAX_NODES + 1)),
        format!("<r><!--{}--></r>", "<".repeat(2 * MAX_NODES + 1)),
    ] {
        let Err(Error::Xml(error)) = Document::parse(&text) else {
            unreachable!("{} bytes are not refused", text.len())
        };
        assert_eq!(*error.fault(), Fault::TooMuch(Limit::Nodes(MAX_NODES)));
    }
}

#[test]
fn a_prefix_list_is_limited() {
    let list = |count: usize| "p ".repeat(count);
    let problem = |count: usize| {
        let parameter = format!(
            r#"<InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="{}"/>"#,
            list(count)
        );
        let text = signature(
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            &parameter,
            "<ds:Reference/>",
        );
        xml::verify(format!("<r>{text}</r>").as_bytes()).unwrap()[0].problems[0].clone()
    };
    assert_eq!(
        problem(xml::MAX_NAMESPACES),
        XmlProblem::Structure("DigestMethod")
    );
    assert_eq!(
        problem(1_000_000),
        XmlProblem::Structure("more prefixes than are read here")
    );
}

#[test]
fn many_references_into_a_large_document_are_refused_before_they_are_followed() {
    let reference = r##"<ds:Reference URI="#none"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference>"##;
    let signature = signature(
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "",
        &reference.repeat(30),
    );
    let text = format!("<r>{}{}</r>", signature.repeat(64), " ".repeat(4 << 20));
    assert_eq!(xml::verify(text.as_bytes()), Err(Error::TooLarge));
    // The same, but no larger than an honest document with as many signatures.
    let text = format!("<r>{}</r>", signature.repeat(4));
    assert_eq!(
        xml::verify(text.as_bytes()).unwrap()[0].references[0].problem,
        Some(XmlProblem::NoSuchId)
    );
}

/// A signature of nobody.
fn signature(canonicalization: &str, parameter: &str, references: &str) -> String {
    format!(
        r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{canonicalization}">{parameter}</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>{references}</ds:SignedInfo><ds:SignatureValue/></ds:Signature>"#
    )
}
