//! Firefox's list of profiles.

use std::path::{Path, PathBuf};

use crate::files;

const MAX_PROFILES_INI_BYTES: u64 = 1024 * 1024;
const MAX_PROFILES: usize = 100;

/// Folders of the existing profiles that `profiles.ini` in `folder` names.
pub(super) fn profiles(folder: &Path) -> Vec<PathBuf> {
    let Ok(Some(ini)) = files::read_small(&folder.join("profiles.ini"), MAX_PROFILES_INI_BYTES)
    else {
        return Vec::new();
    };
    let mut found = profile_folders(&String::from_utf8_lossy(&ini), folder);
    found.retain(|profile| profile.is_dir());
    found
}

/// Reads `profiles.ini`: the `Path` of every `[Profile…]` section, below `folder` unless `IsRelative=0`.
/// At most 100 profiles; the folders need not exist.
///
/// Source: the format as Firefox 153 writes it (`IsRelative` absent means relative).
pub fn profile_folders(ini: &str, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut section = Section::default();
    for line in ini.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            found.extend(section.folder(folder));
            section = Section {
                is_profile: name.starts_with("Profile"),
                ..Section::default()
            };
        } else if let Some((key, value)) = line.split_once('=') {
            match key.trim() {
                "Path" => section.path = Some(value.trim()),
                "IsRelative" => section.is_absolute = value.trim() == "0",
                _ => {}
            }
        }
    }
    found.extend(section.folder(folder));
    found.truncate(MAX_PROFILES);
    found
}

#[derive(Default)]
struct Section<'a> {
    is_profile: bool,
    is_absolute: bool,
    path: Option<&'a str>,
}

impl Section<'_> {
    fn folder(&self, parent: &Path) -> Option<PathBuf> {
        let path = self
            .path
            .filter(|path| self.is_profile && !path.is_empty())?;
        if self.is_absolute {
            return Some(PathBuf::from(path)).filter(|path| path.is_absolute());
        }
        Some(parent.join(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_relative_or_absolute_and_install_sections_are_none() {
        let ini = "[Install4F96D1932A9F858E]\nDefault=a.default-release\nPath=no\n\n[Profile1]\nName=old\nIsRelative=1\n\
                   Path=a.default\n[Profile0]\r\nIsRelative=0\r\nPath=/srv/profile\r\n[Profile2]\nPath = Profiles/b c\n\
                   [General]\nStartWithLastProfile=1\n";
        let expected: Vec<PathBuf> = [
            "/home/x/ff/a.default",
            "/srv/profile",
            "/home/x/ff/Profiles/b c",
        ]
        .map(PathBuf::from)
        .into();
        assert_eq!(profile_folders(ini, Path::new("/home/x/ff")), expected);
    }

    #[test]
    fn a_profile_without_a_path_is_none() {
        for ini in [
            "",
            "[Profile0]",
            "[Profile0]\nPath=",
            "[Profile0]\nIsRelative=0\nPath=not/absolute",
            "Path=x",
        ] {
            assert!(profile_folders(ini, Path::new("/f")).is_empty(), "{ini}");
        }
    }
}
