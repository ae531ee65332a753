use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Caution, PinView, StatusUnknown};

/// What the person is asked after the password. Nothing reaches the page before the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum Question {
    /// Use the key although something speaks against it? No: choose another.
    UseAnyway {
        /// What speaks against it.
        cautions: Vec<Caution>,
    },
    /// The settings want certainty that the certificate is not revoked, and there is none. Try again? No: choose
    /// another key.
    StatusUnknown {
        /// Why there is none.
        why: StatusUnknown,
    },
    /// The signatures are made but have no time stamp. Try again? No: the page gets an error and no signature.
    NoTimeStamp {
        /// What went wrong.
        why: NoTimeStamp,
    },
    /// The token wants its PIN for each document. [`FromWindow::Pin`](crate::FromWindow::Pin) answers; a no breaks the
    /// batch off, and another key can be chosen.
    PinAgain {
        /// Index of the document, from 0.
        document: u32,
        /// Documents in all.
        total: u32,
        /// True when the PIN given last was wrong.
        wrong: bool,
        /// What the token tells of its PIN.
        pin: PinView,
    },
}

/// Why there is no time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum NoTimeStamp {
    /// The settings say to stay off the network.
    Offline,
    /// The server did not answer, or not in time.
    NoAnswer,
    /// The server said no.
    Refused,
    /// By the server's clock it is another time than by this computer's: one of the two is wrong.
    Clock,
    /// What the server answered is no time stamp that can be relied on.
    BadAnswer,
}
