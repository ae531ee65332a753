use window_messages::DocumentName;

/// First bytes of well-known kinds of files.
const FORMATS: [(&[u8], &str); 9] = [
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"{\\rtf", "RTF"),
];

/// The content type of CMS SignedData (RFC 5652), as it stands in DER.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// The attributes contentType and messageDigest (RFC 5652 section 11), as they stand in DER.
const SIGNED_ATTRIBUTES: [&[u8]; 2] = [
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04",
];

/// Whether these bytes are what the signature of a CMS covers: signedAttrs as a SET OF (RFC 5652 section 5.4).
pub(super) fn is_signed_attributes(bytes: &[u8]) -> bool {
    const SET: u8 = 0x31;
    bytes.first() == Some(&SET)
        && SIGNED_ATTRIBUTES.iter().any(|attribute| {
            bytes
                .windows(attribute.len())
                .any(|window| window == *attribute)
        })
}

/// Whether these bytes are what an XML signature covers: a SignedInfo element.
pub(super) fn is_signed_info(bytes: &[u8]) -> bool {
    root_name(bytes) == Some("SignedInfo")
}

/// Names canonical XML by its root.
pub(super) fn of_xml(canonical: &[u8]) -> DocumentName {
    DocumentName::Xml {
        root: root_name(canonical).unwrap_or_default().to_owned(),
    }
}

/// Names a file by what its first bytes say.
pub(super) fn of_bytes(bytes: &[u8]) -> DocumentName {
    if bytes.starts_with(b"%PDF-") {
        return DocumentName::Pdf;
    }
    if let Some((_, format)) = FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return DocumentName::File {
            format: (*format).to_owned(),
        };
    }
    let start = bytes.get(..20).unwrap_or(bytes);
    if bytes.first() == Some(&0x30)
        && start
            .windows(SIGNED_DATA.len())
            .any(|window| window == SIGNED_DATA)
    {
        return DocumentName::Cms;
    }
    match readable_text(bytes) {
        Some(text) => match root_name(text.as_bytes()) {
            Some(root) => DocumentName::Xml {
                root: root.to_owned(),
            },
            None => DocumentName::Text,
        },
        None => DocumentName::Bytes,
    }
}

/// UTF-8 without control characters other than line ends and tabs; none for no bytes at all.
pub(super) fn readable_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.is_empty())?;
    let readable =
        |character: char| !character.is_control() || matches!(character, '\n' | '\r' | '\t');
    text.chars().all(readable).then_some(text)
}

/// The local name of the first element; none when the text does not begin as XML does.
fn root_name(text: &[u8]) -> Option<&str> {
    let mut rest = std::str::from_utf8(text).ok()?;
    loop {
        rest = rest.trim_start();
        if let Some(inside) = rest.strip_prefix("<?") {
            rest = inside.split_once("?>")?.1;
        } else if let Some(inside) = rest.strip_prefix("<!--") {
            rest = inside.split_once("-->")?.1;
        } else {
            break;
        }
    }
    let name = rest
        .strip_prefix('<')?
        .split([' ', '\t', '\r', '\n', '/', '>'])
        .next()?;
    let local = name.rsplit(':').next()?;
    (local.starts_with(|first: char| first.is_alphabetic() || first == '_') && rest.contains('>'))
        .then_some(local)
}
