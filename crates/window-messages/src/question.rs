use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Caution, StatusUnknown};

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
