use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A language of the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Language {
    /// Kazakh.
    #[default]
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

/// What a person can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SettingsView {
    /// The language; absent: as the system speaks.
    pub language: Option<Language>,
    /// Folders of keys, beside the usual ones (home, Desktop, Documents, Downloads, removable drives).
    pub key_folders: Vec<String>,
    /// Look into the usual folders too.
    pub usual_folders: bool,
    /// Remember which keys were used and for which site. Passwords are never remembered.
    pub remember_keys: bool,
}
