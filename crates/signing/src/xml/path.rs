//! Paths by which a page names an element: the few forms of XPath 1.0 that pages use, read strictly.

use super::names::{is_name, is_space, split_qualified};
use core::fmt;
use core::str::FromStr;
use roxmltree::{Document, Node};
use std::collections::HashSet;

/// Most bytes of a path.
const MAX_BYTES: usize = 4096;
/// Most steps of a path: each may look at every element once.
const MAX_STEPS: usize = 64;
/// Most conditions of one step.
const MAX_CONDITIONS: usize = 8;

/// An absolute path to an element: `/root/part[2]`, `//part[@Id='a']`, `/*[local-name()='Envelope']/*[1]`.
///
/// A step is a name as the document writes it (with its prefix, if any) or `*`; conditions are a position counted from 1,
/// `@name='value'` and `local-name()='name'`. Like XPath, a path means the first such element in document order.
///
/// Source: XPath 1.0 section 2.5; NCALayer's commonUtils hands paths to Java's XPath, pages are seen with these forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementPath(Vec<Step>);

/// Why a text is no path that is understood here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It does not begin at the document: only absolute paths are taken.
    #[error("the XPath is not absolute: it must begin with /")]
    Relative,
    /// It is longer, has more steps or more conditions than any honest one.
    #[error("the XPath is too long")]
    TooLong,
    /// It is of a form that is not understood here.
    #[error(
        "the XPath cannot be read at character {0}; steps are names or *, conditions [1], [@name='value'] or [local-name()='name']"
    )]
    Syntax(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    /// True after `//`: at any depth.
    anywhere: bool,
    /// None: any name.
    name: Option<String>,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Position(usize),
    Attribute(String, String),
    LocalName(String),
}

impl ElementPath {
    /// The root of the document: `/*`.
    #[must_use]
    pub fn root() -> Self {
        Self(vec![Step {
            anywhere: false,
            name: None,
            conditions: Vec::new(),
        }])
    }

    /// The first element of this name as the document writes it, wherever it stands: `//name`.
    ///
    /// # Errors
    /// [`PathError::TooLong`], and [`PathError::Syntax`] when it is no name.
    pub fn first_named(name: &str) -> Result<Self, PathError> {
        if name.len() > MAX_BYTES {
            return Err(PathError::TooLong);
        }
        let is_one = name.chars().all(is_name) && split_qualified(name).is_some();
        if !is_one {
            return Err(PathError::Syntax(1));
        }
        Ok(Self(vec![Step {
            anywhere: true,
            name: Some(name.to_owned()),
            conditions: Vec::new(),
        }]))
    }

    /// The first element in document order that the path means.
    pub(crate) fn find<'a, 'input>(&self, tree: &'a Document<'input>) -> Option<Node<'a, 'input>> {
        // In document order, none twice.
        let mut found = vec![tree.root()];
        for step in &self.0 {
            let parents = if step.anywhere {
                with_descendants(&found)
            } else {
                found
            };
            found = parents
                .iter()
                .flat_map(|parent| step.children(*parent))
                .collect();
            // Children of nested parents come out of order.
            if step.anywhere {
                found.sort_unstable_by_key(|node| node.id().get());
            }
        }
        found.into_iter().next()
    }
}

impl Step {
    fn children<'a, 'input>(&self, parent: Node<'a, 'input>) -> Vec<Node<'a, 'input>> {
        let source = parent.document().input_text();
        let named = |node: &Node<'a, 'input>| {
            self.name
                .as_ref()
                .is_none_or(|name| super::c14n::qualified_name(*node, source) == name)
        };
        let mut chosen: Vec<_> = parent
            .children()
            .filter(|child| child.is_element() && named(child))
            .collect();
        for condition in &self.conditions {
            match condition {
                Condition::Position(position) => {
                    chosen = chosen.into_iter().skip(position - 1).take(1).collect();
                }
                Condition::Attribute(name, value) => chosen.retain(|node| {
                    node.attributes().any(|attribute| {
                        source.get(attribute.range_qname()) == Some(name)
                            && attribute.value() == value
                    })
                }),
                Condition::LocalName(name) => chosen.retain(|node| node.tag_name().name() == name),
            }
        }
        chosen
    }
}

