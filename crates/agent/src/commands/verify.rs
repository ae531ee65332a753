mod text;
mod view;
mod words;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use pki::{
    Certificate, Fetch,
    chain::IssuerCache,
    revocation::{CacheLimits, RevocationCache, RevocationContext},
    trust::TrustAnchors,
};
use signing::report::{self, Given, ReportContext};

pub(super) use self::text::plain;
pub use self::view::{Signature, Signer, Verification};
use super::read;
use crate::{error::Error, keys::now};

/// How long one certificate's revocation may be asked about.
const REVOCATION_DEADLINE: Duration = Duration::from_secs(15);

/// How a file is to be verified.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// The document that a detached CMS or a bare signature was made over.
    pub content: Option<PathBuf>,
    /// The digest of that document by the signers' algorithm, when the document itself is elsewhere.
    pub digest: Option<Vec<u8>>,
    /// The signer's certificate, for a bare signature.
    pub certificate: Option<PathBuf>,
    /// Whether the national authority's test authority is believed.
    pub trust_test_ca: bool,
    /// Certificates of authorities to believe besides.
    pub authorities: Vec<PathBuf>,
    /// The way to the network; without it nobody is asked about revocation.
    pub fetch: Option<Arc<dyn Fetch>>,
}

impl VerifyOptions {
    /// Believes the national authority, and asks nobody.
    #[must_use]
    pub fn offline() -> Self {
        Self {
            content: None,
            digest: None,
            certificate: None,
            trust_test_ca: false,
            authorities: Vec::new(),
            fetch: None,
        }
    }

    fn anchors(&self) -> Result<TrustAnchors, Error> {
        let mut added = Vec::new();
        for path in &self.authorities {
            let unreadable = || Error::NotACertificate { path: path.clone() };
            let certificates =
                Certificate::all_from_bytes(&read(path)?).map_err(|_| unreadable())?;
            for certificate in certificates {
                added.push(certificate.map_err(|_| unreadable())?);
            }
        }
        let anchors = TrustAnchors::national().with_added(added);
        Ok(if self.trust_test_ca {
            anchors.with_test_ca()
        } else {
            anchors
        })
    }
}

/// Verifies a signed XML document, a ZIP archive that KalkanCrypt signed, a CMS (DER, base64 or PEM), or with a certificate
/// a bare signature; and judges the signers' certificates. Blocks while servers are asked.
///
/// # Errors
///
/// When a file cannot be read or is nothing that can be verified. A signature that does not hold is not an error: the
/// report says so.
pub fn verify_file(signed: &Path, options: &VerifyOptions) -> Result<Verification, Error> {
    let bytes = read(signed)?;
    let content = options.content.as_deref().map(read).transpose()?;
    let anchors = options.anchors()?;
    let (issuers, cache) = (
        IssuerCache::new(),
        RevocationCache::in_memory(CacheLimits::default()),
    );
    let at = now();
    let fetch = options.fetch.as_deref();
    let revocation = fetch.map(|fetch| RevocationContext {
        fetch,
        at,
        ocsp_url: None,
        crl_url: None,
        cache: &cache,
        deadline: REVOCATION_DEADLINE,
    });
    let context = ReportContext {
        anchors: &anchors,
        at,
        fetch,
        issuers: Some(&issuers),
        revocation: revocation.as_ref(),
    };
    if let Some(path) = &options.certificate {
        let certificate = Certificate::from_bytes(&read(path)?)
            .map_err(|_| Error::NotACertificate { path: path.clone() })?;
        let content = content.unwrap_or_default();
        let report = report::of_raw(&certificate, &content, &bytes, &context);
        return Ok(Verification::of(&report));
    }
    let report = if looks_like_xml(&bytes) {
        report::of_xml(&bytes, &context)?
    } else if bytes.starts_with(b"PK") {
        report::of_archive(&bytes, &context)?
    } else {
        let message = signing::cms::from_text(&bytes)?;
        let given = match (&content, &options.digest) {
            (Some(content), _) => Given::Content(content),
            (None, Some(digest)) => Given::Digest(digest),
            (None, None) => Given::Nothing,
        };
        report::of_cms(&message, given, &context)?
    };
    Ok(Verification::of(&report))
}

fn looks_like_xml(bytes: &[u8]) -> bool {
    const UTF16: [&[u8]; 4] = [b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"];
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().first() == Some(&b'<')
        || UTF16.iter().any(|start| bytes.starts_with(start))
}
