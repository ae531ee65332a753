//! A strict reading of XML 1.0 with namespaces, before anything else looks at the text.
//!
//! roxmltree builds the tree, but it is lenient where a signature may not be (two default namespaces on one element, an empty
//! prefix binding, a reference to a surrogate, an XML declaration after a tab). This scan refuses what any conforming
//! parser refuses, keeps the limits, says why in Xerces' words, and finds the places where a signature goes.
//! The text must have LF line ends already.

use super::fault::{Fault, Limit, ParseError, Place};
use super::names::{is_name, is_name_start, is_space, is_xml_char};
use core::ops::Range;

mod tag;

/// Most bytes of a document that is signed or verified.
pub const MAX_BYTES: usize = 64 << 20;
/// Most elements inside each other.
pub const MAX_DEPTH: usize = 1024;
/// Most nodes (elements, texts, comments, instructions), and most `=`, wherever they stand.
pub const MAX_NODES: usize = 4_000_000;
/// Most attributes of one element. The JDK's own limit is 200 since JDK 24.
pub const MAX_ATTRIBUTES: usize = 256;
/// Most namespace prefixes in force at one place.
pub const MAX_NAMESPACES: usize = 128;
/// Most bytes of one name.
pub const MAX_NAME: usize = 4096;
/// Most namespace bindings summed over all elements that declare one: bounds what the tree copies.
const MAX_BINDINGS: usize = 16_000_000;

/// What the scan found, as byte positions in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// Where the XML declaration ends (0: there is none).
    pub declaration_end: usize,
    /// From `<` of the root's start tag to behind `>` of its end tag.
    pub root: Range<usize>,
    /// `/>`, or `></name>`, of every element without content, in document order.
    pub empty_ends: Vec<Range<usize>>,
}

/// Reads the whole text.
///
/// # Errors
/// The first thing that is not well-formed, is a DOCTYPE, is XML 1.1, or exceeds a limit.
pub(crate) fn scan(text: &str) -> Result<Scanned, ParseError> {
    let mut scanner = Scanner {
        text,
        position: 0,
        nodes: 0,
        bindings_sum: 0,
        bindings: Vec::new(),
        found: Scanned::default(),
    };
    match scanner.document() {
        Ok(()) => Ok(scanner.found),
        Err((position, fault)) => Err(ParseError::at(text, position, fault)),
    }
}

/// Byte position and fault; line and column are counted once, at the end.
type Step<T> = Result<T, (usize, Fault)>;

struct Scanner<'a> {
    text: &'a str,
    position: usize,
    nodes: usize,
    bindings_sum: usize,
    /// Prefix (empty: the default namespace) and namespace name as written, innermost last.
    bindings: Vec<(&'a str, &'a str)>,
    found: Scanned,
}

struct Open<'a> {
    name: &'a str,
    bindings_before: usize,
    start_tag_end: usize,
}

impl<'a> Scanner<'a> {
    fn document(&mut self) -> Step<()> {
        if self.text.len() > MAX_BYTES {
            return self.fail(Fault::TooMuch(Limit::Bytes(MAX_BYTES)));
        }
        self.count_markup()?;
        self.declaration()?;
        self.misc(true)?;
        let start = self.position;
        self.root()?;
        self.found.root = start..self.position;
        self.misc(false)
    }

    /// Comments, instructions and white space around the root; stops at the root's `<` or at the end.
    fn misc(&mut self, before_root: bool) -> Step<()> {
        loop {
            self.skip_spaces();
            let rest = self.rest();
            if rest.is_empty() {
                return if before_root {
                    self.fail(Fault::PrematureEnd)
                } else {
                    Ok(())
                };
            }
            if before_root && rest.starts_with('&') {
                return self.fail_after("&", Fault::ReferenceInProlog);
            }
            if !rest.starts_with('<') {
                return self.fail(if before_root {
                    Fault::ContentInProlog
                } else {
                    Fault::ContentInTrailer
                });
            }
            if rest.starts_with("<!--") {
                self.comment()?;
            } else if rest.starts_with("<?") {
                self.instruction()?;
            } else if before_root && rest.starts_with("<!DOCTYPE") {
                return self.fail_after("<!DOCTYPE", Fault::Doctype);
            } else if before_root {
                return self.root_start();
            } else if rest.len() == 1 {
                return self.fail_after("<", Fault::EndInsideMarkup);
            } else if rest.starts_with("<!") {
                return self.fail_after("<!", Fault::CommentStart);
            } else {
                let opening = if rest.starts_with("</") { "</" } else { "<" };
                return self.fail_after(opening, Fault::MarkupAfterRoot);
            }
        }
    }

