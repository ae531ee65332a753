//! What the tokens remember, and what the process does.

use crate::script::{Fault, Script, Slot, Token, VARIABLE, What};
use cryptoki_sys::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs,
    io::Write as _,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// What stays when the process ends, as it does on a real token.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub(crate) tokens: HashMap<String, TokenMemory>,
    /// Calls so far, by name.
    calls: HashMap<String, u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TokenMemory {
    pub(crate) pin: String,
    pub(crate) tries: u32,
    pub(crate) puk_tries: u32,
}

/// What ends with the process.
#[derive(Default)]
pub(crate) struct Process {
    pub(crate) initialized: bool,
    pub(crate) sessions: HashMap<u64, Session>,
    pub(crate) next: u64,
    /// Who is logged in, by the token's serial number.
    pub(crate) users: HashMap<String, CK_USER_TYPE>,
}

pub(crate) struct Session {
    pub(crate) slot: u64,
    pub(crate) serial: String,
    pub(crate) write: bool,
    pub(crate) found: Vec<u64>,
    pub(crate) signing: Option<(CK_MECHANISM_TYPE, u64)>,
    pub(crate) confirmed: bool,
}

static PROCESS: Mutex<Option<Process>> = Mutex::new(None);

pub(crate) fn with_process<T>(work: impl FnOnce(&mut Process) -> T) -> T {
    let mut guard: MutexGuard<'_, _> = PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
    work(guard.get_or_insert_default())
}

fn path(ending: &str) -> PathBuf {
    let mut path = std::env::var_os(VARIABLE).expect("the script's path");
    path.push(ending);
    path.into()
}

pub(crate) fn script() -> Script {
    // The test replaces the file by renaming, so that it is always whole.
    serde_json::from_slice(&fs::read(path("")).expect("a script")).expect("a sound script")
}

pub(crate) fn memory() -> Memory {
    fs::read(path(".memory"))
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

pub(crate) fn remember(memory: &Memory) {
    fs::write(path(".memory"), serde_json::to_vec(memory).unwrap()).expect("a memory");
}

impl Memory {
    pub(crate) fn token(&mut self, token: &Token) -> &mut TokenMemory {
        self.tokens
            .entry(token.serial.clone())
            .or_insert_with(|| TokenMemory {
                pin: token.pin.clone(),
                tries: token.tries,
                puk_tries: token.tries,
            })
    }
}

/// What one call works with.
pub(crate) struct Call {
    pub(crate) script: Script,
    then_hang: bool,
}

/// Writes the call down and lets it go wrong where the script says so.
pub(crate) fn begin(name: &str, detail: &str) -> Result<Call, CK_RV> {
    let script = script();
    let mut memory = memory();
    let count = memory.calls.entry(name.to_owned()).or_default();
    *count += 1;
    let count = *count;
    remember(&memory);
    let mut log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path(".log"))
        .unwrap();
    writeln!(
        log,
        "{} {:?} {name} {detail}",
        std::process::id(),
        thread::current().id()
    )
    .unwrap();
    if script.noise {
        println!("mock: {name}");
    }
    let due = |fault: &&Fault| {
        let within = |times| count <= fault.after + times;
        fault.call == name && count > fault.after && fault.times.is_none_or(within)
    };
    let what = script.faults.iter().find(due).map(|fault| fault.what);
    match what {
        Some(What::Answer(code)) => return Err(code as CK_RV),
        Some(What::Hang) => hang(),
        Some(What::Crash) => std::process::abort(),
        _ => {}
    }
    Ok(Call {
        script,
        then_hang: what == Some(What::DoThenHang),
    })
}

impl Call {
    pub(crate) fn end(&self) {
        if self.then_hang {
            hang();
        }
    }

    pub(crate) fn slot(&self, id: u64) -> Result<&Slot, CK_RV> {
        let slot = self.script.slots.iter().find(|slot| slot.id == id);
        slot.ok_or(CKR_SLOT_ID_INVALID)
    }

    pub(crate) fn token(&self, slot: u64) -> Result<&Token, CK_RV> {
        self.slot(slot)?.token.as_ref().ok_or(CKR_TOKEN_NOT_PRESENT)
    }
}

fn hang() -> ! {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
