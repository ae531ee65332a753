//! Key files where people put them.

use crate::make::IDENTITY;
use keystore::{SEARCH_DEPTH, find_key_files};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

static GO_ON: AtomicBool = AtomicBool::new(false);

fn write(path: PathBuf, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn found(folders: &[&Path]) -> Vec<String> {
    let folders: Vec<PathBuf> = folders.iter().map(|folder| folder.to_path_buf()).collect();
    let files = find_key_files(&folders, SEARCH_DEPTH, &GO_ON);
    files
        .iter()
        .map(|file| {
            file.path
                .strip_prefix(&folders[0])
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/")
        })
        .collect()
}

#[test]
fn files_are_found_by_name_and_by_content_two_levels_deep() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    let key = IDENTITY.export("Qwerty12", &[]);
    for path in [
        "a.P12",
        "b/c.pfx",
        "b/Кілт без расширения",
        "b/d/e.dat",
        "b/d/too/deep.p12",
        ".hidden/f.p12",
        "b/._c.pfx",
    ] {
        write(at(path), &key);
    }
    write(at("node_modules/g.p12"), &key);
    write(at("picture.jpg"), &[0xff; 3000]);
    write(at("letter.txt"), b"p12");
    write(at("broken.p12"), b"");
    assert_eq!(
        found(&[folder.path()]),
        [
            "a.P12",
            "broken.p12",
            "b/c.pfx",
            "b/Кілт без расширения",
            "b/d/e.dat"
        ]
    );
}

#[test]
fn a_file_is_listed_once_whatever_way_leads_to_it() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path().join("x/y/key.p12"), b"");
    assert_eq!(
        found(&[
            folder.path(),
            &folder.path().join("x"),
            &folder.path().join("x/../x/y")
        ]),
        ["x/y/key.p12"]
    );
}

#[test]
fn a_folder_met_too_deep_is_searched_when_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path().join("1/2/3/4/key.p12"), b"");
    assert_eq!(found(&[folder.path()]), [""; 0]);
    assert_eq!(
        found(&[folder.path(), &folder.path().join("1/2")]),
        ["1/2/3/4/key.p12"]
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_their_loops_end() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    write(elsewhere.path().join("key.p12"), b"");
    symlink(elsewhere.path(), folder.path().join("drive")).unwrap();
    symlink(folder.path(), folder.path().join("loop")).unwrap();
    symlink("nowhere", folder.path().join("dangling.p12")).unwrap();
    symlink(
        elsewhere.path().join("key.p12"),
        folder.path().join("same.p12"),
    )
    .unwrap();
    assert_eq!(found(&[folder.path()]), ["same.p12"]);
    fs::remove_file(folder.path().join("same.p12")).unwrap();
    assert_eq!(found(&[folder.path()]), ["drive/key.p12"]);
}

#[cfg(unix)]
#[test]
fn pipes_and_folders_that_cannot_be_read_do_not_stop_the_search() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.p12");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    write(folder.path().join("closed/key.p12"), b"");
    write(folder.path().join("open/key.p12"), b"");
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let files = found(&[folder.path()]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    // The superuser reads everything.
    assert!(
        files == ["open/key.p12"] || files == ["closed/key.p12", "open/key.p12"],
        "{files:?}"
    );
    assert_eq!(
        keystore::KeyFile::read(&pipe).err(),
        Some(keystore::Error::Io(std::io::ErrorKind::InvalidInput))
    );
}

#[test]
fn a_missing_folder_is_an_empty_one() {
    assert_eq!(
        find_key_files(&[PathBuf::from("/no/such/folder")], SEARCH_DEPTH, &GO_ON),
        []
    );
}

#[test]
fn the_search_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path().join("key.p12"), b"");
    assert_eq!(
        find_key_files(
            &[folder.path().to_owned()],
            SEARCH_DEPTH,
            &AtomicBool::new(true)
        ),
        []
    );
}

#[test]
fn the_usual_folders_exist() {
    assert!(
        keystore::usual_folders()
            .iter()
            .all(|folder| folder.is_dir())
    );
}
