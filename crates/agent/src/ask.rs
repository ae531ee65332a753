//! What a page asks for, in the field's own words: no module's JSON names beyond this point.

use std::{borrow::Cow, path::PathBuf};

use bytes::Bytes;
use pki::ObjectIdentifier;
use signing::xml::{ElementPath, IdAttribute};
use window_messages::{FileKind, Language};

use crate::{files::ReadFile, streamed::Arrived};

/// A well-formed request that needs a person.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) what: What<'a>,
    pub(crate) stores: Stores,
    pub(crate) wanted: Wanted<'a>,
    /// The language the page named.
    pub(crate) language: Option<Language>,
    /// A picture for the window: PNG or JPEG, base64.
    pub(crate) logo: Option<String>,
    /// True when the signature must bear a time stamp.
    pub(crate) time_stamp: bool,
}

/// The act itself.
#[derive(Debug)]
pub(crate) enum What<'a> {
    /// Hand out the certificate's data.
    ShowCertificate,
    /// XMLDSig inside the document.
    Xml {
        documents: Vec<Input<'a>>,
        layout: XmlLayout,
        /// The element to sign and the one that gets the signature; none: the whole document, and its root.
        element: Option<XmlElement>,
    },
    /// CAdES-BES, with or without the content inside.
    Cms {
        documents: Vec<Input<'a>>,
        attached: bool,
        /// True when a document that is a signed message itself gets another signature instead of one around it.
        cosign: bool,
    },
    /// CAdES-BES without content, over digests that the page made.
    CmsOfDigest { digests: Vec<Input<'a>> },
    /// The signature's bytes alone.
    Raw {
        documents: Vec<Input<'a>>,
        digested: bool,
    },
    /// A time stamp on every signature of an existing CMS.
    AddTimeStamp { cms: Input<'a> },
    /// CAdES-BES of a file that a person let be read.
    File { file: ReadFile, attached: bool },
    /// CAdES-BES of a document that arrived by HTTP: with the content inside if it was kept.
    Streamed(Arrived),
}

/// A well-formed request to sign a file that the page names. Before a person allows it nothing is known of the file,
/// not even whether it is there.
#[derive(Debug)]
pub(crate) struct FileAsk {
    /// Absolute.
    pub(crate) path: PathBuf,
    /// True when the signature holds the content.
    pub(crate) attached: bool,
    pub(crate) stores: Stores,
    pub(crate) wanted: Wanted<'static>,
    /// True when the signature must bear a time stamp.
    pub(crate) time_stamp: bool,
}

/// A request to have a person pick a file or a folder, whose path the page gets.
#[derive(Debug)]
pub(crate) struct FileChoice {
    pub(crate) kind: FileKind,
    /// Where the chooser begins, as the page wishes: absolute.
    pub(crate) folder: Option<PathBuf>,
}

/// What part of an XML document is signed, and where the signature goes.
#[derive(Debug)]
pub(crate) struct XmlElement {
    pub(crate) signed: ElementPath,
    pub(crate) parent: ElementPath,
    /// Where the name of the signed element stands by which the signature refers to it.
    pub(crate) id: IdAttribute,
}

/// How `ds:Signature` is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum XmlLayout {
    /// commonUtils.
    LineBreaks,
    /// basics.
    Compact,
}

/// A document as the page sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input<'a> {
    /// The text's UTF-8 bytes are meant.
    Text(&'a str),
    /// Base64 as Java's basic decoder takes it: no line breaks.
    StrictBase64(&'a str),
    /// Base64 with white space anywhere.
    Base64(&'a str),
    /// The bytes themselves: a large text that was decoded where it lay.
    Decoded(&'a Bytes),
}

impl<'a> What<'a> {
    /// The documents and digests.
    pub(crate) fn inputs(&mut self) -> &mut [Input<'a>] {
        match self {
            Self::ShowCertificate | Self::File { .. } | Self::Streamed(_) => &mut [],
            Self::Xml { documents, .. }
            | Self::Cms { documents, .. }
            | Self::Raw { documents, .. } => documents,
            Self::CmsOfDigest { digests } => digests,
            Self::AddTimeStamp { cms } => std::slice::from_mut(cms),
        }
    }
}

/// Where the key may come from. Kinds of tokens go by NCALayer's names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Stores {
    /// From anywhere.
    #[default]
    Any,
    /// From files, and from tokens for which NCALayer has no name: a page cannot ask for those in another way.
    Files,
    /// From these kinds of tokens, and from files if they are named, too. Everything else is listed but cannot be chosen.
    These {
        kinds: Vec<&'static str>,
        files: bool,
    },
    /// From one kind of token: without it there is nothing to show.
    Token(&'static str),
    /// From Java key stores.
    Jks,
}

/// Which keys fit, as the page wants.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// It must serve to log in.
    pub(crate) authentication: bool,
    /// It must serve to sign documents.
    pub(crate) signing: bool,
    /// All of these must be in the certificate's extended key usage.
    pub(crate) rights: Vec<ObjectIdentifier>,
    pub(crate) iin: Option<Cow<'a, str>>,
    pub(crate) bin: Option<Cow<'a, str>>,
    pub(crate) serial_number: Option<Cow<'a, str>>,
    pub(crate) issuers: Issuers<'a>,
    pub(crate) expired: Stance,
    pub(crate) unknown_issuer: Stance,
    pub(crate) revoked: Stance,
}

/// What happens with a key that something speaks against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stance {
    /// It cannot be chosen.
    #[default]
    Refuse,
    /// It can be chosen, but signs only after a second, explicit yes.
    Ask,
    /// It signs like any other.
    Allow,
}

/// Which authorities the page takes.
#[derive(Debug, Default)]
pub(crate) enum Issuers<'a> {
    /// Those that this computer trusts.
    #[default]
    Ours,
    /// Any: `chain: []`.
    Any,
    /// These, as PEM.
    These(Vec<&'a str>),
}
