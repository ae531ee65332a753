//! What a person or an administrator sets, in `settings.toml` of the data folder.

mod modules;
mod network;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use window_messages::{Caller, Language, SettingsView};
use zeroize::Zeroizing;

pub use self::network::{NetworkChoice, ProxyPassword};
pub(crate) use self::{
    modules::Modules,
    network::{Network, Services},
};
use crate::{caller::Origin, certificates::How, error::Error, private_file, tokens::ModuleChoice};

const FILE: &str = "settings.toml";

/// All settings; what the file leaves out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// The language of the window; absent: as the system speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<Language>,
    /// Folders of keys that the person chose.
    pub(crate) key_folders: Vec<PathBuf>,
    /// Look into the usual folders too.
    pub(crate) usual_folders: bool,
    /// Libraries of tokens' makers (PKCS#11 modules) that the person chose.
    pub(crate) token_modules: Vec<PathBuf>,
    /// Use those of known makers and those that the system lists, too.
    pub(crate) usual_token_modules: bool,
    /// Remember which keys were used and for which site.
    pub(crate) remember_keys: bool,
    /// Take test certificates of the national authority for real ones.
    pub(crate) trust_test_ca: bool,
    /// Sign only when it is certain that the certificate is not revoked.
    pub(crate) require_certain_status: bool,
    /// Origins (`https://egov.kz`) for which certainty is required anyhow.
    pub(crate) certain_status_sites: Vec<String>,
    /// Take large documents by HTTP, as KAZTOKEN desktop does.
    pub(crate) streaming: bool,
    pub(crate) network: Network,
    pub(crate) services: Services,
    pub(crate) modules: Modules,
    pub(crate) policy: Policy,
}

/// What only an administrator changes, by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Policy {
    /// Serve pages loaded over http from elsewhere.
    pub(crate) http_sites: bool,
    /// Serve pages without an address (`Origin: null`).
    pub(crate) pages_without_address: bool,
    /// Serve programs (no `Origin`) and browser extensions.
    pub(crate) programs: bool,
    /// Put digests of any length into a CMS, as NCALayer does. No verifier accepts one that does not fit the key.
    pub(crate) sign_any_digest_length: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: None,
            key_folders: Vec::new(),
            usual_folders: true,
            token_modules: Vec::new(),
            usual_token_modules: true,
            remember_keys: true,
            trust_test_ca: false,
            require_certain_status: false,
            certain_status_sites: Vec::new(),
            streaming: false,
            network: Network::default(),
            services: Services::default(),
            modules: Modules::default(),
            policy: Policy::default(),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            http_sites: true,
            pages_without_address: true,
            programs: true,
            sign_any_digest_length: false,
        }
    }
}

impl Settings {
    /// What the window shows of them. `test_ca`: test certificates are taken, for whatever reason.
    pub(crate) fn view(&self, test_ca: bool) -> SettingsView {
        SettingsView {
            language: self.language,
            key_folders: texts(&self.key_folders),
            usual_folders: self.usual_folders,
            token_modules: texts(&self.token_modules),
            usual_token_modules: self.usual_token_modules,
            remember_keys: self.remember_keys,
            network: self.network.view(),
            trust_test_ca: self.trust_test_ca,
            test_certificates: test_ca,
            require_certain_status: self.require_certain_status,
            modules: self.modules.view(),
            streaming: self.streaming,
        }
    }

    /// Which libraries of tokens' makers are used.
    pub(crate) fn module_choice(&self) -> ModuleChoice {
        ModuleChoice {
            chosen: self.token_modules.clone(),
            usual: self.usual_token_modules,
        }
    }

    /// Takes over what the person set; the policy stays.
    fn apply(&mut self, view: SettingsView, proxy_password: Option<Zeroizing<String>>) {
        self.language = view.language;
        self.key_folders = absolute(view.key_folders);
        self.usual_folders = view.usual_folders;
        self.token_modules = absolute(view.token_modules);
        self.usual_token_modules = view.usual_token_modules;
        self.remember_keys = view.remember_keys;
        self.network.apply(view.network, proxy_password);
        self.trust_test_ca = view.trust_test_ca;
        self.require_certain_status = view.require_certain_status;
        self.modules = Modules::of(view.modules);
        self.streaming = view.streaming;
    }

