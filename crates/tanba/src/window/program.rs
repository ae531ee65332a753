//! Which program draws the window.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

/// The window's own program, beside ours.
const DEFAULT_PROGRAM: &str = "tanba-window";

/// A program with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WindowProgram {
    program: PathBuf,
    arguments: Vec<OsString>,
}

/// A `--window` that names no program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadWindow {
    #[error("--window is empty: name a program, with its arguments if it has any")]
    Empty,
    #[error("--window has a quote that is not closed")]
    Unbalanced,
}

impl WindowProgram {
    /// Splits a `--window` into program and arguments as a shell would, without expanding anything.
    pub(crate) fn parse(line: &str) -> Result<Self, BadWindow> {
        let mut words = shlex::split(line).ok_or(BadWindow::Unbalanced)?.into_iter();
        let program = words
            .next()
            .filter(|program| !program.is_empty())
            .ok_or(BadWindow::Empty)?;
        Ok(Self {
            program: beside_us(Path::new(&program)),
            arguments: words.map(OsString::from).collect(),
        })
    }

    /// The window that people see.
    pub(crate) fn installed() -> Self {
        Self {
            program: beside_us(Path::new(DEFAULT_PROGRAM)),
            arguments: Vec::new(),
        }
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }
}

/// The program alone: its arguments may name files that are nobody's business.
impl fmt::Display for WindowProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.program.display().fmt(f)
    }
}

/// A bare name means the program in our own folder; when there is none, the one on the search path.
fn beside_us(program: &Path) -> PathBuf {
    let is_bare = program.components().count() == 1 && program.file_name().is_some();
    let ours = std::env::current_exe().ok().and_then(|exe| {
        let name = format!("{}{}", program.display(), std::env::consts::EXE_SUFFIX);
        Some(exe.parent()?.join(name))
    });
    match ours {
        Some(ours) if is_bare && ours.is_file() => ours,
        _ => program.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_line_is_split_as_a_shell_would() {
        let window = WindowProgram::parse(
            "/opt/robot --key '/home/x/a b.p12' --shown \"log 1.jsonl\" --cancel",
        )
        .unwrap();
        assert_eq!(window.program, Path::new("/opt/robot"));
        assert_eq!(
            window.arguments,
            [
                "--key",
                "/home/x/a b.p12",
                "--shown",
                "log 1.jsonl",
                "--cancel"
            ]
        );
    }

    #[test]
    fn nothing_is_expanded() {
        let window = WindowProgram::parse("/opt/robot $HOME `id` *").unwrap();
        assert_eq!(window.arguments, ["$HOME", "`id`", "*"]);
    }

    #[test]
    fn lines_that_name_no_program_are_refused() {
        assert_eq!(WindowProgram::parse(""), Err(BadWindow::Empty));
        assert_eq!(WindowProgram::parse("  "), Err(BadWindow::Empty));
        assert_eq!(WindowProgram::parse("''"), Err(BadWindow::Empty));
        assert_eq!(WindowProgram::parse("'robot"), Err(BadWindow::Unbalanced));
    }
}
