//! Why a text is not XML that can be signed, in the words that portals already know.

use core::fmt;

/// Where and why parsing stopped; shown as NCALayer shows it.
///
/// `Display` gives the text of a Java `SAXParseException`, because that text travels to the page unchanged:
/// `org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 25; XML document structures must start and end within the
/// same entity.`
///
/// Source: NCALayer 1.4 answers its parser's exception text; wording and columns as the JDK's Xerces gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    line: u32,
    column: u32,
    fault: Fault,
}

impl ParseError {
    /// A fault at byte `position` of `text`.
    pub(crate) fn at(text: &str, position: usize, fault: Fault) -> Self {
        let before = text.get(..position).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let last_line = before.rsplit('\n').next().unwrap_or(before);
        // Java counts UTF-16 units: a letter beyond the basic plane is two columns wide.
        let column = last_line.encode_utf16().count() + 1;
        Self {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            fault,
        }
    }

    /// A fault whose place is known already.
    pub(crate) fn new(line: u32, column: u32, fault: Fault) -> Self {
        Self {
            line,
            column,
            fault,
        }
    }

    /// The line, counted from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column, counted from 1 in UTF-16 units.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// What is wrong.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "org.xml.sax.SAXParseException; lineNumber: {}; columnNumber: {}; {}",
            self.line, self.column, self.fault
        )
    }
}

impl core::error::Error for ParseError {}