    fn root_start(&mut self) -> Step<()> {
        let rest = self.rest();
        match rest.chars().nth(1) {
            None => self.fail_after("<", Fault::EndInsideMarkup),
            Some(letter) if is_name_start(letter) => Ok(()),
            Some('!') if rest.starts_with("<!-") => self.fail_after("<!-", Fault::CommentStart),
            Some('!') => self.fail_after("<!", Fault::MarkupBeforeRoot),
            Some(_) => self.fail_after("<", Fault::MarkupBeforeRoot),
        }
    }

    /// The root element with everything inside; a stack instead of recursion.
    fn root(&mut self) -> Step<()> {
        let mut open: Vec<Open<'a>> = Vec::new();
        self.start_tag(&mut open)?;
        while let Some(innermost) = open.last() {
            let rest = self.rest();
            if rest.is_empty() || rest == "<" {
                return self.fail_at_end();
            }
            if !rest.starts_with('<') {
                self.characters()?;
            } else if rest.starts_with("</") {
                let (name, start_tag_end) = (innermost.name, innermost.start_tag_end);
                let bindings_before = innermost.bindings_before;
                let at = self.position;
                self.end_tag(name)?;
                if start_tag_end == at {
                    // The ">" before "</name>" belongs to the empty end: "></name>" becomes "/>".
                    self.found
                        .empty_ends
                        .push(start_tag_end.saturating_sub(1)..self.position);
                }
                self.bindings.truncate(bindings_before);
                open.pop();
            } else if rest.starts_with("<!--") {
                self.comment()?;
            } else if rest.starts_with("<![CDATA[") {
                self.section()?;
            } else if rest.starts_with("<!") {
                return if matches!(rest, "<!" | "<!-") {
                    self.fail_at_end()
                } else if rest.starts_with("<!-") {
                    self.fail_after("<!-", Fault::CommentStart)
                } else {
                    self.fail_after("<!", Fault::MarkupInContent)
                };
            } else if rest.starts_with("<?") {
                self.instruction()?;
            } else if rest.chars().nth(1).is_some_and(is_name_start) {
                self.start_tag(&mut open)?;
            } else {
                return self.fail_after("<", Fault::MarkupInContent);
            }
        }
        Ok(())
    }

    fn end_tag(&mut self, name: &str) -> Step<()> {
        self.position += 2;
        if !self.rest().starts_with(name) {
            return self.fail(Fault::MismatchedEndTag(name.into()));
        }
        self.position += name.len();
        self.skip_spaces();
        match self.rest().chars().next() {
            Some('>') => {
                self.position += 1;
                Ok(())
            }
            None => self.fail_at_end(),
            Some(_) => self.fail(Fault::UnterminatedEndTag(name.into())),
        }
    }

    fn characters(&mut self) -> Step<()> {
        self.count_node()?;
        loop {
            let rest = self.rest();
            match rest.chars().next() {
                None | Some('<') => return Ok(()),
                Some('&') => self.reference()?,
                Some(']') if rest.starts_with("]]>") => {
                    return self.fail_after("]]>", Fault::SectionEndInContent);
                }
                Some(letter) if is_xml_char(letter) => self.position += letter.len_utf8(),
                Some(letter) => {
                    return self.fail(Fault::InvalidCharacter(letter.into(), Place::Content));
                }
            }
        }
    }

    fn comment(&mut self) -> Step<()> {
        self.count_node()?;
        self.position += "<!--".len();
        self.until("--", Place::Comment)?;
        if self.rest().starts_with('>') {
            self.position += 1;
            Ok(())
        } else if self.rest().is_empty() {
            self.fail_at_end()
        } else {
            self.fail(Fault::DashesInComment)
        }
    }

    fn section(&mut self) -> Step<()> {
        self.count_node()?;
        self.position += "<![CDATA[".len();
        self.until("]]>", Place::Section)
    }

