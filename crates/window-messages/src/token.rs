use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Language;

/// A token or a card, as far as it tells of itself without a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TokenView {
    /// Opaque name of the token: the same after it was taken out and put back.
    pub id: String,
    /// The name that its owner or its issuer gave it; may be empty.
    pub label: String,
    /// The product's name, as it stands on the box; absent when it is not known.
    pub product: Option<String>,
    /// True for Kazakhstan's identity card.
    pub id_card: bool,
    /// Its serial number; may be empty.
    pub serial: String,
    /// The reader or the port that it sits in, as the system calls it.
    pub reader: String,
    /// What is known of its PIN.
    pub pin: PinView,
}

/// What a token tells of its PIN before it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PinView {
    /// Tries that are left, when some have been spent and the token tells how many.
    pub tries_left: Option<u32>,
    /// Wrong PINs were given since the last right one; how many is not always known.
    pub low: bool,
    /// One try is left: it is used only when the person says so ([`FromWindow::Sign`](crate::FromWindow::Sign)).
    pub last_try: bool,
    /// No try is left.
    pub locked: bool,
    /// The PIN is the one that the token came with: it should be changed.
    pub to_be_changed: bool,
    /// No PIN has been set yet.
    pub not_set: bool,
    /// The PIN is typed on the token or its reader, not in the window.
    pub pin_pad: bool,
    /// The unblocking code (PUK) is locked, too.
    pub puk_locked: bool,
    /// Characters that a PIN has at least, where the token tells.
    pub min_length: Option<u32>,
    /// Characters that a PIN has at most, where the token tells.
    pub max_length: Option<u32>,
}

/// The way to tokens and cards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReadersView {
    /// The system's service for readers.
    pub service: ReaderService,
    /// Readers, and tokens that are readers themselves.
    pub readers: u32,
    /// Something is in a reader that does not answer: a card upside down, or a broken one.
    pub mute: bool,
    /// Something is in a reader, and none of the modules knows it.
    pub unknown_card: bool,
    /// Modules that did not answer.
    pub troubles: Vec<ModuleTrouble>,
}

/// The system's service for readers. Each state needs something else of the person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum ReaderService {
    /// It answers.
    #[default]
    Running,
    /// It does not run.
    Stopped,
    /// It is not installed (Linux: the package pcscd).
    NotInstalled,
    /// The system does not let this session use readers: a remote one, for instance.
    Refused,
    /// The agent runs in a sandbox (Flatpak, Snap) that was not given the readers.
    Sandboxed,
    /// It answers with a fault.
    Failed {
        /// The fault's number (SCARD code).
        code: u32,
    },
}

/// A module (the library of a token's maker) that did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModuleTrouble {
    /// The module's path.
    pub module: String,
    /// What is the matter.
    pub problem: ModuleProblem,
}

/// What is the matter with a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ModuleProblem {
    /// The file is not there.
    Missing,
    /// The file is no PKCS#11 module, or a library that it needs is missing.
    NotAModule,
    /// It was built for another kind of processor, or for 32 bits.
    OtherProcessor,
    /// It did not answer in time and was ended.
    TimedOut,
    /// It broke off, or what it said could not be understood.
    Failed,
}

/// The tokens that are plugged in, to change and unblock PINs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TokensView {
    /// The tokens, in the order to show.
    pub tokens: Vec<TokenView>,
    /// The way to them.
    pub readers: ReadersView,
    /// True while they are looked for; another list follows.
    pub searching: bool,
    /// The language to speak.
    pub language: Language,
}
