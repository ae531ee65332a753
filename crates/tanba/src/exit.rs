//! What the exit code says.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; of `verify`: everything holds; of `trust status`: every browser trusts the local CA.
    Done,
    /// Not done; of `verify`: something does not hold.
    Failed,
    /// The command line does not make sense; clap says so by itself.
    Usage,
    /// The password or PIN is wrong.
    WrongPassword,
    /// Another program has the port.
    PortTaken,
    /// Of `verify`: it cannot be told.
    Undetermined,
}

/// The table for `--help`.
pub(crate) const TABLE: &str = "\
Exit codes:
  0  done; verify: everything holds; trust status: every browser trusts Tanba
  1  not done; verify: something does not hold
  2  wrong use of the command line
  3  the password or PIN is wrong
  4  agent: another program has the port
  5  verify: it cannot be told whether everything holds";

impl Exit {
    /// What an error means for whoever started us.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        for cause in error.chain() {
            if let Some(exit) = cause.downcast_ref::<Told>() {
                return exit.exit;
            }
            if let Some(error) = cause.downcast_ref::<agent::Error>()
                && error.is_wrong_password()
            {
                return Self::WrongPassword;
            }
            if let Some(server::Error::PortTaken { .. }) = cause.downcast_ref() {
                return Self::PortTaken;
            }
        }
        Self::Failed
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::WrongPassword => 3,
            Exit::PortTaken => 4,
            Exit::Undetermined => 5,
        })
    }
}

/// An error with an exit code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Told {
    pub(crate) exit: Exit,
    pub(crate) message: String,
}

impl Told {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
        }
    }
}
