//! Which characters XML 1.0 allows, and in names.

/// What the prefix `xml` is bound to. Source: Namespaces in XML 1.0 section 3.
pub(crate) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// White space. Source: XML 1.0 (fifth edition) production 3.
pub(crate) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// Any character of a document. Source: XML 1.0 production 2.
pub(crate) fn is_xml_char(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// First character of a name. Source: XML 1.0 production 4.
pub(crate) fn is_name_start(letter: char) -> bool {
    matches!(letter,
        ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Further characters of a name. Source: XML 1.0 production 4a.
pub(crate) fn is_name(letter: char) -> bool {
    is_name_start(letter)
        || matches!(letter, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Prefix (empty when there is none) and local part of a qualified name, None when it is not one.
///
/// Source: Namespaces in XML 1.0 section 4.
pub(crate) fn split_qualified(name: &str) -> Option<(&str, &str)> {
    let (prefix, local) = match name.split_once(':') {
        None => ("", name),
        Some(("", _)) => return None,
        Some(parts) => parts,
    };
    let sound = |part: &str| part.starts_with(is_name_start) && !part.contains(':');
    (sound(local) && (prefix.is_empty() || sound(prefix))).then_some((prefix, local))
}
