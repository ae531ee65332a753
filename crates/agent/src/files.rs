//! Files of this computer that a page asks for: it may name them, but only a person lets them be read.

mod picked;
mod question;

use std::{
    fmt,
    fs::{self, File},
    io::Read,
    path::{Component, Path, PathBuf, Prefix},
};

use crate::{error::Error, limits::MESSAGE_BYTES};

pub(crate) use picked::Picked;
pub(crate) use question::{Answer, FileQuestion};

/// Longer paths are no paths of a person's file.
const PATH_BYTES: usize = 4096;

/// A file that was read once, whole: what is shown of it is what is signed.
pub(crate) struct ReadFile {
    /// Its name without the folder.
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// Documents do not belong into logs.
impl fmt::Debug for ReadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadFile").finish_non_exhaustive()
    }
}

/// The path that a page names, when it can be one of a file on this computer: absolute, on no other computer.
///
/// Merely to look at `\\server\share` would tell Windows to log in there, so a page may not name such a path.
pub(crate) fn named(text: &str) -> Option<PathBuf> {
    let path = Path::new(text);
    let local = match path.components().next() {
        Some(Component::Prefix(prefix)) => matches!(prefix.kind(), Prefix::Disk(_)),
        _ => true,
    };
    (local && path.is_absolute() && text.len() <= PATH_BYTES && !text.contains('\0'))
        .then(|| path.to_path_buf())
}

/// Reads a file (blocking).
///
/// # Errors
/// [`Error::NamedFileNotFound`] when there is no such file, or something else than a file; [`Error::NamedFile`] when it
/// cannot be read; [`Error::FileTooLarge`].
pub(crate) fn read(path: &Path) -> Result<ReadFile, Error> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            Error::NamedFileNotFound
        }
        kind => Error::NamedFile(kind),
    };
    // Asked before it is opened: opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Error::NamedFileNotFound);
    }
    let too_large = || Error::FileTooLarge {
        path: path.to_owned(),
    };
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= MESSAGE_BYTES)
        .ok_or_else(too_large)?;
    let mut content = Vec::with_capacity(length);
    // It may grow while it is read.
    file.take(MESSAGE_BYTES as u64 + 1)
        .read_to_end(&mut content)
        .map_err(unreadable)?;
    if content.len() > MESSAGE_BYTES {
        return Err(too_large());
    }
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(ReadFile {
        name: name.to_string_lossy().into_owned(),
        content,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_paths_of_this_computer_are_paths() {
        let long = format!("/{}", "a".repeat(PATH_BYTES));
        for text in ["", "doc.pdf", "../doc.pdf", "~/doc.pdf", "/a\0b", &long] {
            assert_eq!(named(text), None, "{text:?}");
        }
        #[cfg(unix)]
        assert_eq!(named("/tmp/doc.pdf"), Some("/tmp/doc.pdf".into()));
        #[cfg(windows)]
        {
            assert_eq!(named(r"C:\doc.pdf"), Some(r"C:\doc.pdf".into()));
            for text in [
                r"C:doc.pdf",
                r"\\server\share\doc.pdf",
                r"\\.\COM1",
                r"\\?\C:\doc.pdf",
            ] {
                assert_eq!(named(text), None, "{text}");
            }
        }
    }

    #[test]
    fn a_file_is_read_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("құжат.txt");
        fs::write(&path, b"content").unwrap();
        let file = read(&path).unwrap();
        assert_eq!(
            (file.name.as_str(), &file.content[..]),
            ("құжат.txt", &b"content"[..])
        );
        for no_file in [
            folder.path().to_owned(),
            folder.path().join("missing"),
            path.join("below"),
        ] {
            assert!(matches!(read(&no_file), Err(Error::NamedFileNotFound)));
        }
        let large = folder.path().join("large");
        File::create(&large)
            .unwrap()
            .set_len(MESSAGE_BYTES as u64 + 1)
            .unwrap();
        assert!(matches!(read(&large), Err(Error::FileTooLarge { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_does_not_hold_the_agent_up() {
        assert!(matches!(
            read(Path::new("/dev/stdin")).or(read(Path::new("/dev/zero"))),
            Err(Error::NamedFileNotFound)
        ));
    }
}
