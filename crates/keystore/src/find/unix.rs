use std::{
    fs::{self, Metadata},
    path::{Path, PathBuf},
};

/// Drives that desktops mount: /media/USER/LABEL, /run/media/USER/LABEL, and the older /media/LABEL.
pub(super) fn removable_drives(home: &Path) -> Vec<PathBuf> {
    let mut drives = Vec::new();
    for base in ["/media", "/run/media"].map(Path::new) {
        for folder in subfolders(base) {
            // The user's own folder there is not a drive but holds them.
            if folder.file_name() == home.file_name() {
                drives.extend(subfolders(&folder));
            } else {
                drives.push(folder);
            }
        }
    }
    drives
}

/// Hidden folders are told by their name here.
pub(super) fn is_hidden(_: &Metadata) -> bool {
    false
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut folders: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort_unstable();
    folders
}
