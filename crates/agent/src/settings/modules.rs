use serde::{Deserialize, Serialize};
use window_messages::ModulesView;

use crate::protocol::Module;

/// Which modules answer. One that is off does as one that there is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Modules {
    common_utils: bool,
    basics: bool,
    accessory: bool,
    nur_sign: bool,
    esf_signer: bool,
    knp: bool,
    cms_sign_util: bool,
    uchet: bool,
    /// Pages that use it send passwords.
    applet: bool,
}

impl Default for Modules {
    fn default() -> Self {
        let mut modules = Self::ALL;
        modules.applet = false;
        modules
    }
}

impl Modules {
    /// Every module on, the applet too.
    pub(crate) const ALL: Self = Self {
        common_utils: true,
        basics: true,
        accessory: true,
        nur_sign: true,
        esf_signer: true,
        knp: true,
        cms_sign_util: true,
        uchet: true,
        applet: true,
    };

    pub(crate) fn is_on(self, module: Module) -> bool {
        match module {
            Module::CommonUtils => self.common_utils,
            Module::Basics => self.basics,
            Module::Accessory => self.accessory,
            Module::NurSign => self.nur_sign,
            Module::EsfSigner => self.esf_signer,
            Module::Knp => self.knp,
            Module::CmsSignUtil => self.cms_sign_util,
            Module::Uchet => self.uchet,
            Module::Applet => self.applet,
        }
    }

    pub(super) fn view(self) -> ModulesView {
        ModulesView {
            common_utils: self.common_utils,
            basics: self.basics,
            accessory: self.accessory,
            nur_sign: self.nur_sign,
            esf_signer: self.esf_signer,
            knp: self.knp,
            cms_sign_util: self.cms_sign_util,
            uchet: self.uchet,
            applet: self.applet,
        }
    }

    pub(super) fn of(view: ModulesView) -> Self {
        Self {
            common_utils: view.common_utils,
            basics: view.basics,
            accessory: view.accessory,
            nur_sign: view.nur_sign,
            esf_signer: view.esf_signer,
            knp: view.knp,
            cms_sign_util: view.cms_sign_util,
            uchet: view.uchet,
            applet: view.applet,
        }
    }
}
