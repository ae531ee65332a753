//! Whom to believe: the National Certification Authority of Kazakhstan, its test authority, and others on request.
//!
//! The authorities are carried as figures, not as certificates: name, key, validity and the certificate's SHA-256. They
//! serve this crate only and never enter a store of the system or of a browser.

// Made by `cargo run -p pki --example trust_anchors`.
#[rustfmt::skip]
mod national;
#[rustfmt::skip]
mod national_test;

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, LazyLock},
};

use self::{national::NATIONAL, national_test::NATIONAL_TEST};
use crate::{Certificate, Error, Name, ObjectIdentifier, PublicKey};

/// An authority that is believed without anybody vouching for it; a clone costs nothing.
///
/// Anchors are equal when the SHA-256 of their certificates is.
#[derive(Clone)]
pub struct TrustAnchor(Arc<Fields>);

struct Fields {
    subject: Name,
    public_key: PublicKey,
    key_id: Box<[u8]>,
    not_before: i64,
    not_after: i64,
    path_length: Option<u32>,
    may_issue: bool,
    unknown_critical_extension: Option<ObjectIdentifier>,
    sha256: [u8; 32],
    kind: AnchorKind,
}

/// Who stands behind a trust anchor.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum AnchorKind {
    /// The national authority: what it vouches for binds people.
    National,
    /// The national authority's test authority: what it vouches for is worth nothing, and whoever sees it must see that.
    NationalTest,
    /// An authority that the settings, or a web page for its own use, added.
    Added,
}

impl TrustAnchor {
    /// The anchor that a certificate describes. One of the national authorities is told by its SHA-256, wherever it comes
    /// from; any other is [`AnchorKind::Added`].
    #[must_use]
    pub fn from_certificate(certificate: &Certificate) -> Self {
        let sha256 = certificate.fingerprint_sha256();
        Self(Arc::new(Fields {
            subject: certificate.subject().clone(),
            public_key: certificate.public_key().clone(),
            key_id: certificate.key_id().into(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            path_length: certificate.path_length(),
            may_issue: certificate.may_issue(),
            unknown_critical_extension: certificate.unknown_critical_extension(),
            sha256,
            kind: AnchorKind::of(&sha256),
        }))
    }

    fn from_figures(figures: &Figures, kind: AnchorKind) -> Result<Self, Error> {
        Ok(Self(Arc::new(Fields {
            subject: Name::from_der(figures.subject)?,
            public_key: PublicKey::from_spki_der(figures.spki)?,
            key_id: figures.key_id.into(),
            not_before: figures.not_before,
            not_after: figures.not_after,
            path_length: figures.path_length,
            may_issue: true,
            unknown_critical_extension: None,
            sha256: figures.sha256,
            kind,
        })))
    }

    /// The authority's name.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// The authority's key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// The identifier of that key, as certificates under it name it.
    #[must_use]
    pub fn key_id(&self) -> &[u8] {
        &self.0.key_id
    }

    /// The first second of validity, counted from 1970 in UTC.
    #[must_use]
    pub fn not_before(&self) -> i64 {
        self.0.not_before
    }

    /// The last second of validity, counted from 1970 in UTC.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.0.not_after
    }

    /// How many authorities may stand under it; `None` for any number.
    #[must_use]
    pub fn path_length(&self) -> Option<u32> {
        self.0.path_length
    }

    /// Whether it may issue certificates; one that may not is believed for itself only.
    #[must_use]
    pub fn may_issue(&self) -> bool {
        self.0.may_issue
    }

    /// What its certificate demands and nobody here can do; with one it vouches for nobody.
    pub(crate) fn unknown_critical_extension(&self) -> Option<ObjectIdentifier> {
        self.0.unknown_critical_extension
    }

    /// SHA-256 of the authority's certificate (DER).
    #[must_use]
    pub fn fingerprint_sha256(&self) -> &[u8; 32] {
        &self.0.sha256
    }

    /// Who stands behind it.
    #[must_use]
    pub fn kind(&self) -> AnchorKind {
        self.0.kind
    }
}

impl PartialEq for TrustAnchor {
    fn eq(&self, other: &Self) -> bool {
        self.0.sha256 == other.0.sha256
    }
}

impl Eq for TrustAnchor {}

impl fmt::Debug for TrustAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A page may give a person's certificate for an authority's, and a log must not name a person.
        let algorithm = self.public_key().algorithm().java_name();
        write!(f, "TrustAnchor({:?}, {algorithm})", self.kind())
    }
}

impl AnchorKind {
    fn of(sha256: &[u8; 32]) -> Self {
        let holds = |table: &[Figures]| table.iter().any(|figures| figures.sha256 == *sha256);
        if holds(NATIONAL) {
            Self::National
        } else if holds(NATIONAL_TEST) {
            Self::NationalTest
        } else {
            Self::Added
        }
    }
}

/// A set of trust anchors; a clone costs nothing.
#[derive(Clone, Debug)]
pub struct TrustAnchors(Arc<[TrustAnchor]>);

impl TrustAnchors {
    /// The national authority: its roots of 2015, 2020 and 2022 and the intermediates under them that are known.
    ///
    /// Intermediates are anchors themselves, so that a person's certificate needs one signature check and no network.
    #[must_use]
    pub fn national() -> Self {
        static ANCHORS: LazyLock<TrustAnchors> =
            LazyLock::new(|| TrustAnchors::from_table(NATIONAL, AnchorKind::National));
        ANCHORS.clone()
    }

    /// Adds the national authority's test authority, for those who try things out.
    ///
    /// Its intermediates of 2019 are among them although their roots were never published: nobody else can vouch for
    /// the test certificates of 2019 to 2024.
    #[must_use]
    pub fn with_test_ca(self) -> Self {
        static ANCHORS: LazyLock<TrustAnchors> =
            LazyLock::new(|| TrustAnchors::from_table(NATIONAL_TEST, AnchorKind::NationalTest));
        self.with(ANCHORS.iter().cloned())
    }

    /// Adds authorities, as from a folder of the settings. One that is there already is not added again.
    #[must_use]
    pub fn with_added(self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        self.with(
            certificates
                .into_iter()
                .map(|one| TrustAnchor::from_certificate(&one)),
        )
    }

    /// These authorities and nobody else, as a web page may ask; without any, nothing is trusted.
    #[must_use]
    pub fn only(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        Self(Arc::default()).with_added(certificates)
    }

    /// All anchors, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &TrustAnchor> {
        self.0.iter()
    }

    fn from_table(table: &[Figures], kind: AnchorKind) -> Self {
        // No row fails: a test reads the table.
        let anchors = table
            .iter()
            .filter_map(|figures| TrustAnchor::from_figures(figures, kind).ok());
        Self(anchors.collect())
    }

    fn with(self, more: impl Iterator<Item = TrustAnchor>) -> Self {
        let mut seen: HashSet<_> = self.iter().map(|anchor| anchor.0.sha256).collect();
        let more: Vec<_> = more.filter(|anchor| seen.insert(anchor.0.sha256)).collect();
        Self(self.0.iter().cloned().chain(more).collect())
    }
}

/// One row of the tables.
struct Figures {
    /// Name (DER).
    subject: &'static [u8],
    /// SubjectPublicKeyInfo (DER).
    spki: &'static [u8],
    /// subjectKeyIdentifier.
    key_id: &'static [u8],
    /// Seconds since 1970 (UTC).
    not_before: i64,
    /// Seconds since 1970 (UTC).
    not_after: i64,
    /// pathLenConstraint.
    path_length: Option<u32>,
    /// SHA-256 of the certificate.
    sha256: [u8; 32],
}
