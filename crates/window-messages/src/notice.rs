use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Language, SiteView};

/// A page asked for a module that it does not get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NoticeView {
    /// Who asked.
    pub site: SiteView,
    /// The module's name, as the page calls it; empty when what it sent does not look like a name.
    pub module: String,
    /// True when there is such a module and the settings keep it off.
    pub switched_off: bool,
    /// The language to speak.
    pub language: Language,
}
