//! Where people put their key files.

#[cfg_attr(windows, path = "find/windows.rs")]
#[cfg_attr(target_os = "macos", path = "find/macos.rs")]
#[cfg_attr(not(any(windows, target_os = "macos")), path = "find/unix.rs")]
mod platform;

use crate::{MAX_FILE_BYTES, begins_like_key_file};
use directories::UserDirs;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

/// How many levels of folders below a folder are looked into.
pub const SEARCH_DEPTH: usize = 2;

/// Names read from one starting folder and everything below it.
const MAX_NAMES: usize = 200_000;
/// Names read from one folder, so that a folder of a million pictures leaves some for its neighbours.
const MAX_NAMES_IN_FOLDER: usize = 50_000;
/// Files of one starting folder that are opened to look at their first bytes.
const MAX_PROBES: usize = 3_000;
/// Only files of a key file's usual size are opened when their name promises nothing.
const PROBED_SIZES: std::ops::RangeInclusive<u64> = 256..=1 << 20;
/// Folders of programs with very many small files and never a key.
const SKIPPED_FOLDERS: [&str; 2] = ["node_modules", "__pycache__"];

/// A file that is, or by its name says that it is, a key file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, where the file system tells.
    pub modified: Option<SystemTime>,
}

/// The folders where people keep key files: desktop, documents, downloads (by the names that this system gives them),
/// removable drives, and the home folder. Only those that exist.
#[must_use]
pub fn usual_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(user) = UserDirs::new() {
        let home = user.home_dir();
        folders.extend(
            [user.desktop_dir(), user.document_dir(), user.download_dir()]
                .map(|dir| dir.map(Path::to_owned)),
        );
        folders.extend(["Desktop", "Documents", "Downloads"].map(|name| Some(home.join(name))));
        folders.extend(platform::removable_drives(home).into_iter().map(Some));
        folders.push(Some(home.to_owned()));
    }
    let mut seen = HashSet::new();
    folders
        .into_iter()
        .flatten()
        .filter(|folder| folder.is_dir() && seen.insert(folder.clone()))
        .collect()
}

/// Looks for key files in `folders` and `depth` levels below each: by name (`*.p12`, `*.pfx`) and, for other names, by
/// the first bytes. Hidden files and folders are passed over, folders that cannot be read too; links are followed, and
/// nothing is listed twice. Returns what it has when `stop` becomes true.
///
/// A file found by its name may turn out to be no key file: [`KeyFile::read`](crate::KeyFile::read) tells.
#[must_use]
pub fn find_key_files(folders: &[PathBuf], depth: usize, stop: &AtomicBool) -> Vec<FoundFile> {
    let mut search = Search {
        stop,
        visited: HashMap::new(),
        listed: HashSet::new(),
        found: Vec::new(),
    };
    for folder in folders {
        search.look_into(folder, depth);
    }
    search.found
}

struct Search<'a> {
    stop: &'a AtomicBool,
    /// Folders that were looked into (canonical), with the depth that was left: a link may lead back up.
    visited: HashMap<PathBuf, usize>,
    /// Files that were listed (canonical).
    listed: HashSet<PathBuf>,
    found: Vec<FoundFile>,
}

/// What one starting folder may still cost.
struct Allowance {
    names: usize,
    probes: usize,
}

impl Search<'_> {
    /// Level by level, so that the limits cut off what lies deepest.
    fn look_into(&mut self, folder: &Path, depth: usize) {
        let mut allowance = Allowance {
            names: MAX_NAMES,
            probes: MAX_PROBES,
        };
        let mut queue = VecDeque::from([(folder.to_owned(), depth)]);
        while let Some((folder, depth)) = queue.pop_front() {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let Ok(canonical) = folder.canonicalize() else {
                continue;
            };
            if self
                .visited
                .get(&canonical)
                .is_some_and(|&left| left >= depth)
            {
                continue;
            }
            self.visited.insert(canonical, depth);
            let subfolders = self.read_folder(&folder, &mut allowance);
            if let Some(depth) = depth.checked_sub(1) {
                queue.extend(subfolders.into_iter().map(|subfolder| (subfolder, depth)));
            }
        }
    }

    /// Lists the key files of one folder and returns its subfolders, both by name.
    fn read_folder(&mut self, folder: &Path, allowance: &mut Allowance) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let names = allowance.names.min(MAX_NAMES_IN_FOLDER);
        let (mut subfolders, mut files) = (Vec::new(), Vec::new());
        for entry in entries.take(names) {
            allowance.names -= 1;
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let Ok(entry) = entry else { continue };
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // Also the companions that macOS leaves on foreign drives: ._key.p12 beside key.p12.
            if name.starts_with('.') || SKIPPED_FOLDERS.contains(&&*name) {
                continue;
            }
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            if kind.is_dir() {
                subfolders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            } else if kind.is_symlink() && entry.path().is_dir() {
                subfolders.push(entry.path());
            } else if kind.is_symlink() {
                files.push(entry.path());
            }
        }
        files.sort_unstable();
        for file in files {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            self.consider(file, allowance);
        }
        subfolders.retain(|subfolder| {
            subfolder
                .metadata()
                .is_ok_and(|metadata| !platform::is_hidden(&metadata))
        });
        subfolders.sort_unstable();
        subfolders
    }

    fn consider(&mut self, path: PathBuf, allowance: &mut Allowance) {
        let named = named_like_key_file(&path);
        if !named && allowance.probes == 0 {
            return;
        }
        let Ok(metadata) = path.metadata() else {
            return;
        };
        let size = metadata.len();
        if !metadata.is_file() || size > MAX_FILE_BYTES as u64 {
            return;
        }
        if !named {
            if !PROBED_SIZES.contains(&size) {
                return;
            }
            allowance.probes -= 1;
            if !begins_as_key_file(&path) {
                return;
            }
        }
        let Ok(canonical) = path.canonicalize() else {
            return;
        };
        if self.listed.insert(canonical) {
            self.found.push(FoundFile {
                path,
                size,
                modified: metadata.modified().ok(),
            });
        }
    }
}

fn named_like_key_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("p12") || extension.eq_ignore_ascii_case("pfx")
    })
}

fn begins_as_key_file(path: &Path) -> bool {
    let mut start = Vec::with_capacity(64);
    File::open(path)
        .and_then(|file| file.take(64).read_to_end(&mut start))
        .is_ok()
        && begins_like_key_file(&start)
}
