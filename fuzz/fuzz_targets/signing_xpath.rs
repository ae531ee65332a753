//! Paths from pages: read or refused; what they choose in a document has the Id that a reference then names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signing::xml::{Document, ElementPath};

fuzz_target!(|input: (&str, &str, &str)| {
    let (path, parent, xml) = input;
    let (Ok(path), Ok(parent)) = (path.parse::<ElementPath>(), parent.parse::<ElementPath>())
    else {
        return;
    };
    // A path is written as it is read.
    assert_eq!(path.to_string().parse(), Ok(path.clone()));
    let Ok(document) = Document::parse(xml) else {
        return;
    };
    if let Ok(selected) = document.select(&path, &parent) {
        assert!(xml.len() >= selected.document().text().len());
        let canonical = Document::from_bytes(selected.canonical());
        assert!(canonical.is_ok());
    }
});
