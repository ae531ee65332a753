//! What a person or an administrator sets, in `settings.toml` of the data folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use window_messages::{Caller, Language, SettingsView};

use crate::{error::Error, private_file};

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
    /// Remember which keys were used and for which site.
    pub(crate) remember_keys: bool,
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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: None,
            key_folders: Vec::new(),
            usual_folders: true,
            remember_keys: true,
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
        }
    }
}

impl Settings {
    /// What the window shows of them.
    pub(crate) fn view(&self) -> SettingsView {
        SettingsView {
            language: self.language,
            key_folders: self
                .key_folders
                .iter()
                .map(|folder| folder.to_string_lossy().into_owned())
                .collect(),
            usual_folders: self.usual_folders,
            remember_keys: self.remember_keys,
        }
    }

    /// Takes over what the person set; the policy stays. Relative folders are left out: relative to what?
    fn apply(&mut self, view: SettingsView) {
        self.language = view.language;
        self.key_folders = view
            .key_folders
            .into_iter()
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .collect();
        self.usual_folders = view.usual_folders;
        self.remember_keys = view.remember_keys;
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
        let settings = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| Error::Settings {
                path: path.clone(),
                reason: error.to_string(),
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

    /// Takes over and writes down what the person set.
    pub(crate) fn save(&self, view: SettingsView) -> Result<(), Error> {
        self.change(|settings| settings.apply(view))
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
        private_file::write(&self.path, text.as_bytes())
            .map_err(|error| Error::file(&self.path, &error))
    }

    fn lock(&self) -> MutexGuard<'_, Settings> {
        // Settings are whole at every moment: a panic elsewhere does not spoil them.
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_means_defaults() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            SettingsFile::load(folder.path()).unwrap().get(),
            Settings::default()
        );
    }

    #[test]
    fn what_the_person_sets_is_read_back_and_the_policy_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "[policy]\nprograms = false\n").unwrap();
        let file = SettingsFile::load(folder.path()).unwrap();
        assert!(!file.get().policy.admits(Caller::Program));
        assert!(file.get().policy.admits(Caller::UnprotectedSite));
        let keys = folder.path().join("кілттер").to_string_lossy().into_owned();
        file.save(SettingsView {
            language: Some(Language::En),
            key_folders: vec![keys.clone(), "relative".into()],
            usual_folders: false,
            remember_keys: false,
        })
        .unwrap();
        file.save_language(Language::Ru).unwrap();
        let settings = SettingsFile::load(folder.path()).unwrap().get();
        assert_eq!(settings.language, Some(Language::Ru));
        assert_eq!(settings.view().key_folders, [keys]);
        assert!(!settings.usual_folders && !settings.remember_keys && !settings.policy.programs);
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_an_error() {
        for text in [
            "language = \"de\"",
            "[policy]\nprogram = false",
            "usual_folders = 1",
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
