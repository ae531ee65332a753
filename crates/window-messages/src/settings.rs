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
    /// Modules (libraries of tokens' makers) that the person chose, beside the usual ones; absolute paths.
    pub token_modules: Vec<String>,
    /// Use the modules of known makers and those that the system lists, too.
    pub usual_token_modules: bool,
    /// Remember which keys were used and for which site. Passwords are never remembered.
    pub remember_keys: bool,
    /// How the agent reaches the servers of the certification authority.
    pub network: NetworkView,
    /// Take test certificates of the national authority for real ones. A banner says so in every window.
    pub trust_test_ca: bool,
    /// True when test certificates are taken now, by the setting or by the agent's command line; not to be saved.
    pub test_certificates: bool,
    /// Sign only when it is certain that the certificate is not revoked.
    pub require_certain_status: bool,
    /// Which modules answer pages.
    pub modules: ModulesView,
    /// Take large documents by HTTP, as KAZTOKEN desktop does.
    pub streaming: bool,
}

/// Modules of NCALayer, each switched on or off by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModulesView {
    /// `kz.gov.pki.knca.commonUtils`: logging in and signing on most sites.
    pub common_utils: bool,
    /// `kz.gov.pki.knca.basics`: the same on newer sites.
    pub basics: bool,
    /// `kz.gov.pki.ncalayerservices.accessory`: what is installed, and opening the settings.
    pub accessory: bool,
    /// `NURSign`: procurement.
    pub nur_sign: bool,
    /// `com.osdkz.esf.signer.esfSigner`: electronic invoices.
    pub esf_signer: bool,
    /// `kz.inessoft.kgd.knp.ncalayer.KNPModuleService`: the tax cabinet.
    pub knp: bool,
    /// `kz.gov.pki.cms.CMSSignUtil`: signers of documents.
    pub cms_sign_util: bool,
    /// `kz.uchet.signUtil.commonUtils`: portals built on uchet.kz.
    pub uchet: bool,
    /// `kz.gov.pki.knca.applet.Applet`: very old sites, which send passwords.
    pub applet: bool,
}

/// How the agent reaches the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct NetworkView {
    /// By which way.
    pub way: NetworkWay,
    /// Address of the proxy for [`NetworkWay::Proxy`]: `http://proxy.example:3128`. Kept while another way is chosen.
    pub proxy: String,
    /// The name that the proxy wants; empty when it wants none.
    pub proxy_user: String,
    /// True when a password for the proxy is kept. It never comes to the window; a new one goes with
    /// [`FromWindow::SaveSettings`](crate::FromWindow::SaveSettings).
    pub has_proxy_password: bool,
}

/// The way to the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum NetworkWay {
    /// As the system is set up.
    #[default]
    System,
    /// Straight to the servers.
    Direct,
    /// By a proxy that the person names.
    Proxy,
    /// Not at all.
    Offline,
}
