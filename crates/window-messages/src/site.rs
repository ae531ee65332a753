use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who asks, from the browser's `Origin` header; a page cannot choose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SiteView {
    /// What kind of caller.
    pub caller: Caller,
    /// Host to show large: Unicode when one script only, punycode when scripts are mixed. Empty when there is none.
    pub host: String,
    /// The part of `host` that names the owner (`egov.kz` of `idp.egov.kz`), to be emphasised. Suffix of `host`.
    pub owner_part: String,
    /// The whole origin, as the browser sent it.
    pub origin: String,
    /// True when this computer has not seen the site before.
    pub first_visit: bool,
}

/// What kind of caller asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Caller {
    /// A page loaded over https, or from this computer itself.
    Site,
    /// A page loaded over http: anyone on the way could have changed it.
    UnprotectedSite,
    /// A page without an address (`Origin: null`): a local file or a sandboxed frame.
    PageWithoutAddress,
    /// A program on this computer (no `Origin`), or a browser extension.
    Program,
}
