//! Start tags and the XML declaration.

use super::super::fault::{Fault, Limit};
use super::super::names::{XML_NAMESPACE, is_space, is_xml_char, split_qualified};
use super::{
    MAX_ATTRIBUTES, MAX_BINDINGS, MAX_DEPTH, MAX_NAME, MAX_NAMESPACES, Open, Scanner, Step,
};

const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

impl<'a> Scanner<'a> {
    /// `<name attribute="value" …>` or `/>`; an element with content is pushed on `open`.
    pub(super) fn start_tag(&mut self, open: &mut Vec<Open<'a>>) -> Step<()> {
        self.count_node()?;
        self.position += 1;
        let element = self.qualified_name()?;
        let bindings_before = self.bindings.len();
        let mut attributes: Vec<&'a str> = Vec::new();
        let is_empty = loop {
            let before = self.position;
            self.skip_spaces();
            let spaced = self.position > before;
            let rest = self.rest();
            if rest.is_empty() || rest == "/" {
                return self.fail_at_end();
            }
            if rest.starts_with('>') {
                self.position += 1;
                break false;
            }
            if rest.starts_with("/>") {
                self.found.empty_ends.push(self.position..self.position + 2);
                self.position += 2;
                break true;
            }
            if rest.starts_with('/') {
                return self.fail_after("/", Fault::UnterminatedStartTag(element.into()));
            }
            if !spaced || !rest.starts_with(super::is_name_start) {
                return self.fail(Fault::UnterminatedStartTag(element.into()));
            }
            let attribute = self.qualified_name()?;
            let value = self.attribute_value(element, attribute)?;
            if attributes.len() >= MAX_ATTRIBUTES {
                return self.fail(Fault::TooMuch(Limit::Attributes(MAX_ATTRIBUTES)));
            }
            if attribute == "xmlns" || attribute.starts_with("xmlns:") {
                self.bind(element, attribute, value, bindings_before)?;
            } else {
                attributes.push(attribute);
            }
        };
        if self.bindings.len() > bindings_before {
            self.bindings_sum += self.bindings.len();
            if self.bindings.len() > MAX_NAMESPACES || self.bindings_sum > MAX_BINDINGS {
                return self.fail(Fault::TooMuch(Limit::Namespaces(MAX_NAMESPACES)));
            }
        }
        self.check_prefixes(element, &attributes)?;
        if is_empty {
            self.bindings.truncate(bindings_before);
        } else {
            if open.len() >= MAX_DEPTH {
                return self.fail(Fault::TooMuch(Limit::Depth(MAX_DEPTH)));
            }
            open.push(Open {
                name: element,
                bindings_before,
                start_tag_end: self.position,
            });
        }
        Ok(())
    }

