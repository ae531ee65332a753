//! Paths from pages: read or refused; what they choose in a document is an element. The input's first line is the path of
//! the element, the second that of the signature's parent, the rest the document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signing::xml::{Document, ElementPath, IdAttribute};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (path, parent, xml) = (line(), line(), line());
    let (Ok(path), Ok(parent)) = (path.parse::<ElementPath>(), parent.parse::<ElementPath>())
    else {
        return;
    };
    // A path is written as it is read.
    assert_eq!(path.to_string().parse(), Ok(path.clone()));
    let Ok(document) = Document::parse(xml) else {
        return;
    };
    if let Ok(selected) = document.select(&path, &parent, IdAttribute::Id) {
        assert!(selected.canonical().starts_with(b"<") && selected.canonical().ends_with(b">"));
    }
});