    fn instruction(&mut self) -> Step<()> {
        self.count_node()?;
        self.position += "<?".len();
        let Some(target) = self.name() else {
            return if self.rest().is_empty() {
                self.fail_at_end()
            } else {
                self.fail(Fault::InstructionWithoutTarget)
            };
        };
        if target.eq_ignore_ascii_case("xml") {
            return self.fail(Fault::ReservedInstructionTarget);
        }
        let rest = self.rest();
        if rest.is_empty() {
            return self.fail_at_end();
        }
        if !rest.starts_with("?>") && !rest.starts_with(is_space) {
            return self.fail(Fault::InstructionWithoutSpace);
        }
        self.until("?>", Place::Instruction)
    }

    /// Goes behind the next `end`.
    fn until(&mut self, end: &str, place: Place) -> Step<()> {
        let rest = self.rest();
        let stop = rest.find(end);
        let inside = stop.and_then(|at| rest.get(..at)).unwrap_or(rest);
        if let Some((at, letter)) = inside
            .char_indices()
            .find(|(_, letter)| !is_xml_char(*letter))
        {
            self.position += at;
            return self.fail(Fault::InvalidCharacter(letter.into(), place));
        }
        match stop {
            Some(at) => {
                self.position += at + end.len();
                Ok(())
            }
            None => self.fail_at_end(),
        }
    }

    /// `&…;`: one of the five names, or a number of an XML character.
    fn reference(&mut self) -> Step<()> {
        self.position += 1;
        if self.rest().starts_with('#') {
            self.position += 1;
            return self.character_reference();
        }
        let Some(name) = self.name() else {
            return self.fail(Fault::ReferenceWithoutName);
        };
        if !self.rest().starts_with(';') {
            return self.fail(Fault::UnterminatedReference(name.into()));
        }
        self.position += 1;
        match name {
            "amp" | "lt" | "gt" | "quot" | "apos" => Ok(()),
            _ => self.fail(Fault::UndeclaredEntity(name.into())),
        }
    }

    fn character_reference(&mut self) -> Step<()> {
        let start = self.position;
        let radix = if self.rest().starts_with('x') { 16 } else { 10 };
        self.position += usize::from(radix == 16);
        let digits = self.rest();
        let length = digits
            .find(|letter: char| !letter.is_digit(radix))
            .unwrap_or(digits.len());
        let digits = digits.get(..length).unwrap_or_default();
        if digits.is_empty() {
            return self.fail(if radix == 16 {
                Fault::CharacterReferenceWithoutHexadecimal
            } else {
                Fault::CharacterReferenceWithoutDecimal
            });
        }
        self.position += length;
        let written: String = self
            .text
            .get(start..self.position)
            .unwrap_or_default()
            .chars()
            .take(32)
            .collect();
        if !self.rest().starts_with(';') {
            return self.fail(Fault::UnterminatedCharacterReference);
        }
        self.position += 1;
        match u32::from_str_radix(digits, radix)
            .ok()
            .and_then(char::from_u32)
        {
            Some(letter) if is_xml_char(letter) => Ok(()),
            _ => self.fail(Fault::InvalidCharacterReference(written)),
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        if !rest.starts_with(is_name_start) {
            return None;
        }
        let length = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        self.position += length;
        rest.get(..length)
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches(is_space).len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// roxmltree sets memory aside by these two letters, a hundred bytes for each, before it reads a document.
    fn count_markup(&self) -> Step<()> {
        let count = |letter: u8| self.text.bytes().filter(|byte| *byte == letter).count();
        if count(b'=') > MAX_NODES || count(b'<') > 2 * MAX_NODES {
            return self.fail(Fault::TooMuch(Limit::Nodes(MAX_NODES)));
        }
        Ok(())
    }

    fn count_node(&mut self) -> Step<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return self.fail(Fault::TooMuch(Limit::Nodes(MAX_NODES)));
        }
        Ok(())
    }

    fn fail<T>(&self, fault: Fault) -> Step<T> {
        Err((self.position, fault))
    }

    fn fail_after<T>(&self, opening: &str, fault: Fault) -> Step<T> {
        Err((self.position + opening.len(), fault))
    }

    fn fail_at_end<T>(&self) -> Step<T> {
        Err((self.text.len(), Fault::EndInsideMarkup))
    }
}
