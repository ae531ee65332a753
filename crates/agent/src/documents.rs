//! What a request wants signed, and what of it can be shown. The bytes told here are the bytes that are signed.

mod kind;
mod preview;

use bytes::Bytes;
use pki::DigestAlgorithm;
use signing::{
    Digested,
    cms::{Message, SignedMessage},
    xml::SelectedElement,
};
use window_messages::{DocumentName, DocumentView, Preview};

use crate::{
    ask::{Input, XmlElement},
    base64::{decode_lenient, decode_strict},
    error::Error,
    files::ReadFile,
    hex,
    plan::Act,
    streamed::{Arrived, Hashed},
};

/// A document that will be signed.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) content: Content,
    name: DocumentName,
    /// Name of the file that it was read from.
    file_name: Option<String>,
    /// SHA-256 of what is covered, made where the document is read: of a large one it takes time.
    sha256: Vec<u8>,
}

pub(crate) enum Content {
    Xml(Box<signing::xml::Document>),
    /// One element of a document.
    Element(Box<SelectedElement>),
    Bytes(Digested),
    /// A message that gets another signature.
    Signed(Box<SignedMessage>),
    Digest(Bytes),
    /// Hashed on its way and not kept.
    Hashed(Hashed),
}

/// Documents do not belong into logs.
impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Xml(_) => "Xml(..)",
            Self::Element(_) => "Element(..)",
            Self::Signed(_) => "Signed(..)",
            Self::Bytes(_) => "Bytes(..)",
            Self::Digest(_) => "Digest(..)",
            Self::Hashed(_) => "Hashed(..)",
        })
    }
}

impl Document {
    pub(crate) fn xml(input: Input<'_>, element: Option<&XmlElement>) -> Result<Self, Error> {
        let document = match input {
            Input::Text(text) => signing::xml::Document::parse(text)?,
            encoded => signing::xml::Document::from_bytes(&bytes(encoded)?)?,
        };
        let content = match element {
            None => Content::Xml(Box::new(document)),
            Some(element) => {
                let selected = document.select(&element.signed, &element.parent, element.id)?;
                Content::Element(Box::new(selected))
            }
        };
        let name = kind::of_xml(content.covered());
        Ok(Self::new(content, name, None))
    }

    /// A document, or, when it is a signed message itself, what was signed in it, to be signed once more.
    pub(crate) fn cosigned(input: Input<'_>) -> Result<Self, Error> {
        Self::of_signed(bytes(input)?, None)
    }

    fn of_signed(bytes: Bytes, file_name: Option<String>) -> Result<Self, Error> {
        if kind::of_bytes(&bytes) != DocumentName::Cms {
            return Ok(Self::of(bytes, file_name));
        }
        // A time stamp, or what merely begins as a message does, is a document like any other.
        let Ok(message) = SignedMessage::read(bytes.clone()) else {
            return Ok(Self::of(bytes, file_name));
        };
        let name = match message.content() {
            Some(document) => kind::of_bytes(document.content()),
            None if message.digests().next().is_none() => {
                return Err(signing::Error::NoContent.into());
            }
            None => DocumentName::Digest,
        };
        let content = Content::Signed(Box::new(message));
        Ok(Self::new(content, name, file_name))
    }

    /// What becomes of a message that has signatures already: it stays as it is, with its content or without.
    pub(crate) fn act_beside_signatures(&self) -> Option<Act> {
        match &self.content {
            Content::Signed(message) if message.content().is_some() => Some(Act::CmsAttached),
            Content::Signed(_) => Some(Act::CmsDetached),
            _ => None,
        }
    }

    /// True when only a digest of it is known.
    pub(crate) fn is_digest(&self) -> bool {
        self.name == DocumentName::Digest
    }

    /// How long the digest is that a message without content is known by, when there is but one.
    pub(crate) fn only_digest_length(&self) -> Option<usize> {
        let Content::Signed(message) = &self.content else {
            return None;
        };
        let mut digests = message.digests();
        match (digests.next(), digests.next()) {
            (Some((_, digest)), None) => Some(digest.len()),
            _ => None,
        }
    }

    pub(crate) fn bytes(input: Input<'_>) -> Result<Self, Error> {
        Ok(Self::of(bytes(input)?, None))
    }

    /// A file that a person let be read; when it is a signed message, what was signed in it.
    pub(crate) fn file(file: ReadFile) -> Result<Self, Error> {
        Self::of_signed(file.content.into(), Some(file.name))
    }

