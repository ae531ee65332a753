//! What the module's answers mean.

use super::raw::Rv;
use crate::TokenError;
use cryptoki_sys::*;

/// Codes of Aktiv's modules: the new PIN is unsuitable, or was used before.
///
/// Source: AktivCo/pkcs11jna.
const RUTOKEN_PIN_UNSUITABLE: CK_RV = 0x8000_000a;
const RUTOKEN_PIN_IN_HISTORY: CK_RV = 0x8000_000b;

impl From<Rv> for TokenError {
    fn from(rv: Rv) -> Self {
        match rv.0 {
            CKR_PIN_INCORRECT => Self::WrongPin,
            CKR_PIN_INVALID
            | CKR_PIN_LEN_RANGE
            | CKR_PIN_TOO_WEAK
            | RUTOKEN_PIN_UNSUITABLE
            | RUTOKEN_PIN_IN_HISTORY => Self::PinRefused,
            CKR_PIN_EXPIRED => Self::PinExpired,
            CKR_PIN_LOCKED => Self::PinLocked,
            CKR_USER_PIN_NOT_INITIALIZED => Self::PinNotSet,
            CKR_FUNCTION_CANCELED | CKR_FUNCTION_REJECTED => Self::Cancelled,
            CKR_USER_NOT_LOGGED_IN => Self::PinAgain,
            CKR_TOKEN_NOT_PRESENT
            | CKR_DEVICE_REMOVED
            | CKR_SESSION_HANDLE_INVALID
            | CKR_SESSION_CLOSED
            | CKR_SLOT_ID_INVALID => Self::Removed,
            CKR_MECHANISM_INVALID | CKR_KEY_TYPE_INCONSISTENT | CKR_KEY_FUNCTION_NOT_PERMITTED => {
                Self::NoMechanism
            }
            CKR_SESSION_COUNT
            | CKR_USER_ANOTHER_ALREADY_LOGGED_IN
            | CKR_USER_TOO_MANY_TYPES
            | CKR_SESSION_EXISTS
            | CKR_SESSION_READ_ONLY_EXISTS => Self::Busy,
            // One width on every system.
            #[allow(clippy::useless_conversion, reason = "CK_RV has 32 bits on Windows")]
            other => Self::Fault(other.into()),
        }
    }
}