/// These nodes and all below them, none twice.
fn with_descendants<'a, 'input>(nodes: &[Node<'a, 'input>]) -> Vec<Node<'a, 'input>> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for node in nodes {
        // Those below one that was seen were seen with it.
        if seen.contains(&node.id()) {
            continue;
        }
        for below in node.descendants().filter(|below| !below.is_text()) {
            seen.insert(below.id());
            all.push(below);
        }
    }
    all
}

impl FromStr for ElementPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let trimmed = text.trim_matches(is_space);
        if trimmed.len() > MAX_BYTES {
            return Err(PathError::TooLong);
        }
        if !trimmed.starts_with('/') {
            return Err(PathError::Relative);
        }
        let mut reader = Reader {
            whole: trimmed,
            rest: trimmed,
        };
        let mut steps = Vec::new();
        while !reader.rest.is_empty() {
            if steps.len() >= MAX_STEPS {
                return Err(PathError::TooLong);
            }
            steps.push(reader.step()?);
        }
        Ok(Self(steps))
    }
}

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn step(&mut self) -> Result<Step, PathError> {
        self.expect("/")?;
        let anywhere = self.accept("/");
        self.spaces();
        let name = if self.accept("*") {
            None
        } else {
            Some(self.name()?.to_owned())
        };
        let mut conditions = Vec::new();
        self.spaces();
        while self.accept("[") {
            if conditions.len() >= MAX_CONDITIONS {
                return Err(PathError::TooLong);
            }
            conditions.push(self.condition()?);
            self.spaces();
        }
        Ok(Step {
            anywhere,
            name,
            conditions,
        })
    }

    fn condition(&mut self) -> Result<Condition, PathError> {
        self.spaces();
        let condition = if self.accept("@") {
            let name = self.name()?.to_owned();
            Condition::Attribute(name, self.equals()?)
        } else if self.accept("local-name()") {
            Condition::LocalName(self.equals()?)
        } else {
            let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, rest) = self.rest.split_at(length);
            match digits.parse() {
                Ok(position) if position > 0 => {
                    self.rest = rest;
                    Condition::Position(position)
                }
                _ => return Err(self.fault()),
            }
        };
        self.spaces();
        self.expect("]")?;
        Ok(condition)
    }

    /// `= 'value'`, in quotes of either kind.
    fn equals(&mut self) -> Result<String, PathError> {
        self.spaces();
        self.expect("=")?;
        self.spaces();
        let quote = if self.rest.starts_with('"') {
            "\""
        } else {
            "'"
        };
        self.expect(quote)?;
        let (value, rest) = self.rest.split_once(quote).ok_or_else(|| self.fault())?;
        self.rest = rest;
        Ok(value.to_owned())
    }

    fn name(&mut self) -> Result<&'a str, PathError> {
        let length = self
            .rest
            .find(|letter| !is_name(letter))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(length);
        split_qualified(name).ok_or_else(|| self.fault())?;
        self.rest = rest;
        Ok(name)
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_start_matches(is_space);
    }

    fn accept(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), PathError> {
        if self.accept(token) {
            Ok(())
        } else {
            Err(self.fault())
        }
    }

    fn fault(&self) -> PathError {
        let read = self.whole.len() - self.rest.len();
        let before = self.whole.get(..read).unwrap_or(self.whole);
        PathError::Syntax(before.chars().count() + 1)
    }
}

