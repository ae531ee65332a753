//! What a request wants signed, and what of it can be shown. The bytes told here are the bytes that are signed.

mod kind;
mod preview;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use window_messages::{DocumentName, DocumentView, Preview};

use crate::{
    ask::Input,
    base64::{decode_lenient, decode_strict},
    error::Error,
    files::ReadFile,
    hex,
};

/// A document that will be signed.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) content: Content,
    name: DocumentName,
    /// Name of the file that it was read from.
    file_name: Option<String>,
    /// SHA-256 of what is covered, made where the document is read: of a large one it takes time.
    sha256: [u8; 32],
}

pub(crate) enum Content {
    Xml(Box<signing::xml::Document>),
    Bytes(Bytes),
    Digest(Bytes),
}

/// Documents do not belong into logs.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Xml(_) => "Xml(..)",
            Self::Bytes(_) => "Bytes(..)",
            Self::Digest(_) => "Digest(..)",
        })
    }
}

impl Content {
    fn covered(&self) -> &[u8] {
        match self {
            Self::Xml(document) => document.canonical(),
            Self::Bytes(bytes) | Self::Digest(bytes) => bytes,
        }
    }
}

impl Document {
    pub(crate) fn xml(input: Input<'_>) -> Result<Self, Error> {
        let document = match input {
            Input::Text(text) => signing::xml::Document::parse(text)?,
            encoded => signing::xml::Document::from_bytes(&bytes(encoded)?)?,
        };
        let name = kind::of_xml(document.canonical());
        Ok(Self::new(Content::Xml(Box::new(document)), name, None))
    }

    pub(crate) fn bytes(input: Input<'_>) -> Result<Self, Error> {
        Ok(Self::of(bytes(input)?, None))
    }

    /// A file that a person let be read.
    pub(crate) fn file(file: ReadFile) -> Self {
        Self::of(file.content.into(), Some(file.name))
    }

    fn of(bytes: Bytes, file_name: Option<String>) -> Self {
        let name = kind::of_bytes(&bytes);
        Self::new(Content::Bytes(bytes), name, file_name)
    }

    /// Signatures that the page has already, in DER.
    pub(crate) fn cms(input: Input<'_>) -> Result<Self, Error> {
        let document = Self::bytes(input)?;
        // Whether they hold does not matter for a time stamp, but there must be some.
        signing::cms::verify(document.covered(), None)?;
        Ok(document)
    }

    /// Bytes for a bare signature. Refuses the signed attributes of a CMS and the SignedInfo of an XML signature:
    /// the page could make from a signature over them one of a document that the window did not show.
    pub(crate) fn raw(input: Input<'_>) -> Result<Self, Error> {
        let document = Self::bytes(input)?;
        let disguised = kind::is_signed_attributes(document.covered())
            || kind::is_signed_info(document.covered());
        if disguised {
            Err(Error::DisguisedDocument)
        } else {
            Ok(document)
        }
    }

    pub(crate) fn digest(input: Input<'_>) -> Result<Self, Error> {
        let digest = bytes(input)?;
        if digest.is_empty() {
            return Err(Error::EmptyDigest);
        }
        let name = DocumentName::Digest;
        Ok(Self::new(Content::Digest(digest), name, None))
    }

    fn new(content: Content, name: DocumentName, file_name: Option<String>) -> Self {
        let sha256 = Sha256::digest(content.covered()).into();
        Self {
            content,
            name,
            file_name,
            sha256,
        }
    }

    /// The bytes that the signature covers: for XML its canonical form, for a digest the digest itself.
    pub(crate) fn covered(&self) -> &[u8] {
        self.content.covered()
    }

    /// True for what a site may call a log-in: a short text or nonce, not a file and not a digest.
    pub(crate) fn could_be_log_in(&self) -> bool {
        const CHALLENGE_BYTES: usize = 4096;
        self.file_name.is_none()
            && self.covered().len() <= CHALLENGE_BYTES
            && matches!(
                self.name,
                DocumentName::Xml { .. } | DocumentName::Text | DocumentName::Bytes
            )
    }

    /// Its line in the window.
    pub(crate) fn view(&self, log_in: bool) -> DocumentView {
        let covered = self.covered();
        DocumentView {
            name: if log_in {
                DocumentName::LogInRequest
            } else {
                self.name.clone()
            },
            file_name: self.file_name.clone(),
            signatures: 0,
            size: covered.len() as u64,
            digest: match &self.content {
                Content::Digest(digest) => hex::encode(digest),
                _ => hex::encode(&self.sha256),
            },
            beginning: match self.name {
                DocumentName::Xml { .. } | DocumentName::Text => preview::beginning(covered),
                _ => String::new(),
            },
        }
    }

    /// What can be shown of it.
    pub(crate) fn preview(&self) -> Preview {
        match &self.content {
            Content::Xml(document) => preview::of_xml(document),
            Content::Bytes(bytes) => preview::of_bytes(bytes, &self.name),
            Content::Digest(_) => Preview::Opaque,
        }
    }
}

fn bytes(input: Input<'_>) -> Result<Bytes, Error> {
    Ok(match input {
        Input::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
        Input::StrictBase64(text) => decode_strict(text)?.into(),
        Input::Base64(text) => decode_lenient(text)?.into(),
        Input::Decoded(bytes) => bytes.clone(),
    })
}

#[cfg(test)]
mod tests;
