use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One document of a request, as a line in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DocumentView {
    /// What to call it.
    pub name: DocumentName,
    /// Name of the file that it was read from; absent when the page sent the document itself.
    pub file_name: Option<String>,
    /// Signatures that are on it already: the new one comes beside them.
    pub signatures: u32,
    /// Bytes that will be signed (before any encoding).
    #[ts(type = "number")]
    pub size: u64,
    /// SHA-256 of these bytes, lower-case hex; the digest itself when only a digest came.
    pub digest: String,
    /// The first words, for a list of many; one line, at most 80 characters, empty when there are none to show.
    pub beginning: String,
}

/// What a document is called when the page gave no name (it never can).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum DocumentName {
    /// A challenge signed to log in.
    LogInRequest,
    /// An XML document, by its root element.
    Xml {
        /// Local name of the root element.
        root: String,
    },
    /// Text in UTF-8.
    Text,
    /// A PDF file.
    Pdf,
    /// Another well-known kind of file, by what its first bytes say: `PNG`, `JPEG`, `ZIP`, …
    File {
        /// The kind's usual name.
        format: String,
    },
    /// A signed message (CMS).
    Cms,
    /// Bytes of an unknown kind.
    Bytes,
    /// Only a digest.
    Digest,
}

/// The form of the signature, told in plain words in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum SignatureForm {
    /// XMLDSig inside the document.
    Xml,
    /// CMS that holds the document.
    CmsAttached,
    /// CMS beside the document.
    CmsDetached,
    /// The signature's bytes alone.
    Raw,
}

/// What can be shown of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum Preview {
    /// Text in UTF-8.
    Text {
        /// The text; bidi and other invisible controls are left as they are, the window shows them as escapes.
        text: String,
        /// True when only the beginning is here.
        truncated: bool,
    },
    /// An XML document.
    Xml {
        /// Indented for reading.
        pretty: String,
        /// As the page sent it.
        raw: String,
        /// True when only the beginning is here.
        truncated: bool,
    },
    /// A PDF file; the window draws its first page.
    Pdf {
        /// The file, base64.
        base64: String,
    },
    /// Nothing that a person could read: the window shows size and SHA-256.
    Opaque,
}