/// What is wrong with a text that should be XML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is its own sentence")]
pub enum Fault {
    #[error("Premature end of file.")]
    PrematureEnd,
    #[error("XML document structures must start and end within the same entity.")]
    EndInsideMarkup,
    #[error("Content is not allowed in prolog.")]
    ContentInProlog,
    #[error("Reference is not allowed in prolog.")]
    ReferenceInProlog,
    #[error("Content is not allowed in trailing section.")]
    ContentInTrailer,
    #[error("The markup in the document preceding the root element must be well-formed.")]
    MarkupBeforeRoot,
    #[error("The markup in the document following the root element must be well-formed.")]
    MarkupAfterRoot,
    #[error("The content of elements must consist of well-formed character data or markup.")]
    MarkupInContent,
    #[error(
        "DOCTYPE is disallowed when the feature \"http://apache.org/xml/features/disallow-doctype-decl\" set to true."
    )]
    Doctype,
    #[error("The element type \"{0}\" must be terminated by the matching end-tag \"</{0}>\".")]
    MismatchedEndTag(String),
    #[error("The end-tag for element type \"{0}\" must end with a '>' delimiter.")]
    UnterminatedEndTag(String),
    #[error(
        "Element type \"{0}\" must be followed by either attribute specifications, \">\" or \"/>\"."
    )]
    UnterminatedStartTag(String),
    #[error(
        "Attribute name \"{attribute}\" associated with an element type \"{element}\" must be followed by the ' = ' character."
    )]
    AttributeWithoutEquals { element: String, attribute: String },
    #[error(
        "Open quote is expected for attribute \"{attribute}\" associated with an  element type  \"{element}\"."
    )]
    AttributeWithoutQuote { element: String, attribute: String },
    #[error(
        "The value of attribute \"{attribute}\" associated with an element type \"{element}\" must not contain the '<' character."
    )]
    LessThanInAttribute { element: String, attribute: String },
    #[error("Attribute \"{attribute}\" was already specified for element \"{element}\".")]
    RepeatedAttribute { element: String, attribute: String },
    #[error(
        "Attribute \"{local}\" bound to namespace \"{namespace}\" was already specified for element \"{element}\"."
    )]
    RepeatedQualifiedAttribute {
        element: String,
        local: String,
        namespace: String,
    },
    #[error(
        "Element or attribute \"{0}\" do not match QName production: QName::=(NCName:)?NCName."
    )]
    NotAQualifiedName(String),
    #[error("The prefix \"{prefix}\" for element \"{element}\" is not bound.")]
    UnboundElementPrefix { prefix: String, element: String },
    #[error(
        "The prefix \"{prefix}\" for attribute \"{attribute}\" associated with an element type \"{element}\" is not bound."
    )]
    UnboundAttributePrefix {
        prefix: String,
        attribute: String,
        element: String,
    },
    #[error("Element \"{0}\" cannot have \"xmlns\" as its prefix.")]
    XmlnsElement(String),
    #[error("Attribute \"{0}\" cannot have \"xmlns\" as its local name.")]
    XmlnsLocalName(String),
    #[error(
        "The value of the attribute \"prefix=\"xmlns\",localpart=\"{0}\",rawname=\"xmlns:{0}\"\" is invalid. Prefixed namespace bindings may not be empty."
    )]
    EmptyPrefixBinding(String),
    #[error(
        "The prefix \"xml\" cannot be bound to any namespace other than its usual namespace; neither can the namespace for \"xml\" be bound to any prefix other than \"xml\"."
    )]
    XmlPrefixBound,
    #[error(
        "The prefix \"xmlns\" cannot be bound to any namespace explicitly; neither can the namespace for \"xmlns\" be bound to any prefix explicitly."
    )]
    XmlnsPrefixBound,
    #[error("An invalid XML character (Unicode: 0x{0:x}) was found in the {1}.")]
    InvalidCharacter(u32, Place),
    #[error(
        "An invalid XML character (Unicode: 0x{code:x}) was found in the value of attribute \"{attribute}\" and element is \"{element}\"."
    )]
    InvalidCharacterInAttribute {
        code: u32,
        element: String,
        attribute: String,
    },
    #[error("Character reference \"&#{0}\" is an invalid XML character.")]
    InvalidCharacterReference(String),
    #[error(
        "A decimal representation must immediately follow the \"&#\" in a character reference."
    )]
    CharacterReferenceWithoutDecimal,
    #[error(
        "A hexadecimal representation must immediately follow the \"&#x\" in a character reference."
    )]
    CharacterReferenceWithoutHexadecimal,
    #[error("The character reference must end with the ';' delimiter.")]
    UnterminatedCharacterReference,
    #[error("The entity name must immediately follow the '&' in the entity reference.")]
    ReferenceWithoutName,
    #[error("The reference to entity \"{0}\" must end with the ';' delimiter.")]
    UnterminatedReference(String),
    #[error("The entity \"{0}\" was referenced, but not declared.")]
    UndeclaredEntity(String),
    #[error(
        "The character sequence \"]]>\" must not appear in content unless used to mark the end of a CDATA section."
    )]
    SectionEndInContent,
    #[error("The string \"--\" is not permitted within comments.")]
    DashesInComment,
    #[error("Comment must start with \"<!--\".")]
    CommentStart,
    #[error("The processing instruction must begin with the name of the target.")]
    InstructionWithoutTarget,
    #[error("The processing instruction target matching \"[xX][mM][lL]\" is not allowed.")]
    ReservedInstructionTarget,
    #[error("White space is required between the processing instruction target and data.")]
    InstructionWithoutSpace,
    #[error("The version is required in the XML declaration.")]
    DeclarationWithoutVersion,
    #[error("XML version \"{0}\" is not supported, only XML 1.0 is supported.")]
    UnsupportedVersion(String),
    #[error("A pseudo attribute name is expected.")]
    PseudoAttributeExpected,
    #[error("The value following \"{0}\" in the XML declaration must be a quoted string.")]
    PseudoAttributeWithoutQuote(String),
    #[error("The ' = ' character must follow \"{0}\" in the XML declaration.")]
    PseudoAttributeWithoutEquals(String),
    #[error("White space is required before the encoding pseudo attribute in the XML declaration.")]
    SpaceBeforePseudoAttribute,
    #[error("No more pseudo attributes are allowed.")]
    MorePseudoAttributes,
    #[error("The standalone document declaration value must be \"yes\" or \"no\", not \"{0}\".")]
    InvalidStandalone(String),
    #[error("The XML declaration must end with \"?>\".")]
    UnterminatedDeclaration,
    #[error("The document has more than {0}, which is more than this program signs.")]
    TooMuch(Limit),
    #[error("The document is not well-formed: {0}.")]
    Other(String),
}

/// Where an impossible character stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after the constructs of XML 1.0")]
pub enum Place {
    Content,
    Comment,
    Section,
    Instruction,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Content => "element content of the document",
            Place::Comment => "comment",
            Place::Section => "CDATA section",
            Place::Instruction => "processing instruction",
        })
    }
}

/// Which limit a document exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the texts below say what each counts")]
pub enum Limit {
    Bytes(usize),
    Depth(usize),
    Nodes(usize),
    Attributes(usize),
    Namespaces(usize),
    NameLength(usize),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Bytes(most) => write!(f, "{most} bytes"),
            Limit::Depth(most) => write!(f, "{most} nested elements"),
            Limit::Nodes(most) => write!(f, "{most} nodes"),
            Limit::Attributes(most) => write!(f, "{most} attributes in one element"),
            Limit::Namespaces(most) => write!(f, "{most} namespace prefixes in force"),
            Limit::NameLength(most) => write!(f, "{most} bytes in one name"),
        }
    }
}
