use std::{
    fs::Metadata,
    os::windows::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// FILE_ATTRIBUTE_HIDDEN and FILE_ATTRIBUTE_SYSTEM: AppData, $RECYCLE.BIN.
const HIDDEN_OR_SYSTEM: u32 = 0x2 | 0x4;

/// All drive letters but the system's own drive; A: and B: are floppy drives, which are slow to say that they are empty.
pub(super) fn removable_drives(_home: &Path) -> Vec<PathBuf> {
    let system = std::env::var("SystemDrive").unwrap_or_else(|_| "C:".to_owned());
    ('C'..='Z')
        .map(|letter| format!("{letter}:"))
        .filter(|drive| !drive.eq_ignore_ascii_case(&system))
        .map(|drive| PathBuf::from(drive + "\\"))
        .filter(|root| root.is_dir())
        .collect()
}

pub(super) fn is_hidden(metadata: &Metadata) -> bool {
    metadata.file_attributes() & HIDDEN_OR_SYSTEM != 0
}
