//! Passwords from a terminal or a file, never from arguments or the environment: those are seen by others.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use zeroize::Zeroizing;

use crate::exit::Told;

/// More than any password.
const MAX_PASSWORD_BYTES: u64 = 4096;

/// Reads the password from a file when one is named, else asks at the terminal.
pub(crate) fn read(file: Option<&Path>, whose: &str) -> Result<Zeroizing<String>> {
    match file {
        Some(file) => from_file(file)
            .with_context(|| format!("cannot read the password from {}", file.display())),
        None if io::stderr().is_terminal() => {
            let typed = rpassword::prompt_password(format!("Password of {whose}: "));
            typed
                .map(Zeroizing::new)
                .context("cannot read the password from the terminal")
        }
        None => Err(Told::usage(
            "there is no terminal to ask for the password at: use --password-file",
        )
        .into()),
    }
}

/// The first line of a file, without its end.
fn from_file(path: &Path) -> Result<Zeroizing<String>> {
    // Of fixed size: a growing buffer would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(MAX_PASSWORD_BYTES + 1)?));
    File::open(path)?
        .take(MAX_PASSWORD_BYTES + 1)
        .read_to_end(&mut bytes)?;
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.len() as u64 > MAX_PASSWORD_BYTES {
        bail!("it is longer than {MAX_PASSWORD_BYTES} bytes");
    }
    let text = std::str::from_utf8(line).ok().context("it is not UTF-8")?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_file(content: &[u8]) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, content).unwrap();
        read(Some(&path), "key.p12").map(|password| password.as_str().to_owned())
    }

    #[test]
    fn the_first_line_is_the_password() {
        for (content, password) in [
            (&b"Qwerty12"[..], "Qwerty12"),
            (b"Qwerty12\n", "Qwerty12"),
            (b"Qwerty12\r\n", "Qwerty12"),
            (b"\xef\xbb\xbfQwerty12\r\nnote\r\n", "Qwerty12"),
            (b" with spaces \n", " with spaces "),
            ("Құпия1\n".as_bytes(), "Құпия1"),
            (b"", ""),
        ] {
            assert_eq!(read_file(content).unwrap(), password);
        }
    }

    #[test]
    fn other_files_are_refused_without_telling_their_content() {
        for content in [&b"caf\xe9-secret"[..], &[b'x'; 5000]] {
            let error = format!("{:#}", read_file(content).unwrap_err());
            assert!(
                error.contains("cannot read the password") && !error.contains("secret"),
                "{error}"
            );
        }
    }
}
