//! What the test tells the module.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The environment variable with the script's path.
pub const VARIABLE: &str = "MOCK_PKCS11";

/// Everything that the module does.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Script {
    /// The slots, with and without tokens.
    pub slots: Vec<Slot>,
    /// Calls that go wrong.
    pub faults: Vec<Fault>,
    /// Lines written to stdout at every call, as some modules do.
    pub noise: bool,
    /// Answer of C_Initialize when it is asked for locking; 0 is fine.
    pub initialize_with_locking: u64,
    /// Whether C_EX_GetTokenInfoExtended tells the tries.
    pub exact_tries: bool,
    /// C_WaitForSlotEvent: absent is CKR_FUNCTION_NOT_SUPPORTED, else whether there is an event.
    pub slot_event: Option<bool>,
}

/// A slot.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Slot {
    /// Its number, which real modules change when a token comes back.
    pub id: u64,
    /// Its description.
    pub reader: String,
    /// What sits in it.
    pub token: Option<Token>,
}

/// A token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Token {
    /// CK_TOKEN_INFO.
    pub label: String,
    /// CK_TOKEN_INFO.
    pub manufacturer: String,
    /// CK_TOKEN_INFO.
    pub model: String,
    /// CK_TOKEN_INFO; what the token remembers is kept under it.
    pub serial: String,
    /// CKF_TOKEN_INITIALIZED is missing.
    pub blank: bool,
    /// C_GetTokenInfo fails.
    pub unreadable: bool,
    /// CKF_USER_PIN_INITIALIZED is missing.
    pub no_pin: bool,
    /// The PIN that it came with.
    pub pin: String,
    /// The unblocking code.
    pub puk: String,
    /// Tries of a fresh token.
    pub tries: u32,
    /// ulMinPinLen.
    pub min_pin: u64,
    /// ulMaxPinLen.
    pub max_pin: u64,
    /// Flags set whatever happens.
    pub extra_flags: u64,
    /// COUNT_LOW, FINAL_TRY and LOCKED are never shown.
    pub silent_flags: bool,
    /// The PIN is typed on the token: milliseconds that it takes, and the answer.
    pub pad: Option<Pad>,
    /// Mechanisms that it offers.
    pub mechanisms: Vec<u64>,
    /// Certificates and keys.
    pub objects: Vec<Object>,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            label: "token".to_owned(),
            manufacturer: "Tanba tests".to_owned(),
            model: "mock".to_owned(),
            serial: "0001".to_owned(),
            blank: false,
            unreadable: false,
            no_pin: false,
            pin: "123456".to_owned(),
            puk: "87654321".to_owned(),
            tries: 3,
            min_pin: 4,
            max_pin: 16,
            extra_flags: 0,
            silent_flags: false,
            pad: None,
            // CKM_RSA_PKCS, CKM_GOSTR3410, its 512 bits, and two that nobody knows.
            mechanisms: vec![0x1, 0x1201, 0xd432_1006, 0x8765_4321, 0xffff_fff0],
            objects: Vec::new(),
        }
    }
}

/// A PIN pad.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pad {
    /// How long the person types.
    pub milliseconds: u64,
    /// What comes of it: a CKR code.
    pub answer: u64,
}

/// A certificate and its private key, from a key file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Object {
    /// The key file (PKCS#12).
    pub file: PathBuf,
    /// Its password.
    pub password: String,
    /// CKA_ID of the certificate.
    pub id: Vec<u8>,
    /// CKA_ID of the private key, where it is another one.
    pub key_id: Option<Vec<u8>>,
    /// CKA_LABEL.
    pub label: String,
    /// Whether the certificate is there.
    pub certificate: bool,
    /// Whether the private key is there.
    pub key: bool,
    /// The certificate hides before the log-in.
    pub private_certificate: bool,
    /// The private key shows before the log-in.
    pub public_key: bool,
    /// Zeros behind the certificate.
    pub padding: usize,
    /// Reading CKA_ID fails.
    pub no_id: bool,
    /// CKA_ALWAYS_AUTHENTICATE.
    pub always_authenticate: bool,
    /// The log-in is gone after each signature, and nothing says so.
    pub forgets: bool,
    /// How GOST signatures are written.
    pub layout: Layout,
    /// The digest is taken with its last byte first.
    pub digest_reversed: bool,
    /// One bit of every signature is wrong.
    pub corrupt: bool,
}

impl Default for Object {
    fn default() -> Self {
        Self {
            file: PathBuf::new(),
            password: "Qwerty12".to_owned(),
            id: vec![1],
            key_id: None,
            label: String::new(),
            certificate: true,
            key: true,
            private_certificate: false,
            public_key: false,
            padding: 0,
            no_id: false,
            always_authenticate: false,
            forgets: false,
            layout: Layout::Standard,
            digest_reversed: false,
            corrupt: false,
        }
    }
}

/// How a token writes GOST signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// `s ‖ r`, big-endian.
    Standard,
    /// `r ‖ s`, little-endian.
    National,
    /// `s ‖ r`, little-endian.
    HalvesSwapped,
    /// `r ‖ s`, big-endian.
    HalvesReversed,
    /// One byte short.
    Short,
}

/// A call that goes wrong.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fault {
    /// The function's name, such as `C_Sign`.
    pub call: String,
    /// How many calls go well before.
    pub after: u32,
    /// How many go wrong; absent is all.
    pub times: Option<u32>,
    /// What happens.
    pub what: What,
}

/// What happens instead of the call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// This answer (CKR code).
    Answer(u64),
    /// No answer, ever.
    #[default]
    Hang,
    /// The process ends by a signal.
    Crash,
    /// The work is done, and then no answer comes.
    DoThenHang,
}
