use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TokenView;

/// A key as a row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeyView {
    /// Opaque name of the key in this request.
    pub id: String,
    /// Where it is.
    pub place: KeyPlace,
    /// Whose key it is; absent until the file has been opened once on this computer
    /// (key files keep the certificate under the password, and so do some tokens).
    pub owner: Option<KeyOwner>,
    /// What the key is for; absent like the owner. What the file's name promises is not a fact and is not used.
    pub purpose: Option<KeyPurpose>,
    /// First moment of validity, seconds since 1970 UTC.
    #[ts(type = "number | null")]
    pub not_before: Option<i64>,
    /// Last moment of validity, seconds since 1970 UTC.
    #[ts(type = "number | null")]
    pub not_after: Option<i64>,
    /// Whether it fits the request.
    pub state: KeyState,
    /// What speaks against it although it may be used; signing with it takes a second yes.
    pub cautions: Vec<Caution>,
    /// Whether its issuer has revoked it, as far as is known.
    pub status: CertificateStatus,
    /// True for the key last used on the asking site.
    pub used_here: bool,
}

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum KeyPlace {
    /// In a file.
    File {
        /// Name of the file, without its folder.
        file_name: String,
        /// The folder, for people: its last component or a drive's label.
        folder: String,
    },
    /// On a token or a card.
    Token {
        /// Which one.
        token: TokenView,
    },
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeyOwner {
    /// Full name with patronymic, or the name of an information system.
    pub name: String,
    /// Twelve digits.
    pub iin: Option<String>,
    /// Twelve digits.
    pub bin: Option<String>,
    /// Organisation, as in the certificate.
    pub organisation: Option<String>,
    /// The person's part in the organisation.
    pub role: Option<KeyRole>,
}

/// The owner's part in the organisation, from extended key usage (branch 1.2.398.3.3.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum KeyRole {
    /// First head, …1.2.1.
    Head,
    /// With the right to sign, …1.2.2.
    SigningRight,
    /// With the right to sign financial documents, …1.2.3.
    FinancialSigningRight,
    /// Personnel department, …1.2.4.
    Personnel,
    /// Employee, …1.2.5.
    Employee,
    /// Information system, …1.2.6.
    InformationSystem,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum KeyPurpose {
    /// Logging in only.
    LogIn,
    /// Signing documents only.
    Signing,
    /// Both, as every key issued since 2024.
    Both,
}

/// Whether a key fits the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum KeyState {
    /// It fits.
    Usable,
    /// Not known before the file is opened with its password.
    Unknown,
    /// It does not fit; the row is greyed and says why.
    Unusable {
        /// Why.
        problem: KeyProblem,
    },
}

