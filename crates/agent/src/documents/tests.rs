use window_messages::{DocumentName, Preview};

use super::Document;
use crate::ask::Input;

fn name(bytes: &[u8]) -> DocumentName {
    super::kind::of_bytes(bytes)
}

fn sha256(bytes: &[u8]) -> String {
    crate::hex::encode(&pki::DigestAlgorithm::Sha256.digest(bytes))
}

#[test]
fn files_are_named_by_their_first_bytes() {
    assert_eq!(name(b"%PDF-1.7 ..."), DocumentName::Pdf);
    assert_eq!(
        name(b"PK\x03\x04rest"),
        DocumentName::File {
            format: "ZIP".into()
        }
    );
    assert_eq!(
        name(b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0"),
        DocumentName::Cms
    );
    assert_eq!(name("Қол қою".as_bytes()), DocumentName::Text);
    assert_eq!(
        name(b"<?xml version=\"1.0\"?>\n<a:invoice xmlns:a=\"b\"/>"),
        DocumentName::Xml {
            root: "invoice".into()
        }
    );
    assert_eq!(name(b"< not xml"), DocumentName::Text);
    assert_eq!(name(b"a\0b"), DocumentName::Bytes);
    assert_eq!(name(b""), DocumentName::Bytes);
}

#[test]
fn the_view_tells_size_and_digest_of_what_is_signed() {
    let document = Document::bytes(Input::StrictBase64("MTEK")).unwrap();
    let view = document.view(false);
    assert_eq!((view.size, view.beginning.as_str()), (3, "11"));
    assert_eq!(view.digest, sha256(b"11\n"));
    let xml = Document::xml(Input::Text("<a  b='1'><!-- c --><d></d></a>"), None).unwrap();
    let canonical = br#"<a b="1"><d></d></a>"#;
    assert_eq!(xml.covered(), canonical);
    assert_eq!(xml.view(false).size, canonical.len() as u64);
    assert_eq!(xml.view(false).digest, sha256(canonical));
}

#[test]
fn a_digest_is_shown_as_itself() {
    let view = Document::digest(Input::StrictBase64("AAEC"))
        .unwrap()
        .view(false);
    assert_eq!(
        (view.name, view.size, view.digest.as_str()),
        (DocumentName::Digest, 3, "000102")
    );
}

#[test]
fn the_beginning_is_one_line_of_at_most_80_characters() {
    let text = "Бірінші\r\n\tжол  ".repeat(60);
    let view = Document::bytes(Input::Text(&text)).unwrap().view(false);
    assert_eq!(view.beginning.chars().count(), 80);
    assert!(view.beginning.starts_with("Бірінші жол Бірінші жол"));
}

#[test]
fn xml_is_indented_for_reading_and_also_shown_as_it_came() {
    let text = "<login><timeTicket>5</timeTicket><a b=\"x > y\"/><?pi \"?>\n <c>t<d/>u</c></login>";
    let Preview::Xml {
        pretty,
        raw,
        truncated,
    } = Document::xml(Input::Text(text), None).unwrap().preview()
    else {
        panic!()
    };
    assert_eq!(
        pretty,
        "<login>\n  <timeTicket>5</timeTicket>\n  <a b=\"x > y\"></a>\n  <?pi \"?>\n  <c>t\n    <d></d>u</c>\n</login>"
    );
    assert_eq!(raw, text);
    assert!(!truncated);
}

#[test]
fn long_texts_are_cut_at_a_character() {
    let text = "ұ".repeat(300_000);
    let Preview::Text { text, truncated } = Document::bytes(Input::Text(&text)).unwrap().preview()
    else {
        panic!()
    };
    assert!(
        truncated && text.len() <= 256 * 1024 && text.chars().all(|character| character == 'ұ')
    );
    let xml = format!("<a>{}</a>", "<b/>".repeat(100_000));
    let Preview::Xml { truncated, .. } = Document::xml(Input::Text(&xml), None).unwrap().preview()
    else {
        panic!()
    };
    assert!(truncated);
}

#[test]
fn only_short_texts_and_nonces_can_be_a_log_in() {
    let document = |text: &str| {
        Document::bytes(Input::Text(text))
            .unwrap()
            .could_be_log_in()
    };
    assert!(document("nonce-123"));
    assert!(!document(&"contract ".repeat(1000)));
    assert!(!document("%PDF-1.4"));
    assert!(
        !Document::digest(Input::Text("digest"))
            .unwrap()
            .could_be_log_in()
    );
}
