//! Canonical XML 1.0 and Exclusive Canonical XML 1.0 over a roxmltree, without recursion.

use super::names::XML_NAMESPACE;
use crate::Error;
use roxmltree::{Attribute, Node, NodeId};
use std::collections::{HashMap, HashSet};

/// Most bytes of a canonical form: exclusive canonicalisation may repeat a long namespace at every element.
const MAX_OUTPUT: usize = 256 << 20;

/// Which canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonicalization {
    /// Only the namespaces that an element visibly uses, and none inherited from outside.
    pub exclusive: bool,
    /// Comments are part of the form.
    pub with_comments: bool,
    /// `InclusiveNamespaces PrefixList`: prefixes (`#default` is written as an empty text) that an exclusive form treats
    /// as an inclusive one does.
    pub inclusive_prefixes: Vec<String>,
}

impl Canonicalization {
    /// `http://www.w3.org/TR/2001/REC-xml-c14n-20010315`.
    pub const INCLUSIVE: Self = Self::plain(false, false);
    /// `http://www.w3.org/2001/10/xml-exc-c14n#`.
    pub const EXCLUSIVE: Self = Self::plain(true, false);

    const fn plain(exclusive: bool, with_comments: bool) -> Self {
        Self {
            exclusive,
            with_comments,
            inclusive_prefixes: Vec::new(),
        }
    }

    /// The form that an XMLDSig `Algorithm` names, None when it is not a canonicalisation known here.
    ///
    /// Source: XMLDSig 1.1 section 6.5.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Some(match uri {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Self::plain(false, false),
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments" => {
                Self::plain(false, true)
            }
            "http://www.w3.org/2001/10/xml-exc-c14n#" => Self::plain(true, false),
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => Self::plain(true, true),
            _ => return None,
        })
    }
}

/// The canonical bytes of a document (pass its root node) or of one element with everything inside.
///
/// `excluded`: elements left out with everything inside (the enveloped signature, later signatures).
///
/// # Errors
/// [`Error::TooLarge`] when the form would exceed 256 MiB.
///
/// Source: Canonical XML 1.0 sections 2.3 and 2.4, Exclusive XML Canonicalization 1.0 section 3.
pub(crate) fn canonicalize(
    apex: Node<'_, '_>,
    form: &Canonicalization,
    excluded: &[NodeId],
) -> Result<Vec<u8>, Error> {
    let mut writer = Writer {
        form,
        apex: apex.id(),
        source: apex.document().input_text(),
        output: Vec::new(),
        behind_root: false,
        rendered: HashMap::new(),
        undo: Vec::new(),
    };
    let mut node = apex;
    loop {
        let skipped = excluded.contains(&node.id());
        if !skipped {
            writer.enter(node);
            if writer.output.len() > MAX_OUTPUT {
                return Err(Error::TooLarge);
            }
        }
        if let Some(child) = node.first_child().filter(|_| !skipped) {
            node = child;
            continue;
        }
        if !skipped {
            writer.leave(node);
        }
        loop {
            if node == apex {
                return Ok(writer.output);
            }
            writer.behind_root |= node.is_element() && is_at_top(node);
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                return Ok(writer.output);
            };
            writer.leave(parent);
            node = parent;
        }
    }
}

/// The name with its prefix, as the start tag has it.
pub(crate) fn qualified_name<'input>(
    element: Node<'_, 'input>,
    source: &'input str,
) -> &'input str {
    let tag = source.get(element.range().start + 1..).unwrap_or_default();
    let end = tag
        .find([' ', '\t', '\n', '\r', '/', '>'])
        .unwrap_or(tag.len());
    tag.get(..end).unwrap_or_default()
}

struct Writer<'a, 'form> {
    form: &'form Canonicalization,
    apex: NodeId,
    source: &'a str,
    output: Vec<u8>,
    /// The root element is done, written or left out.
    behind_root: bool,
    /// Prefix (empty: the default namespace) → namespace, as the output elements around have it.
    rendered: HashMap<&'a str, &'a str>,
    /// What `rendered` held before, one frame for each open element that declares something.
    undo: Vec<(NodeId, &'a str, Option<&'a str>)>,
}