    /// How certificates are checked. `test_ca`: test certificates are taken even when the settings do not say so.
    pub(crate) fn how(&self, test_ca: bool) -> How {
        How {
            test_ca: test_ca || self.trust_test_ca,
            ocsp_url: self.services.ocsp_url.clone(),
            crl_url: self.services.crl_url.clone(),
        }
    }

    /// Whether a key may sign for this site only when it is certain that it is not revoked.
    pub(crate) fn requires_certainty(&self, origin: &Origin) -> bool {
        let origin = origin.to_string();
        self.require_certain_status
            || self
                .certain_status_sites
                .iter()
                .any(|site| *site.trim_end_matches('/') == origin)
    }
}

impl Policy {
    /// Whether such a caller is served.
    pub(crate) fn admits(&self, caller: Caller) -> bool {
        match caller {
            Caller::Site => true,
            Caller::UnprotectedSite => self.http_sites,
            Caller::PageWithoutAddress => self.pages_without_address,
            Caller::Program => self.programs,
        }
    }
}

/// The settings and their file.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    settings: Mutex<Settings>,
}

impl SettingsFile {
    /// Reads the settings; a missing file means defaults.
    ///
    /// A file that cannot be understood is an error, never defaults: it may hold a policy that forbids something.
    pub(crate) fn load(data_dir: &Path) -> Result<Self, Error> {
        let path = data_dir.join(FILE);
        // It may hold a password.
        let settings = match fs::read_to_string(&path).map(Zeroizing::new) {
            Ok(text) => toml::from_str(&text).map_err(|error| Error::Settings {
                path: path.clone(),
                reason: reason(&text, &error),
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Settings::default(),
            Err(error) => return Err(Error::file(path, &error)),
        };
        Ok(Self {
            path,
            settings: Mutex::new(settings),
        })
    }

    pub(crate) fn get(&self) -> Settings {
        self.lock().clone()
    }

    pub(crate) fn modules(&self) -> Modules {
        self.lock().modules
    }

    /// Takes over and writes down what the person set. Without a new password for the proxy the old one stays.
    pub(crate) fn save(
        &self,
        view: SettingsView,
        proxy_password: Option<Zeroizing<String>>,
    ) -> Result<(), Error> {
        self.change(|settings| settings.apply(view, proxy_password))
    }

    /// Writes the language down.
    pub(crate) fn save_language(&self, language: Language) -> Result<(), Error> {
        self.change(|settings| settings.language = Some(language))
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) -> Result<(), Error> {
        let mut settings = self.lock();
        change(&mut settings);
        let text = toml::to_string_pretty(&*settings).map_err(|error| Error::Settings {
            path: self.path.clone(),
            reason: error.to_string(),
        })?;
        let text = Zeroizing::new(text);
        private_file::write(&self.path, text.as_bytes())
            .map_err(|error| Error::file(&self.path, &error))
    }

    fn lock(&self) -> MutexGuard<'_, Settings> {
        // Settings are whole at every moment: a panic elsewhere does not spoil them.
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn texts(paths: &[PathBuf]) -> Vec<String> {
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    paths.iter().map(text).collect()
}

/// Relative paths are left out: relative to what?
fn absolute(paths: Vec<String>) -> Vec<PathBuf> {
    let paths = paths.into_iter().map(PathBuf::from);
    paths.filter(|path| path.is_absolute()).collect()
}

/// What is wrong and in which line. The line itself is not repeated: it may be the one with the password.
fn reason(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map(|before| before.lines().count().max(1));
    match line {
        Some(line) => format!("{}, near line {line}", error.message()),
        None => error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use window_messages::NetworkWay;

    use super::*;

    #[test]
    fn a_missing_file_means_defaults() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            SettingsFile::load(folder.path()).unwrap().get(),
            Settings::default()
        );
    }

    fn view() -> SettingsView {
        Settings::default().view(false)
    }

    #[test]
    fn what_the_person_sets_is_read_back_and_the_policy_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "[policy]\nprograms = false\n").unwrap();
        let file = SettingsFile::load(folder.path()).unwrap();
        assert!(!file.get().policy.admits(Caller::Program));
        assert!(file.get().policy.admits(Caller::UnprotectedSite));
        let keys = folder.path().join("кілттер").to_string_lossy().into_owned();
        let wanted = SettingsView {
            language: Some(Language::En),
            key_folders: vec![keys.clone(), "relative".into()],
            usual_folders: false,
            remember_keys: false,
            require_certain_status: true,
            // What the command line says is not to be written down.
            test_certificates: true,
            ..view()
        };
        file.save(wanted, None).unwrap();
        file.save_language(Language::Ru).unwrap();
        let settings = SettingsFile::load(folder.path()).unwrap().get();
        assert_eq!(settings.language, Some(Language::Ru));
        assert_eq!(settings.view(false).key_folders, [keys]);
        assert!(!settings.usual_folders && !settings.remember_keys && !settings.policy.programs);
        assert!(settings.require_certain_status && !settings.trust_test_ca);
    }

