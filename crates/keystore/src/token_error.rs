use serde::{Deserialize, Serialize};

/// Why a token or a card could not be listed, opened or used. Each has its own remedy, so each is told apart.
///
/// Only [`WrongPin`](Self::WrongPin) says that a try was spent; after [`ModuleTimeout`](Self::ModuleTimeout) and
/// [`ModuleCrashed`](Self::ModuleCrashed) while a PIN was being checked it may have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TokenError {
    /// The token says that the PIN is wrong (CKR_PIN_INCORRECT). Stores answer
    /// [`Error::WrongPassword`](crate::Error::WrongPassword) instead.
    #[error("the PIN is wrong")]
    WrongPin,
    /// Too many wrong PINs: only the unblocking code (PUK) helps.
    #[error("the token is locked after too many wrong PINs")]
    PinLocked,
    /// One try is left, and nobody has agreed to use it. Nothing was sent to the token.
    #[error("one try is left before the token locks")]
    LastTry,
    /// The PIN is shorter or longer than the token takes. Nothing was sent to the token.
    #[error("the PIN must have {min} to {max} characters")]
    PinLength {
        /// Bytes at least.
        min: u32,
        /// Bytes at most.
        max: u32,
    },
    /// The token does not take this PIN as a new one: wrong characters, too simple, used before.
    #[error("the token does not accept this PIN")]
    PinRefused,
    /// The PIN has expired: it must be changed first.
    #[error("the PIN has expired and must be changed")]
    PinExpired,
    /// No PIN has been set on this token yet.
    #[error("no PIN has been set on the token")]
    PinNotSet,
    /// The PIN is typed on the token's or the reader's own keys, not here.
    #[error("the PIN is typed on the reader, not on the computer")]
    PinPadOnly,
    /// There are no keys on the token or the reader to type a PIN on.
    #[error("the token has no keys to type a PIN on")]
    NoPinPad,
    /// The person pressed «cancel» on the token or the reader, or let the time there pass.
    #[error("cancelled on the token")]
    Cancelled,
    /// The token wants the PIN once more, for this signature.
    #[error("the token asks for the PIN before each signature")]
    PinAgain,
    /// The token's module has no way to unblock it: the maker's own program may.
    #[error("the token cannot be unblocked from here")]
    CannotUnblock,
    /// The token was taken out, or is not there.
    #[error("the token is not there")]
    Removed,
    /// The certificate is on the token, its private key is not.
    #[error("the token holds the certificate but not its private key")]
    NoKey,
    /// The token showed several keys once the PIN was given: they are listed now.
    #[error("the token holds several keys: one must be chosen")]
    ChooseKey,
    /// The token cannot sign with this kind of key.
    #[error("the token cannot sign with this kind of key")]
    NoMechanism,
    /// The signature that the token made does not belong to the certificate. It was thrown away.
    #[error("the token made a wrong signature")]
    WrongSignature,
    /// Another program uses the token.
    #[error("another program uses the token")]
    Busy,
    /// There is no file at the module's path.
    #[error("the token's module is not there")]
    ModuleMissing,
    /// The file is no PKCS#11 module, or needs a library that is missing.
    #[error("this is not a PKCS#11 module, or a library that it needs is missing")]
    NotAModule,
    /// The module was built for another kind of processor, or for 32 bits.
    #[error("the module was built for another kind of processor")]
    OtherProcessor,
    /// The module's process ended of itself.
    #[error("the token's module crashed")]
    ModuleCrashed,
    /// The module did not answer in time; its process was ended.
    #[error("the token's module did not answer in time")]
    ModuleTimeout,
    /// The module's process could not be started, or what it said could not be understood.
    #[error("the token's module cannot be talked to")]
    ModuleUnreachable,
    /// Any other answer of the token (CKR code).
    #[error("the token reports fault {0:#x}")]
    Fault(u64),
}
