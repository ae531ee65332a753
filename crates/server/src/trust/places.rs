use std::path::{Path, PathBuf};

use super::firefox;
use crate::Error;

/// A folder with an NSS database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Whose it is.
    pub browser: Browser,
    /// The folder that holds, or will hold, `cert9.db`.
    pub folder: PathBuf,
}

/// Who reads a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Browser {
    /// Chromium, Chrome, Edge, Yandex, Opera, Brave: the user's shared NSS database.
    ChromiumFamily,
    /// One profile of Firefox or of a browser built from it.
    Firefox,
}

/// Where the person's browser stores are looked for.
#[derive(Debug, Clone)]
pub struct Places {
    home: PathBuf,
}

/// Firefox's folders with `profiles.ini`, below the home folder: the classic one, the XDG one (since 147), snap,
/// flatpak, and LibreWolf.
const FIREFOX_FOLDERS: [&str; 5] = [
    ".mozilla/firefox",
    ".config/mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".librewolf",
];

/// Databases of browsers that cannot see the shared one because they are confined; used only when they exist.
const CONFINED_DATABASES: [&str; 2] = [
    "snap/chromium/current/.pki/nssdb",
    ".var/app/org.chromium.Chromium/.pki/nssdb",
];

impl Places {
    /// The stores of the person who runs this program.
    ///
    /// # Errors
    /// [`Error::NoHome`]; [`Error::NotOnThisSystem`] on Windows and macOS.
    pub fn of_user() -> Result<Self, Error> {
        if cfg!(any(windows, target_os = "macos")) {
            return Err(Error::NotOnThisSystem);
        }
        let home = directories::BaseDirs::new()
            .ok_or(Error::NoHome)?
            .home_dir()
            .to_owned();
        Ok(Self { home })
    }

    /// The stores below another home folder.
    pub fn in_home(home: impl Into<PathBuf>) -> Self {
        Self { home: home.into() }
    }

    /// Every store: the shared NSS database first, whether or not it exists, then what was found.
    pub fn stores(&self) -> Vec<Store> {
        let shared = Store {
            browser: Browser::ChromiumFamily,
            folder: self.home.join(".pki/nssdb"),
        };
        let confined = CONFINED_DATABASES
            .iter()
            .map(|folder| self.home.join(folder))
            .filter(|folder| has_database(folder))
            .map(|folder| Store {
                browser: Browser::ChromiumFamily,
                folder,
            });
        let firefox = FIREFOX_FOLDERS
            .iter()
            .flat_map(|folder| firefox::profiles(&self.home.join(folder)))
            .map(|folder| Store {
                browser: Browser::Firefox,
                folder,
            });
        let mut stores = vec![shared];
        for store in confined.chain(firefox) {
            if !stores.iter().any(|known| known.folder == store.folder) {
                stores.push(store);
            }
        }
        stores
    }
}

/// True when the folder holds an NSS database of the current (SQLite) kind.
pub(super) fn has_database(folder: &Path) -> bool {
    folder.join("cert9.db").is_file()
}