/// Why a key cannot be used, now or at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum KeyProblem {
    /// The password is wrong; the person tries again.
    WrongPassword,
    /// Too many wrong passwords: wait.
    TooManyTries {
        /// Seconds to wait.
        wait_seconds: u32,
    },
    /// The file is not there any more or cannot be read.
    Unreadable,
    /// The file is not a PKCS#12 key file.
    NotAKeyFile,
    /// The file breaks off before its end.
    Truncated,
    /// The file is damaged in another way, or protected by something unknown.
    Damaged,
    /// There is no private key in the file.
    NoKey,
    /// There is a key but no certificate: its issue was not finished.
    NoCertificate,
    /// There are several keys in the file.
    SeveralKeys,
    /// The algorithm is not one that we can sign with.
    OtherAlgorithm,
    /// The certificate has expired.
    Expired {
        /// Last moment of validity, seconds since 1970 UTC.
        #[ts(type = "number")]
        at: i64,
    },
    /// The certificate is not valid yet.
    NotYetValid {
        /// First moment of validity, seconds since 1970 UTC.
        #[ts(type = "number")]
        from: i64,
    },
    /// The request wants a signing key, this one only logs in.
    LogInOnly,
    /// The request wants a log-in key, this one only signs.
    SigningOnly,
    /// The site wants the key of another person (IIN).
    OtherPerson,
    /// The site wants the key of another organisation (BIN).
    OtherOrganisation,
    /// The site wants one certificate by its serial number, and this is another.
    OtherCertificate,
    /// The site wants a right (extended key usage) that this certificate does not give.
    MissingRight,
    /// The site wants another issuer.
    OtherIssuer,
    /// The certificate was issued by an authority that is not known here.
    UnknownIssuer,
    /// The site wants a key from a token or a card, and this one is in a file.
    TokenOnly,
    /// The site wants a key from a file, and this one is on a token or a card.
    FilesOnly,
    /// The site wants a key from another kind of token.
    OtherToken,
    /// The token says that the PIN is wrong, and counts such tries.
    WrongPin {
        /// Tries that are left, where the token tells.
        tries_left: Option<u32>,
    },
    /// The token is locked after too many wrong PINs.
    TokenLocked,
    /// One try is left, and the person has not agreed to use it. Nothing was sent to the token.
    LastTry,
    /// A PIN of this length is not taken. Nothing was sent to the token.
    PinLength {
        /// Characters at least.
        min: u32,
        /// Characters at most.
        max: u32,
    },
    /// The token does not take this new PIN: wrong characters, too simple, used before.
    PinRefused,
    /// The PIN has expired: it must be changed first.
    PinExpired,
    /// No PIN has been set yet: the token is new.
    PinNotSet,
    /// The person pressed «cancel» on the token or its reader, or let the time there pass.
    PinPadCancelled,
    /// The token's module cannot unblock it: its maker's own program may.
    CannotUnblock,
    /// The token was taken out. No try was lost; the row is good again when it is put back.
    TokenRemoved,
    /// Another program uses the token.
    TokenBusy,
    /// The certificate is on the token, its private key is not.
    TokenWithoutKey,
    /// The PIN is right and the token holds several keys: they are listed now, one is to be chosen.
    ChooseTokenKey,
    /// What the token signed does not fit its certificate: it was thrown away.
    TokenWrongSignature,
    /// The token's module did not answer in time and was ended.
    TokenTimedOut,
    /// The token's module broke off, or cannot be used.
    TokenModuleFailed,
    /// The token reports a fault that has no words of its own.
    TokenFault {
        /// The fault's number in PKCS#11, `0x30`.
        code: String,
    },
    /// The digest that the site sent has the wrong length for this key's algorithm.
    DigestLength,
    /// The certificate was revoked.
    Revoked {
        /// When, seconds since 1970 UTC.
        #[ts(type = "number")]
        at: i64,
        /// Why, as far as the issuer says.
        reason: Option<RevokedFor>,
    },
}

/// What speaks against a key that may be used all the same, if the person insists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum Caution {
    /// The certificate has expired: portals usually refuse it.
    Expired {
        /// Last moment of validity, seconds since 1970 UTC.
        #[ts(type = "number")]
        at: i64,
    },
    /// The certificate was issued by an authority that is not known here.
    UnknownIssuer,
}

/// Whether the issuer has revoked a certificate. A revoked one that must not be used is told by [`KeyState`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum CertificateStatus {
    /// Nobody has asked: the certificate is not known yet, or it does not matter.
    NotChecked,
    /// The issuer is being asked.
    Checking,
    /// It is not revoked.
    Good,
    /// It is revoked.
    Revoked {
        /// When, seconds since 1970 UTC.
        #[ts(type = "number")]
        at: i64,
        /// Why, as far as the issuer says.
        reason: Option<RevokedFor>,
    },
    /// It could not be learned.
    Unknown {
        /// Why not.
        why: StatusUnknown,
    },
}

/// Why a certificate was revoked.
///
/// Source: RFC 5280 section 5.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum RevokedFor {
    /// Somebody else may have the key.
    KeyCompromise,
    /// Somebody else may have the authority's key.
    CaCompromise,
    /// The owner's data changed.
    AffiliationChanged,
    /// Another certificate has taken its place.
    Superseded,
    /// It is not needed any more.
    CessationOfOperation,
    /// It is on hold and may become valid again.
    CertificateHold,
    /// The owner lost a right that it gave.
    PrivilegeWithdrawn,
}

/// Why it could not be learned whether a certificate is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum StatusUnknown {
    /// The settings say to stay off the network.
    Offline,
    /// No server answered, or not in time.
    NoAnswer,
    /// What the servers answered cannot be relied on: not signed by the issuer, too old, or no answer at all.
    BadAnswer,
    /// By the server's clock its answer is good, by this computer's it is not: one of the two is wrong.
    Clock,
    /// The issuer does not know the certificate.
    NotKnown,
    /// The certificate does not say whom to ask.
    NoAddress,
    /// The certificate's issuer is not known, so nobody can vouch for an answer.
    NoIssuer,
}