/// As a page would write it.
impl fmt::Display for ElementPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            f.write_str(if step.anywhere { "//" } else { "/" })?;
            f.write_str(step.name.as_deref().unwrap_or("*"))?;
            for condition in &step.conditions {
                let quoted = |value: &str| match value.contains('\'') {
                    true => format!("\"{value}\""),
                    false => format!("'{value}'"),
                };
                match condition {
                    Condition::Position(position) => write!(f, "[{position}]")?,
                    Condition::Attribute(name, value) => write!(f, "[@{name}={}]", quoted(value))?,
                    Condition::LocalName(name) => write!(f, "[local-name()={}]", quoted(name))?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(xml: &str, path: &str) -> Option<String> {
        let tree = Document::parse(xml).unwrap();
        let node = path.parse::<ElementPath>().unwrap().find(&tree)?;
        node.attribute("n").map(str::to_owned)
    }

    const XML: &str = "<r n='0'><a n='1'/><a n='2'><b n='3' Id='x'/></a><p:a xmlns:p='urn:p' n='4'><b n='5' Id='y'/></p:a><b n='6'/></r>";

    #[test]
    fn paths_mean_the_first_element_in_document_order() {
        for (path, expected) in [
            ("/r", Some("0")),
            ("/*", Some("0")),
            ("/r/a", Some("1")),
            ("/r/a[2]", Some("2")),
            ("/r/a[3]", None),
            ("/r/p:a/b", Some("5")),
            ("/r/*[3]", Some("4")),
            ("/r/*[local-name()='a'][3]", Some("4")),
            ("/r/a/b", Some("3")),
            ("//b", Some("3")),
            ("//b[2]", None),
            ("//*[@Id='y']", Some("5")),
            (" / r / a [ 2 ] / b [ @Id = \"x\" ] ", Some("3")),
            ("/r//b[@Id='y']", Some("5")),
            ("//*//b", Some("3")),
            ("/b", None),
            ("/r/q:a", None),
        ] {
            assert_eq!(found(XML, path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn an_element_is_named_alone_wherever_it_stands() {
        let tree = Document::parse(XML).unwrap();
        let place = |path: ElementPath| path.find(&tree)?.attribute("n");
        assert_eq!(place(ElementPath::root()), Some("0"));
        for (name, expected) in [
            ("r", Some("0")),
            ("b", Some("3")),
            ("p:a", Some("4")),
            ("c", None),
        ] {
            assert_eq!(place(ElementPath::first_named(name).unwrap()), expected);
        }
        for name in ["", "*", "a[1]", "a/b", "a b", "a:b:c", "1a"] {
            let refused = ElementPath::first_named(name);
            assert_eq!(refused, Err(PathError::Syntax(1)), "{name}");
        }
        let long = ElementPath::first_named(&"a".repeat(5000));
        assert_eq!(long, Err(PathError::TooLong));
    }

    #[test]
    fn a_deep_document_is_looked_through_once_a_step() {
        let xml = format!("{}{}", "<a n='1'>".repeat(1000), "</a>".repeat(1000));
        assert_eq!(found(&xml, &"//a".repeat(60)).as_deref(), Some("1"));
    }

    #[test]
    fn other_forms_are_refused_where_they_begin() {
        for (path, error) in [
            ("", PathError::Relative),
            ("r/a", PathError::Relative),
            ("id('x')", PathError::Relative),
            ("/", PathError::Syntax(2)),
            ("/r/", PathError::Syntax(4)),
            ("/r///a", PathError::Syntax(5)),
            ("/r/a[0]", PathError::Syntax(6)),
            ("/r/a[last()]", PathError::Syntax(6)),
            ("/r/a[@Id]", PathError::Syntax(9)),
            ("/r/a[@Id='x]", PathError::Syntax(11)),
            ("/r/@Id", PathError::Syntax(4)),
            ("/r/text()", PathError::Syntax(8)),
            ("/r/..", PathError::Syntax(4)),
            ("/r|/s", PathError::Syntax(3)),
            ("/қ:ұ:б", PathError::Syntax(2)),
        ] {
            assert_eq!(path.parse::<ElementPath>(), Err(error), "{path}");
        }
        assert_eq!(
            "/a".repeat(65).parse::<ElementPath>(),
            Err(PathError::TooLong)
        );
        assert_eq!(
            format!("/{}", "a".repeat(5000)).parse::<ElementPath>(),
            Err(PathError::TooLong)
        );
    }

    #[test]
    fn a_path_is_written_as_it_is_read() {
        for path in [
            "/r/a[2]",
            "//*[@Id='x']",
            "/p:r/*[local-name()='a'][1]",
            "//a[@b=\"it's\"]",
        ] {
            assert_eq!(path.parse::<ElementPath>().unwrap().to_string(), path);
        }
    }
}
