//! The words in which a text is refused: they travel to the page.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use signing::Error;
use signing::xml::{Document, Fault, Limit, MAX_ATTRIBUTES, MAX_DEPTH, MAX_NAMESPACES};

#[test]
fn faults_are_told_as_the_jdk_parser_tells_them() {
    let mut differing = Vec::new();
    for line in include_str!("data/sax_messages.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let (written, expected) = line.split_once('\t').unwrap();
        let text = written
            .replace("\\n", "\n")
            .replace("\\r", "\r")
            .replace("\\t", "\t")
            .replace("\\0", "\u{1}")
            .replace("\\f", "\u{FEFF}")
            .replace("\\e", "");
        let told = Document::parse(&text).map_or_else(|error| error.to_string(), |_| "OK".into());
        if told != expected {
            differing.push(format!("{written}\n  JDK:  {expected}\n  ours: {told}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[test]
fn the_recorded_answer_to_broken_xml_is_given_exactly() {
    assert_eq!(
        Document::parse("<this>is not a valid XML")
            .unwrap_err()
            .to_string(),
        "org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 25; \
         XML document structures must start and end within the same entity."
    );
}

#[test]
fn what_the_jdk_accepts_and_a_tree_could_misread_is_refused() {
    for text in [
        "<:a/>",
        "<a :b='1'/>",
        "<a xmlns:p='u' p:xmlns='x'/>",
        "<?xml version='1.1'?><a/>",
        "<a xmlns:x='u' xmlns:y='&#117;' x:b='' y:b=''/>",
        "<a xmlns:p='&#104;ttp://www.w3.org/2000/xmlns/'/>",
    ] {
        assert!(
            matches!(Document::parse(text), Err(Error::Xml(_))),
            "{text}"
        );
    }
}

#[test]
fn entities_are_refused_before_anything_is_expanded() {
    let laughs =
        "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><r>&b;</r>";
    assert_eq!(*fault(laughs).fault(), Fault::Doctype);
    assert_eq!(
        *fault("<r>&b;</r>").fault(),
        Fault::UndeclaredEntity("b".into())
    );
}

#[test]
fn depth_attributes_and_namespaces_are_limited() {
    let nested = |depth: usize| format!("{}{}", "<n>".repeat(depth), "</n>".repeat(depth));
    Document::parse(&nested(MAX_DEPTH)).unwrap();
    assert_eq!(
        *fault(&nested(MAX_DEPTH + 1)).fault(),
        Fault::TooMuch(Limit::Depth(MAX_DEPTH))
    );
    // A million levels cost no stack.
    assert_eq!(
        *fault(&"<n>".repeat(1_000_000)).fault(),
        Fault::TooMuch(Limit::Depth(MAX_DEPTH))
    );

    let attributes = |count: usize| {
        let list: String = (0..count).map(|number| format!(" a{number}=''")).collect();
        format!("<n{list}/>")
    };
    Document::parse(&attributes(MAX_ATTRIBUTES)).unwrap();
    assert_eq!(
        *fault(&attributes(MAX_ATTRIBUTES + 1)).fault(),
        Fault::TooMuch(Limit::Attributes(MAX_ATTRIBUTES))
    );

    let nested_namespaces = |count: usize| {
        let open: String = (0..count)
            .map(|number| format!("<n xmlns:p{number}='u'>"))
            .collect();
        format!("{open}{}", "</n>".repeat(count))
    };
    Document::parse(&nested_namespaces(MAX_NAMESPACES)).unwrap();
    assert_eq!(
        *fault(&nested_namespaces(MAX_NAMESPACES + 1)).fault(),
        Fault::TooMuch(Limit::Namespaces(MAX_NAMESPACES))
    );
}

#[test]
fn a_document_never_shows_itself_in_debug_output() {
    let document = Document::parse("<a>secret</a>").unwrap();
    assert!(!format!("{document:?}").contains("secret"));
}

fn fault(text: &str) -> signing::xml::ParseError {
    match Document::parse(text) {
        Err(Error::Xml(error)) => error,
        other => panic!("{other:?}"),
    }
}
