use pcsc::{Context, Error, ReaderState, Scope, State};
use std::{ffi::CString, time::Duration};

/// Readers and cards at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The service through which programs reach readers.
    pub service: ServiceState,
    /// The readers, with or without a card; empty when the service does not answer.
    pub readers: Vec<Reader>,
}

impl Snapshot {
    /// The cards and tokens that are in.
    #[must_use]
    pub fn cards(&self) -> Vec<InsertedCard> {
        self.readers
            .iter()
            .filter_map(|reader| match &reader.card {
                CardState::Present { atr } => Some(InsertedCard {
                    reader: reader.name.clone(),
                    atr: atr.clone(),
                }),
                _ => None,
            })
            .collect()
    }
}

/// Whether readers can be reached at all. Each needs something else of the person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceState {
    /// It answers.
    #[default]
    Running,
    /// It is installed and does not run. Windows ends it with the last reader, and starts it with the first.
    Stopped,
    /// The program that reaches readers is not installed (Linux: the package pcscd).
    NotInstalled,
    /// The system does not let this session reach readers (Linux: polkit, for remote sessions).
    Refused,
    /// We run in a sandbox (Flatpak, Snap) that was not given the readers.
    Sandboxed,
    /// It answers with another fault (SCARD code).
    Failed(u32),
}

/// A reader or a USB token, which is both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Its name, with a number behind that depends on the port.
    pub name: String,
    /// What is in it.
    pub card: CardState,
}

/// What is in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardState {
    /// Nothing.
    Empty,
    /// A card or token, with its answer to reset.
    Present {
        /// Bytes that say what it is.
        atr: Vec<u8>,
    },
    /// Something that does not answer: upside down, or broken.
    Mute,
    /// The reader itself cannot be used now.
    Unavailable,
}

/// A card or token in a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsertedCard {
    /// The reader's name.
    pub reader: String,
    /// The answer to reset.
    pub atr: Vec<u8>,
}

/// Whether two names are those of one reader: modules cut them to 64 bytes, and some modules give none.
#[must_use]
pub fn same_reader(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && (a.starts_with(b) || b.starts_with(a))
}

/// Readers and cards right now; takes milliseconds, touches no card.
#[must_use]
pub fn snapshot() -> Snapshot {
    let read = || {
        let context = Context::establish(Scope::User)?;
        let mut states = states_of(&context, Vec::new())?;
        if !states.is_empty() {
            match context.get_status_change(Duration::ZERO, &mut states) {
                Ok(()) | Err(Error::Timeout) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(states.iter().filter_map(reader).collect())
    };
    match read() {
        Ok(readers) => Snapshot {
            service: ServiceState::Running,
            readers,
        },
        Err(error) => Snapshot {
            service: service_state(error),
            readers: Vec::new(),
        },
    }
}

/// The states of the readers that are there now: known ones go on from where they were, gone ones are left out.
pub(super) fn states_of(
    context: &Context,
    known: Vec<ReaderState>,
) -> Result<Vec<ReaderState>, Error> {
    let names: Vec<CString> = match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Vec::new(),
        other => other?,
    };
    let mut states: Vec<_> = known
        .into_iter()
        .filter(|state| {
            names.iter().any(|name| name.as_c_str() == state.name())
                && !state
                    .event_state()
                    .intersects(State::UNKNOWN | State::IGNORE)
        })
        .collect();
    for name in names {
        if !states.iter().any(|state| state.name() == name.as_c_str()) {
            states.push(ReaderState::new(name, State::UNAWARE));
        }
    }
    Ok(states)
}

/// A reader in our words; `None` for one that is gone.
pub(super) fn reader(state: &ReaderState) -> Option<Reader> {
    let event = state.event_state();
    if event.intersects(State::UNKNOWN | State::IGNORE) {
        return None;
    }
    let card = if event.contains(State::UNAVAILABLE) {
        CardState::Unavailable
    } else if event.contains(State::MUTE) {
        CardState::Mute
    } else if event.contains(State::PRESENT) {
        CardState::Present {
            atr: state.atr().to_vec(),
        }
    } else {
        CardState::Empty
    };
    Some(Reader {
        name: state.name().to_string_lossy().into_owned(),
        card,
    })
}

/// Why readers cannot be reached.
pub(super) fn service_state(error: Error) -> ServiceState {
    match error {
        Error::SecurityViolation => ServiceState::Refused,
        Error::NoService
        | Error::ServiceStopped
        | Error::ServerTooBusy
        | Error::CommError
        | Error::CommDataLost
        | Error::Shutdown
        | Error::InvalidHandle => {
            if sandboxed() {
                ServiceState::Sandboxed
            } else if installed() {
                ServiceState::Stopped
            } else {
                ServiceState::NotInstalled
            }
        }
        // The number is the standard's, whatever the sign of its type.
        other => ServiceState::Failed(u32::from_ne_bytes(code(other).to_ne_bytes())),
    }
}

/// The standard's number of an error.
fn code(error: Error) -> i32 {
    #[allow(clippy::as_conversions, reason = "the enumeration's own numbers")]
    {
        error as i64 as i32
    }
}

#[cfg(target_os = "linux")]
fn sandboxed() -> bool {
    std::env::var_os("SNAP").is_some()
        || std::env::var_os("FLATPAK_ID").is_some()
        || std::path::Path::new("/.flatpak-info").exists()
}

#[cfg(target_os = "macos")]
fn sandboxed() -> bool {
    std::env::var_os("APP_SANDBOX_CONTAINER_ID").is_some()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn sandboxed() -> bool {
    false
}

/// Elsewhere the service is a part of the system.
#[cfg(not(target_os = "linux"))]
fn installed() -> bool {
    true
}

#[cfg(target_os = "linux")]
fn installed() -> bool {
    let folders = [
        "/usr/sbin",
        "/usr/bin",
        "/usr/local/sbin",
        "/run/current-system/sw/bin",
    ];
    folders
        .iter()
        .any(|folder| std::path::Path::new(folder).join("pcscd").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_module_has_cut_is_the_same_readers() {
        assert!(same_reader("ACS ACR39U 00 00", "ACS ACR39U 00 00"));
        assert!(same_reader("ACS ACR39U", "ACS ACR39U 00 00"));
        assert!(same_reader("ACS ACR39U 00 00", "ACS ACR39U"));
        assert!(!same_reader("ACS ACR39U 01 00", "ACS ACR39U 00 00"));
        assert!(!same_reader("", "ACS ACR39U 00 00"));
        assert!(!same_reader("ACS ACR39U 00 00", ""));
    }

    #[test]
    fn each_fault_of_the_service_has_its_own_state() {
        assert_eq!(
            service_state(Error::SecurityViolation),
            ServiceState::Refused
        );
        assert!(matches!(
            service_state(Error::NoService),
            ServiceState::Stopped | ServiceState::NotInstalled | ServiceState::Sandboxed
        ));
        assert_eq!(
            service_state(Error::NoMemory),
            ServiceState::Failed(0x8010_0006)
        );
    }
}
