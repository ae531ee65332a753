//! A document that may be signed: read once, strictly, and never looked at in another way afterwards.

use super::c14n::{Canonicalization, canonicalize};
use super::fault::{Fault, ParseError};
use super::scan::{Scanned, scan};
use super::text::with_line_feeds;
use crate::Error;
use core::fmt;
use core::ops::Range;

/// A well-formed XML 1.0 document without a DTD, and the exact bytes that an enveloped signature of it covers.
///
/// What [`Document::canonical`] gives is what is digested when the document is signed: whoever shows the document
/// to a person before signing shows these bytes.
#[derive(Clone)]
pub struct Document {
    text: String,
    scanned: Scanned,
    canonical: Vec<u8>,
}

impl Document {
    /// Reads a document that arrived as text, as in a JSON message.
    ///
    /// An encoding that its XML declaration names is ignored: the text is decoded already.
    ///
    /// # Errors
    /// [`Error::Xml`] for anything that is not well-formed, holds a DOCTYPE (refused before anything is expanded),
    /// is XML 1.1, or exceeds a limit (64 MiB, 1024 levels, 4 million nodes, 256 attributes or 128 prefixes at one place).
    ///
    /// Source: XML 1.0 (fifth edition), Namespaces in XML 1.0.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = with_line_feeds(text).into_owned();
        let scanned = scan(&text)?;
        let canonical = canonicalize(tree(&text)?.root(), &Canonicalization::INCLUSIVE, &[])?;
        Ok(Self {
            text,
            scanned,
            canonical,
        })
    }

    /// Reads a document from a file's bytes: UTF-8, UTF-16 or windows-1251, by byte order mark or declaration.
    ///
    /// # Errors
    /// [`Error::Encoding`] when the bytes are not in the encoding they claim, and as [`Document::parse`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::parse(&super::text::decode(bytes)?)
    }

    /// The bytes that an enveloped signature of the whole document covers: Canonical XML 1.0 without comments.
    ///
    /// The transform that NCALayer declares is `…#WithComments`, but a Reference with `URI=""` has no comments to keep.
    /// Source: XMLDSig 1.1 section 4.4.3.2; the JDK and xmlsec1 digest the same.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// The document's text: LF line ends, without XML declaration and white space around.
    pub fn text(&self) -> &str {
        let behind_declaration = self
            .text
            .get(self.scanned.declaration_end..)
            .unwrap_or_default();
        behind_declaration.trim_matches(super::names::is_space)
    }

    /// The canonical bytes in another form.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the form would exceed 256 MiB.
    pub fn canonicalize(&self, form: &Canonicalization) -> Result<Vec<u8>, Error> {
        canonicalize(tree(&self.text)?.root(), form, &[])
    }

    /// The canonical bytes of the element whose attribute `Id` has this value.
    ///
    /// # Errors
    /// [`Error::NoSuchId`] or [`Error::DuplicateId`] when there is not exactly one.
    pub fn canonicalize_by_id(&self, id: &str, form: &Canonicalization) -> Result<Vec<u8>, Error> {
        let tree = tree(&self.text)?;
        canonicalize(super::by_id::find(&tree, id)?, form, &[])
    }

    /// The whole text, as positions and trees have it.
    pub(crate) fn source(&self) -> &str {
        &self.text
    }

    /// The root element's place in the text.
    pub(crate) fn root(&self) -> Range<usize> {
        self.scanned.root.clone()
    }

    /// The text with `content` as the last child of `parent`, and where `content` begins in it. As NCALayer writes it: its own
    /// declaration, empty pairs as `<a/>`, everything else as it came.
    ///
    /// `parent`: the element's place in the text, from `<` of its start tag to behind its end.
    pub(crate) fn with_last_child(&self, parent: &Range<usize>, content: &str) -> (String, usize) {
        let mut output = String::with_capacity(self.text.len() + content.len() + 128);
        output.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>");
        let body = self.text();
        let start = body.as_ptr().addr() - self.text.as_ptr().addr();
        let end = start + body.len();
        let mut copied = start;
        let mut copy_to = |output: &mut String, at: usize, resume: usize| {
            output.push_str(self.text.get(copied..at).unwrap_or_default());
            copied = resume;
        };
        // The parent, when it is empty, must stay open.
        let empty_ends = &self.scanned.empty_ends;
        let empty_parent = empty_ends.binary_search_by_key(&parent.end, |place| place.end);
        // An end tag holds no other "</".
        let end_tag = |element: &str| element.rfind("</").map(|at| parent.start + at);
        let mut insert_at = match empty_parent {
            Ok(_) => None,
            Err(_) => self.text.get(parent.clone()).and_then(end_tag),
        };
        let mut inserted = 0;
        for (index, Range { start, end }) in empty_ends.iter().cloned().enumerate() {
            if let Some(at) = insert_at.take_if(|at| *at <= start) {
                copy_to(&mut output, at, at);
                inserted = output.len();
                output.push_str(content);
            }
            copy_to(&mut output, start, end);
            if empty_parent == Ok(index) {
                output.push('>');
                inserted = output.len();
                output.push_str(content);
                output.push_str("</");
                output.push_str(self.name_at(parent.start));
                output.push('>');
            } else {
                output.push_str("/>");
            }
        }
        if let Some(at) = insert_at {
            copy_to(&mut output, at, at);
            inserted = output.len();
            output.push_str(content);
        }
        copy_to(&mut output, end, end);
        (output, inserted)
    }

    /// The name of the element whose start tag begins here.
    fn name_at(&self, start: usize) -> &str {
        let tag = self.text.get(start + 1..).unwrap_or_default();
        let end = tag
            .find(|letter| !super::names::is_name(letter))
            .unwrap_or(tag.len());
        tag.get(..end).unwrap_or_default()
    }
}

/// Never the document itself: it may hold what is nobody's business.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// The tree of a text that [`scan`] has accepted.
pub(crate) fn tree(text: &str) -> Result<roxmltree::Document<'_>, Error> {
    let options = roxmltree::ParsingOptions {
        allow_dtd: false,
        nodes_limit: u32::try_from(super::scan::MAX_NODES + 1).unwrap_or(u32::MAX),
        ..Default::default()
    };
    // Two readers must agree: what only one of them accepts is not signed.
    roxmltree::Document::parse_with_options(text, options).map_err(|error| {
        Error::Xml(ParseError::new(
            error.pos().row,
            error.pos().col,
            Fault::Other(error.to_string()),
        ))
    })
}
