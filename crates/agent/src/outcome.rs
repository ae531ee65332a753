//! What came of a request: one form for all modules to render.

use std::path::PathBuf;

use pki::Certificate;
use signing::cms::Message;

use crate::tokens::Kinds;

/// How a request that a person decided on ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The person said no.
    Cancelled,
    /// The person agreed to show this certificate.
    Certificate(ShownKey),
    /// Everything is signed.
    Signed(Signed),
    /// The page's own CMS, with time stamps.
    Stamped(Vec<Message>),
    /// The person picked this file or folder in the chooser.
    Chosen(PathBuf),
    /// These tokens are plugged in. No person was asked.
    Tokens(Kinds),
}

/// The public part of a key.
#[derive(Debug)]
pub(crate) struct ShownKey {
    pub(crate) certificate: Certificate,
    /// The name of the key in its file.
    pub(crate) alias: String,
}

/// Signatures, in the order of the documents.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) certificate: Certificate,
    pub(crate) products: Products,
}

#[derive(Debug)]
pub(crate) enum Products {
    /// Signed XML documents.
    Xml(Vec<String>),
    Cms(Vec<Message>),
    /// Signature values.
    Raw(Vec<Vec<u8>>),
}
