use std::{
    fs::{self, Metadata},
    os::macos::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// UF_HIDDEN of `sys/stat.h`: what the Finder does not show, such as ~/Library.
const UF_HIDDEN: u32 = 0x8000;

/// Everything under /Volumes but the start-up disk, which is a link there.
pub(super) fn removable_drives(_home: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/Volumes") else {
        return Vec::new();
    };
    let is_drive = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut drives: Vec<_> = entries
        .flatten()
        .filter(is_drive)
        .map(|entry| entry.path())
        .collect();
    drives.sort_unstable();
    drives
}

pub(super) fn is_hidden(metadata: &Metadata) -> bool {
    metadata.st_flags() & UF_HIDDEN != 0
}