    fn of(bytes: Bytes, file_name: Option<String>) -> Self {
        let name = kind::of_bytes(&bytes);
        Self::new(Content::Bytes(Digested::new(bytes)), name, file_name)
    }

    /// A document that arrived by HTTP.
    pub(crate) fn streamed(arrived: Arrived) -> Self {
        let hashed = match arrived {
            Arrived::Whole(bytes) => return Self::of(bytes, None),
            Arrived::Hashed(hashed) => hashed,
        };
        let name = kind::of_bytes(whole_characters(&hashed.beginning));
        let sha256 = hashed.digest(DigestAlgorithm::Sha256);
        Self {
            sha256: sha256.unwrap_or_default().to_vec(),
            content: Content::Hashed(hashed),
            name,
            file_name: None,
        }
    }

    /// Signatures that the page has already, in DER.
    pub(crate) fn cms(input: Input<'_>) -> Result<Self, Error> {
        let document = Self::bytes(input)?;
        // Whether they hold does not matter for a time stamp, but there must be some.
        signing::cms::verify(document.covered(), None)?;
        Ok(document)
    }

    /// The message that [`Document::cms`] was made of.
    pub(crate) fn message(&self) -> Message {
        match &self.content {
            Content::Bytes(document) => document.content().clone().into(),
            other => other.covered().to_vec().into(),
        }
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
        let sha256 = match content.digested() {
            Some(document) => document.sha256().to_vec(),
            None => DigestAlgorithm::Sha256.digest(content.covered()),
        };
        Self {
            content,
            name,
            file_name,
            sha256,
        }
    }

    /// How many bytes the signature covers.
    pub(crate) fn size(&self) -> u64 {
        match &self.content {
            Content::Hashed(hashed) => hashed.size,
            content => content.covered().len() as u64,
        }
    }

    /// The bytes that the signature covers: for XML its canonical form, for a digest the digest itself, for what was
    /// hashed on its way its beginning.
    pub(crate) fn covered(&self) -> &[u8] {
        self.content.covered()
    }

    /// True for what a site may call a log-in: a short text or nonce, not a file and not a digest.
    pub(crate) fn could_be_log_in(&self) -> bool {
        const CHALLENGE_BYTES: usize = 4096;
        self.file_name.is_none()
            && !matches!(self.content, Content::Signed(_))
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
            signatures: match &self.content {
                Content::Signed(message) => u32::try_from(message.signatures()).unwrap_or(u32::MAX),
                _ => 0,
            },
            size: self.size(),
            digest: if self.is_digest() {
                hex::encode(covered)
            } else {
                hex::encode(&self.sha256)
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
            Content::Xml(document) => preview::of_xml(document.canonical(), document.text()),
            Content::Element(element) => {
                let canonical = element.canonical();
                preview::of_xml(canonical, &String::from_utf8_lossy(canonical))
            }
            Content::Signed(message) => match message.content() {
                Some(document) => preview::of_bytes(document.content(), &self.name),
                None => Preview::Opaque,
            },
            Content::Bytes(document) => preview::of_bytes(document.content(), &self.name),
            Content::Digest(_) => Preview::Opaque,
            Content::Hashed(hashed) if hashed.size == hashed.beginning.len() as u64 => {
                preview::of_bytes(&hashed.beginning, &self.name)
            }
            Content::Hashed(hashed) => {
                preview::of_beginning(whole_characters(&hashed.beginning), &self.name)
            }
        }
    }
}

impl Content {
    fn covered(&self) -> &[u8] {
        match self {
            Self::Xml(document) => document.canonical(),
            Self::Element(element) => element.canonical(),
            Self::Bytes(document) => document.content(),
            Self::Digest(bytes) => bytes,
            Self::Hashed(hashed) => &hashed.beginning,
            Self::Signed(message) => {
                let digest = || message.digests().next().map(|(_, digest)| digest);
                let content = message.content().map(|document| &**document.content());
                content.or_else(digest).unwrap_or_default()
            }
        }
    }

    /// The bytes, where the digest of them was made with them.
    fn digested(&self) -> Option<&Digested> {
        match self {
            Self::Bytes(document) => Some(document),
            Self::Signed(message) => message.content(),
            _ => None,
        }
    }
}

/// Without the character at the end that the cut may have gone through.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => {
            bytes.get(..error.valid_up_to()).unwrap_or(bytes)
        }
        _ => bytes,
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
