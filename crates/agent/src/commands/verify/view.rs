//! The report as JSON: names for machines, and what each verdict rests on.

mod convert;
mod names;

use serde::Serialize;

/// What came of verifying a file: [`Verification::text`] gives it as lines for people, serde as JSON.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// `cms`, `xml`, `zip` or `raw`.
    pub format: &'static str,
    /// `holds`, `undetermined` or `broken`: the worst of all below; `broken` when there is no signature.
    pub verdict: &'static str,
    /// Each signature, in the file's order.
    pub signatures: Vec<Signature>,
    /// The files of an archive, each `signed`, `changed`, `missing`, `not-signed` or `unknown-digest`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ArchivedFile>,
}

/// One signature.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Signature {
    /// The worst of the verdicts below.
    pub verdict: &'static str,
    /// Who signed, by the certificate that came with the signature.
    pub signer: Option<Signer>,
    /// What it covers: `content-inside`, `content-beside`, `whole-document`, `element`, `listed-files`, `nothing`.
    pub covers: Vec<Covered>,
    /// The digest that was signed, by its identifier.
    pub digest_algorithm: Option<String>,
    /// When, by the signer's own word (RFC 3339, UTC).
    pub claimed_time: Option<String>,
    /// The time at which the certificate was judged (RFC 3339, UTC).
    pub reference_time: String,
    /// Who says that it was signed then: `stamped`, `claimed`, or `now` when nobody does.
    pub reference_basis: &'static str,
    /// Whether it is the key's signature over the content.
    pub signature: Check,
    /// Whether the certificate leads to an authority that is believed.
    pub chain: Chain,
    /// Whether the certificate was valid when the signature was made.
    pub validity: Check,
    /// Whether it was revoked.
    pub revocation: Revocation,
    /// The time stamps on it.
    pub timestamps: Vec<Timestamp>,
    /// What a reader should know although it holds.
    pub warnings: Vec<String>,
}

/// A verdict and its reasons.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// `holds`, `undetermined` or `broken`.
    pub verdict: &'static str,
    /// The finding, where there are several with one verdict: of validity `valid`, `valid-by-claim`, `expired-since`,
    /// `expired`, `not-yet-valid`, `no-certificate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<&'static str>,
    /// Why it does not hold.
    pub problems: Vec<String>,
}

/// What is covered.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Covered {
    /// What.
    pub what: &'static str,
    /// Where the element stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A chain.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Chain {
    /// `holds`, `undetermined` or `broken`.
    pub verdict: &'static str,
    /// Who is believed.
    pub anchor: Option<Anchor>,
    /// The authorities between, by their common names.
    pub intermediates: Vec<String>,
    /// Why there is none.
    pub problem: Option<String>,
}

/// Who is believed.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Anchor {
    /// The common name.
    pub name: String,
    /// `national`, `national-test` or `added`.
    pub kind: &'static str,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
}

/// What is known about revocation.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Revocation {
    /// `holds`, `undetermined` or `broken`.
    pub verdict: &'static str,
    /// `good`, `revoked`, `revoked-later` (after the stamped time), `unknown` or `not-checked`.
    pub finding: &'static str,
    /// `ocsp`, `crl` or `delta-crl`.
    pub source: Option<&'static str>,
    /// Who answered.
    pub url: Option<String>,
    /// The certificate of the OCSP responder, by its common name.
    pub responder: Option<String>,
    /// The time that the answer speaks of (RFC 3339, UTC).
    pub this_update: Option<String>,
    /// When a newer one is due (RFC 3339, UTC).
    pub next_update: Option<String>,
    /// Since when it is revoked (RFC 3339, UTC).
    pub revoked_at: Option<String>,
    /// Why, by the name in RFC 5280 §5.3.1.
    pub reason: Option<String>,
    /// What became of each attempt to ask.
    pub problems: Vec<String>,
}

/// A time stamp.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Timestamp {
    /// `holds`, `undetermined` or `broken`.
    pub verdict: &'static str,
    /// The stamped time (RFC 3339, UTC).
    pub time: Option<String>,
    /// The policy's identifier.
    pub policy: Option<String>,
    /// Its number, hexadecimal.
    pub serial_number: Option<String>,
    /// The authority's certificate, by its common name.
    pub authority: Option<String>,
    /// Whom the authority leads to.
    pub anchor: Option<Anchor>,
    /// Whether the authority's certificate was revoked.
    pub revocation: Revocation,
    /// Why it does not hold.
    pub problem: Option<String>,
    /// What a reader should know although it holds.
    pub warnings: Vec<String>,
}

/// A file of an archive.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ArchivedFile {
    /// Its name with the folders.
    pub name: String,
    /// What became of it.
    pub state: &'static str,
}

/// Whose certificate it is.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Signer {
    /// Full name, or the name of an information system.
    pub name: String,
    /// Twelve digits.
    pub iin: Option<String>,
    /// Twelve digits.
    pub bin: Option<String>,
    /// The organisation's name.
    pub organisation: Option<String>,
    /// By extendedKeyUsage: `individual`, `legal-entity`, `head`, `signing-right`, `employee`, …
    pub roles: Vec<&'static str>,
    /// The issuer's common name.
    pub issuer: String,
    /// Hexadecimal.
    pub serial_number: String,
    /// RFC 3339, UTC.
    pub not_before: String,
    /// RFC 3339, UTC.
    pub not_after: String,
    /// The key's algorithm, as NCALayer calls it.
    pub algorithm: &'static str,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
}
