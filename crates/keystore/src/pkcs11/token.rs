use crate::hex::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Which token: what it says of itself. The slot that it sits in does not count, because that changes when it is taken
/// out and put back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenId {
    /// Who made it, such as `Aktiv Co.`
    pub manufacturer: String,
    /// Its kind, such as `Rutoken ECP`.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The name that its owner or issuer gave it.
    pub label: String,
}

impl TokenId {
    /// One word for the four, without any of their letters.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&self.hash_with(&[]))
    }

    /// SHA-256 of what the token says of itself and of one thing on it.
    pub(super) fn hash_with(&self, part: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        for word in [&self.manufacturer, &self.model, &self.serial, &self.label] {
            hash.update(word.as_bytes());
            hash.update([0]);
        }
        hash.update(part);
        hash.finalize().into()
    }
}

/// What a token tells about its PIN without being asked for it.
///
/// Source: PKCS#11 v2.40 base, CK_TOKEN_INFO; exact numbers of tries only from modules of Aktiv's family, which have a
/// call of their own for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PinState {
    /// Tries that are left, where the token tells: 0 when locked, 1 before the last try, other numbers seldom.
    pub tries_left: Option<u32>,
    /// Tries that a fresh token has, where it tells.
    pub max_tries: Option<u32>,
    /// A wrong PIN was given since the last right one. Some tokens say so always.
    pub low: bool,
    /// One try is left.
    pub last_try: bool,
    /// No try is left.
    pub locked: bool,
    /// The PIN is the one that the token came with, or an administrator set: it should be changed.
    pub to_be_changed: bool,
    /// No PIN has been set yet.
    pub not_set: bool,
    /// The PIN is typed on the token or its reader.
    pub pin_pad: bool,
    /// Bytes of a PIN at least and at most, where the token tells sensibly.
    pub length: Option<(u32, u32)>,
    /// The unblocking code (PUK) is locked too.
    pub puk_locked: bool,
}
