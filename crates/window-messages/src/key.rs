use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A key as a row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct KeyView {
    /// Opaque name of the key in this request.
    pub id: String,
    /// Name of the file, without its folder.
    pub file_name: String,
    /// The folder, for people: its last component or a drive's label.
    pub folder: String,
    /// Whose key it is; absent until the file has been opened once on this computer
    /// (key files keep the certificate under the password).
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
    /// True for the key last used on the asking site.
    pub used_here: bool,
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
    /// The site wants a key from a token or a card, and this one is in a file.
    TokenOnly,
    /// The digest that the site sent has the wrong length for this key's algorithm.
    DigestLength,
    /// The certificate was revoked.
    Revoked {
        /// When, seconds since 1970 UTC.
        #[ts(type = "number")]
        at: i64,
    },
}
