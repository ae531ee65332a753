use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The file that a page asks about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FileView {
    /// [`Verb::ReadFile`](crate::Verb::ReadFile): the absolute path that the page named.
    /// [`Verb::ChooseFile`](crate::Verb::ChooseFile): the folder that the chooser begins in; empty: wherever it likes.
    pub path: String,
    /// What may be picked.
    pub kind: FileKind,
}

/// What may be picked in the system's chooser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum FileKind {
    /// Any file.
    Any,
    /// A folder.
    Folder,
    /// Certificates: `.cer`, `.crt`, `.pem`.
    Certificates,
    /// Revocation lists: `.crl`.
    RevocationLists,
    /// Key files: `.p12`, `.pfx`.
    KeyFiles,
    /// Java key stores: `.jks`, `.keystore`.
    JavaKeyStores,
}