    #[test]
    fn the_password_of_the_proxy_is_kept_until_there_is_a_new_one_and_shown_to_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let file = SettingsFile::load(folder.path()).unwrap();
        let mut proxied = view();
        proxied.network.way = NetworkWay::Proxy;
        proxied.network.proxy = "http://proxy.example:3128".into();
        proxied.network.proxy_user = "test".into();
        file.save(proxied.clone(), Some("Құпия 1".to_owned().into()))
            .unwrap();
        file.save(proxied, None).unwrap();
        let settings = SettingsFile::load(folder.path()).unwrap().get();
        let NetworkChoice::Proxy {
            address,
            user,
            password,
        } = settings.network.choice()
        else {
            panic!("another way")
        };
        assert_eq!((address, user), ("http://proxy.example:3128", "test"));
        assert_eq!(password.map(|password| password.text()), Some("Құпия 1"));
        let view = settings.view(false);
        assert!(view.network.has_proxy_password);
        assert!(!serde_json::to_string(&view).unwrap().contains("Құпия"));
        assert!(!format!("{settings:?}").contains("Құпия"));
    }

    #[test]
    fn a_password_in_a_damaged_file_is_not_repeated() {
        for text in [
            "[network]\nproxy_password = \"hunter2",
            "[network]\nproxy_password = 2222",
            "[network]\nproxy_password = \"hunter2\" 5",
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(FILE), text).unwrap();
            let error = SettingsFile::load(folder.path()).unwrap_err().to_string();
            assert!(error.contains("line"), "{error}");
            assert!(
                !error.contains("hunter2") && !error.contains("2222"),
                "{error}"
            );
        }
    }

    #[test]
    fn certainty_is_required_everywhere_or_for_the_sites_that_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let text = "certain_status_sites = [\"https://egov.kz/\"]\n";
        fs::write(folder.path().join(FILE), text).unwrap();
        let mut settings = SettingsFile::load(folder.path()).unwrap().get();
        let origin = |text| Origin::parse(Some(text)).unwrap();
        assert!(settings.requires_certainty(&origin("https://egov.kz")));
        assert!(!settings.requires_certainty(&origin("http://egov.kz")));
        assert!(!settings.requires_certainty(&origin("https://kgd.gov.kz")));
        settings.require_certain_status = true;
        assert!(settings.requires_certainty(&origin("https://kgd.gov.kz")));
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_an_error() {
        for text in [
            "language = \"de\"",
            "[policy]\nprogram = false",
            "usual_folders = 1",
            "[network]\nway = \"tunnel\"",
            "[",
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(FILE), text).unwrap();
            assert!(
                matches!(
                    SettingsFile::load(folder.path()),
                    Err(Error::Settings { .. })
                ),
                "{text}"
            );
        }
    }
}
