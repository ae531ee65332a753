//! Where a request stands after the person chose a key.

use std::time::{Duration, Instant};

use keystore::OpenKey;
use pki::Certificate;
use signing::cms::Message;
use window_messages::{NoTimeStamp, Question};

use crate::keys::Found;

/// How long a right password waits for the answer about a certificate that does not matter to the request.
pub(super) const SOON: Duration = Duration::from_millis(1500);
/// How long it waits for an answer without which nothing may be signed.
pub(super) const LATE: Duration = Duration::from_secs(20);

/// What is going on; further acts of consent wait for its end.
pub(super) enum Stage {
    /// The person reads, chooses, types.
    Choosing,
    /// A key is being opened.
    Opening(Found),
    /// The key is open, and what is known of its certificate may not be enough.
    Waiting(Opened),
    /// The key is open, and the person is asked something.
    Asking(Opened, Question),
    /// The key signs.
    Signing(Signer),
    /// A server puts time stamps on what was signed. No key is open any more.
    Stamping(Option<Signer>),
    /// It did not, and the person is asked whether to try again.
    Unstamped(Unstamped, NoTimeStamp),
}

/// A key that was opened by its password and has not signed.
pub(super) struct Opened {
    pub(super) key: Found,
    pub(super) open: OpenKey,
    pub(super) certificate: Certificate,
    /// Since when an answer about the certificate is waited for.
    pub(super) since: Instant,
    /// True when the window has been told that an answer is waited for.
    pub(super) told: bool,
    /// True when the person wants to use it whatever speaks against it.
    pub(super) insists: bool,
}

/// Whose signature it is.
pub(super) struct Signer {
    pub(super) key: Found,
    pub(super) certificate: Certificate,
}

/// Signatures of which some have no time stamp yet.
pub(super) struct Unstamped {
    /// None when the page brought the signatures.
    pub(super) signer: Option<Signer>,
    /// CMS with time stamps, in the order of the documents.
    pub(super) stamped: Vec<Message>,
    /// CMS without, in the order of the documents.
    pub(super) rest: Vec<Message>,
}

impl Stage {
    /// When to look again although nothing has been heard.
    pub(super) fn alarm(&self) -> Option<Instant> {
        let Self::Waiting(opened) = self else {
            return None;
        };
        let soon = opened.since + SOON;
        Some(if Instant::now() < soon {
            soon
        } else {
            opened.since + LATE
        })
    }

    /// Gives what is going on, and goes back to choosing.
    pub(super) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Choosing)
    }

    /// The open key whose certificate is waited for, if that is what is going on; then goes back to choosing.
    pub(super) fn take_waiting(&mut self) -> Option<Opened> {
        match self.take() {
            Self::Waiting(opened) => Some(opened),
            other => {
                *self = other;
                None
            }
        }
    }
}