    fn qualified_name(&mut self) -> Step<&'a str> {
        let start = self.position;
        let Some(name) = self.name() else {
            return self.fail(Fault::MarkupInContent);
        };
        if name.len() > MAX_NAME {
            return self.fail(Fault::TooMuch(Limit::NameLength(MAX_NAME)));
        }
        if split_qualified(name).is_some() {
            return Ok(name);
        }
        // Xerces reads up to the second colon and then misses the end of the tag.
        match name.match_indices(':').nth(1) {
            Some((at, _)) if !name.starts_with(':') => {
                let read = name.get(..at).unwrap_or(name);
                Err((start + at, Fault::UnterminatedStartTag(read.into())))
            }
            _ => self.fail(Fault::NotAQualifiedName(name.into())),
        }
    }

    fn attribute_value(&mut self, element: &str, attribute: &str) -> Step<&'a str> {
        let named = |make: fn(String, String) -> Fault| make(element.into(), attribute.into());
        self.skip_spaces();
        match self.rest().chars().next() {
            None => return self.fail_at_end(),
            Some('=') => self.position += 1,
            Some(_) => {
                return self.fail(named(|element, attribute| Fault::AttributeWithoutEquals {
                    element,
                    attribute,
                }));
            }
        }
        self.skip_spaces();
        let quote = match self.rest().chars().next() {
            None => return self.fail_at_end(),
            Some(quote @ ('"' | '\'')) => quote,
            Some(_) => {
                return self.fail(named(|element, attribute| Fault::AttributeWithoutQuote {
                    element,
                    attribute,
                }));
            }
        };
        self.position += 1;
        let start = self.position;
        loop {
            match self.rest().chars().next() {
                None => return self.fail_at_end(),
                Some(letter) if letter == quote => break,
                Some('<') => {
                    return self.fail(named(|element, attribute| Fault::LessThanInAttribute {
                        element,
                        attribute,
                    }));
                }
                Some('&') => self.reference()?,
                Some(letter) if is_xml_char(letter) => self.position += letter.len_utf8(),
                Some(letter) => {
                    return self.fail(Fault::InvalidCharacterInAttribute {
                        code: letter.into(),
                        element: element.into(),
                        attribute: attribute.into(),
                    });
                }
            }
        }
        let value = self.text.get(start..self.position).unwrap_or_default();
        self.position += 1;
        Ok(value)
    }

    /// `xmlns="…"` or `xmlns:prefix="…"`. Source: Namespaces in XML 1.0 sections 2.2 and 3.
    fn bind(
        &mut self,
        element: &str,
        attribute: &'a str,
        value: &'a str,
        bindings_before: usize,
    ) -> Step<()> {
        let prefix = attribute.strip_prefix("xmlns:").unwrap_or_default();
        let own = self.bindings.get(bindings_before..).unwrap_or_default();
        if own.iter().any(|(bound, _)| *bound == prefix) {
            return self.fail(Fault::RepeatedAttribute {
                element: element.into(),
                attribute: attribute.into(),
            });
        }
        if value == XMLNS_NAMESPACE || prefix == "xmlns" {
            return self.fail(Fault::XmlnsPrefixBound);
        }
        if (value == XML_NAMESPACE) != (prefix == "xml") {
            return self.fail(Fault::XmlPrefixBound);
        }
        if value.is_empty() && !prefix.is_empty() {
            return self.fail(Fault::EmptyPrefixBinding(prefix.into()));
        }
        self.bindings.push((prefix, value));
        Ok(())
    }

    /// Every prefix bound, no attribute twice, under whatever prefix.
    fn check_prefixes(&self, element: &str, attributes: &[&'a str]) -> Step<()> {
        let (prefix, _) = split_qualified(element).unwrap_or_default();
        if prefix == "xmlns" {
            return self.fail(Fault::XmlnsElement(element.into()));
        }
        if !prefix.is_empty() && self.namespace(prefix).is_none() {
            return self.fail(Fault::UnboundElementPrefix {
                prefix: prefix.into(),
                element: element.into(),
            });
        }
        let mut seen: Vec<(&str, &str, &str)> = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            let (prefix, local) = split_qualified(attribute).unwrap_or_default();
            if local == "xmlns" {
                // roxmltree takes p:xmlns for a default namespace; nobody uses it, so nobody misses it.
                return self.fail(Fault::XmlnsLocalName((*attribute).into()));
            }
            let namespace = if prefix.is_empty() {
                Some("")
            } else {
                self.namespace(prefix)
            };
            let Some(namespace) = namespace else {
                return self.fail(Fault::UnboundAttributePrefix {
                    prefix: prefix.into(),
                    attribute: (*attribute).into(),
                    element: element.into(),
                });
            };
            seen.push((namespace, local, attribute));
        }
        seen.sort_unstable();
        for pair in seen.windows(2) {
            if let [(namespace, local, first), (again, also, second)] = pair
                && namespace == again
                && local == also
            {
                let element = element.into();
                return self.fail(if first == second {
                    Fault::RepeatedAttribute {
                        element,
                        attribute: (*first).into(),
                    }
                } else {
                    Fault::RepeatedQualifiedAttribute {
                        element,
                        local: (*local).into(),
                        namespace: (*namespace).into(),
                    }
                });
            }
        }
        Ok(())
    }

    fn namespace(&self, prefix: &str) -> Option<&'a str> {
        if prefix == "xml" {
            return Some(XML_NAMESPACE);
        }
        self.bindings
            .iter()
            .rev()
            .find(|(bound, _)| *bound == prefix)
            .map(|(_, namespace)| *namespace)
    }

    /// `<?xml version="1.0" encoding="…" standalone="…"?>`, whatever encoding it names: the text is decoded already.
    pub(super) fn declaration(&mut self) -> Step<()> {
        let Some(after) = self.rest().strip_prefix("<?xml") else {
            return Ok(());
        };
        if !after.starts_with(is_space) {
            return Ok(());
        }
        self.position += "<?xml".len();
        let mut next = 0;
        loop {
            let before = self.position;
            self.skip_spaces();
            let spaced = self.position > before;
            let rest = self.rest();
            if rest.is_empty() || rest == "?" {
                return self.fail_at_end();
            }
            if rest.starts_with("?>") {
                if next == 0 {
                    return self.fail(Fault::DeclarationWithoutVersion);
                }
                self.position += 2;
                self.found.declaration_end = self.position;
                return Ok(());
            }
            if rest.starts_with('?') {
                return self.fail_after("?", Fault::UnterminatedDeclaration);
            }
            let names = ["version", "encoding", "standalone"];
            let Some(which) = names.iter().position(|name| rest.starts_with(name)) else {
                return self.fail(Fault::PseudoAttributeExpected);
            };
            let name = names.get(which).copied().unwrap_or_default();
            self.position += name.len();
            let value = self.pseudo_attribute_value(name)?;
            if which != 0 && next == 0 {
                return self.fail(Fault::DeclarationWithoutVersion);
            }
            if which < next {
                return self.fail(Fault::MorePseudoAttributes);
            }
            if !spaced {
                return self.fail(Fault::SpaceBeforePseudoAttribute);
            }
            if which == 0 && value != "1.0" {
                return self.fail(Fault::UnsupportedVersion(value.into()));
            }
            if which == 2 && !matches!(value, "yes" | "no") {
                return self.fail(Fault::InvalidStandalone(value.into()));
            }
            next = which + 1;
        }
    }

    fn pseudo_attribute_value(&mut self, name: &str) -> Step<&'a str> {
        self.skip_spaces();
        if !self.rest().starts_with('=') {
            return self.fail(Fault::PseudoAttributeWithoutEquals(name.into()));
        }
        self.position += 1;
        self.skip_spaces();
        let Some(quote @ ('"' | '\'')) = self.rest().chars().next() else {
            return self.fail(Fault::PseudoAttributeWithoutQuote(name.into()));
        };
        self.position += 1;
        let rest = self.rest();
        let Some(length) = rest.find(quote) else {
            return self.fail_at_end();
        };
        let value = rest.get(..length).unwrap_or_default();
        self.position += length + 1;
        // Echoed in messages: never longer than a version or an encoding is.
        Ok(value
            .char_indices()
            .nth(40)
            .and_then(|(end, _)| value.get(..end))
            .unwrap_or(value))
    }
}