impl<'a> Writer<'a, '_> {
    fn enter(&mut self, node: Node<'a, 'a>) {
        if node.is_element() {
            self.start_tag(node);
        } else if node.is_text() {
            escape_text(&mut self.output, node.text().unwrap_or_default());
        } else if node.is_comment() && self.form.with_comments {
            self.outside_root(node, |output| {
                output.extend_from_slice(b"<!--");
                output.extend_from_slice(node.text().unwrap_or_default().as_bytes());
                output.extend_from_slice(b"-->");
            });
        } else if let Some(instruction) = node.pi() {
            self.outside_root(node, |output| {
                output.extend_from_slice(b"<?");
                output.extend_from_slice(instruction.target.as_bytes());
                if let Some(value) = instruction.value.filter(|value| !value.is_empty()) {
                    output.push(b' ');
                    output.extend_from_slice(value.as_bytes());
                }
                output.extend_from_slice(b"?>");
            });
        }
    }

    fn leave(&mut self, node: Node<'a, 'a>) {
        if !node.is_element() {
            return;
        }
        self.output.extend_from_slice(b"</");
        self.output
            .extend_from_slice(qualified_name(node, self.source).as_bytes());
        self.output.push(b'>');
        while let Some((_, prefix, before)) = self.undo.pop_if(|(owner, _, _)| *owner == node.id())
        {
            match before {
                Some(namespace) => self.rendered.insert(prefix, namespace),
                None => self.rendered.remove(prefix),
            };
        }
    }

    /// Comments and instructions beside the root stand on lines of their own. Source: Canonical XML 1.0 section 2.3.
    fn outside_root(&mut self, node: Node<'a, 'a>, write: impl FnOnce(&mut Vec<u8>)) {
        let top = is_at_top(node);
        if top && self.behind_root {
            self.output.push(b'\n');
        }
        write(&mut self.output);
        if top && !self.behind_root {
            self.output.push(b'\n');
        }
    }

    fn start_tag(&mut self, element: Node<'a, 'a>) {
        let name = qualified_name(element, self.source);
        self.output.push(b'<');
        self.output.extend_from_slice(name.as_bytes());
        let mut attributes: Vec<Attribute<'a, 'a>> = element.attributes().collect();
        for (prefix, namespace) in self.namespaces_to_render(element, name, &attributes) {
            self.output.extend_from_slice(if prefix.is_empty() {
                b" xmlns"
            } else {
                b" xmlns:"
            });
            self.output.extend_from_slice(prefix.as_bytes());
            self.output.extend_from_slice(b"=\"");
            escape_attribute(&mut self.output, namespace);
            self.output.push(b'"');
            let before = self.rendered.insert(prefix, namespace);
            self.undo.push((element.id(), prefix, before));
        }
        if element.id() == self.apex && !self.form.exclusive {
            self.inherit_xml_attributes(element, &mut attributes);
        }
        attributes
            .sort_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));
        for attribute in attributes {
            self.output.push(b' ');
            self.output
                .extend_from_slice(self.written_name(&attribute).as_bytes());
            self.output.extend_from_slice(b"=\"");
            escape_attribute(&mut self.output, attribute.value());
            self.output.push(b'"');
        }
        self.output.push(b'>');
    }

    /// The namespace nodes that this element writes, in order of prefix.
    fn namespaces_to_render(
        &self,
        element: Node<'a, 'a>,
        name: &'a str,
        attributes: &[Attribute<'a, 'a>],
    ) -> Vec<(&'a str, &'a str)> {
        let used = |prefix: &str| {
            prefix_of(name) == prefix
                || (!prefix.is_empty()
                    && attributes
                        .iter()
                        .any(|attribute| prefix_of(self.written_name(attribute)) == prefix))
        };
        let listed = |prefix: &str| {
            self.form
                .inclusive_prefixes
                .iter()
                .any(|listed| listed == prefix)
        };
        if element.id() != self.apex && !self.form.exclusive && declares_nothing(element) {
            return Vec::new();
        }
        let mut to_render: Vec<(&str, &str)> = element
            .namespaces()
            .map(|namespace| (namespace.name().unwrap_or_default(), namespace.uri()))
            .filter(|(prefix, _)| !self.form.exclusive || listed(prefix) || used(prefix))
            .filter(|(prefix, uri)| self.rendered.get(prefix).copied().unwrap_or_default() != *uri)
            .collect();
        // No default namespace in force here, but the output around has one: xmlns="" undoes it.
        let in_force = |(prefix, _): &(&str, &str)| prefix.is_empty();
        if self.form.exclusive
            && (used("") || listed(""))
            && element.default_namespace().is_none()
            && self
                .rendered
                .get("")
                .is_some_and(|around| !around.is_empty())
            && !to_render.iter().any(in_force)
        {
            to_render.push(("", ""));
        }
        to_render.sort_unstable();
        to_render
    }

    /// An inclusive subtree takes `xml:*` along from the elements around it. Source: Canonical XML 1.0 section 2.4.
    fn inherit_xml_attributes(
        &self,
        element: Node<'a, 'a>,
        attributes: &mut Vec<Attribute<'a, 'a>>,
    ) {
        let in_xml = |it: &Attribute<'_, '_>| it.namespace() == Some(XML_NAMESPACE);
        let own = attributes.iter().filter(|it| in_xml(it));
        let mut known: HashSet<&str> = own.map(Attribute::name).collect();
        for ancestor in element.ancestors().skip(1).filter(Node::is_element) {
            let around = ancestor.attributes().filter(in_xml);
            attributes.extend(around.filter(|inherited| known.insert(inherited.name())));
        }
    }

    fn written_name(&self, attribute: &Attribute<'a, 'a>) -> &'a str {
        self.source.get(attribute.range_qname()).unwrap_or_default()
    }
}

/// Whether a node stands in the document itself: the root element and what is beside it.
fn is_at_top(node: Node<'_, '_>) -> bool {
    node.parent().is_some_and(|parent| parent.is_root())
}

/// roxmltree shares one list of namespaces between an element and its parent when the element declares none.
fn declares_nothing(element: Node<'_, '_>) -> bool {
    let Some(parent) = element.parent_element() else {
        return false;
    };
    let (own, around) = (element.namespaces(), parent.namespaces());
    own.len() == around.len()
        && own
            .zip(around)
            .all(|(one, other)| core::ptr::eq(one, other))
}

fn prefix_of(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn escape_text(output: &mut Vec<u8>, text: &str) {
    escape(output, text, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

fn escape_attribute(output: &mut Vec<u8>, value: &str) {
    escape(output, value, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    });
}

fn escape(output: &mut Vec<u8>, text: &str, replacement: impl Fn(u8) -> Option<&'static [u8]>) {
    let mut rest = text.as_bytes();
    while let Some((at, escaped)) = rest
        .iter()
        .enumerate()
        .find_map(|(at, byte)| replacement(*byte).map(|escaped| (at, escaped)))
    {
        let (before, after) = rest.split_at(at);
        output.extend_from_slice(before);
        output.extend_from_slice(escaped);
        rest = after.get(1..).unwrap_or_default();
    }
    output.extend_from_slice(rest);
}
