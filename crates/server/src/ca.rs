//! The local CA and the certificate that the listener shows to browsers.
//!
//! Every computer makes its own: an ECDSA P-256 CA that may only vouch for `localhost` and `127.0.0.1`, one leaf
//! for the listener, and then the CA's private key is dropped. Whoever reads the disk later can pose as this
//! listener on this computer, and as nothing else anywhere.
//!
//! In the data directory: `tls/identity.pem` (CA, leaf and the leaf's private key in one file of mode 0600, so that
//! they can never disagree) and `tls/ca.pem` (the CA for people and programs to import).

mod issue;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;

use crate::{Error, files};

/// How long before its end a certificate is replaced.
pub const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// More than an identity file ever has.
const MAX_IDENTITY_BYTES: u64 = 64 * 1024;

/// The certificate of the local CA: public, what browsers are told to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaCertificate(CertificateDer<'static>);

impl CaCertificate {
    /// The certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.0
    }

    /// Name of the certificate in NSS databases: `Tanba local CA ` and the first 16 hex digits of its SHA-256.
    pub fn nickname(&self) -> String {
        let fingerprint = digest::digest(&digest::SHA256, self.der());
        let short: String = fingerprint
            .as_ref()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{NICKNAME_PREFIX}{short}")
    }

    /// The CA of a data directory; `None` before the first start.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Tls`] when the file is damaged.
    pub fn of(data_dir: &Path) -> Result<Option<Self>, Error> {
        let Some(pem) = files::read_small(&Self::path(data_dir), MAX_IDENTITY_BYTES)? else {
            return Ok(None);
        };
        let damaged = |_| rustls::Error::General("the file of the local CA is damaged".to_owned());
        Ok(Some(Self(
            CertificateDer::from_pem_slice(&pem).map_err(damaged)?,
        )))
    }

    /// Where the certificate lies in a data directory, PEM.
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("tls").join("ca.pem")
    }
}

/// What every CA of ours is called, whichever computer and year it is from.
pub(crate) const NICKNAME_PREFIX: &str = "Tanba local CA ";

/// What the listener proves itself with: the leaf with its private key, and the CA it hangs from.
#[derive(Debug, Clone)]
pub struct Identity {
    ca: CaCertificate,
    leaf: Arc<CertifiedKey>,
    origin: IdentityOrigin,
}

/// Where an [`Identity`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdentityOrigin {
    /// It was there and stays good for [`RENEW_BEFORE`].
    Found,
    /// There was none: the first start.
    First,
    /// It takes the place of one that ends soon, has ended, begins later, or was damaged.
    Replacement,
}

impl Identity {
    /// Loads the identity of this data directory, making a new one when there is none, when it cannot be used at
    /// `now`, or when it ends within [`RENEW_BEFORE`]. Safe to call from several processes at once.
    ///
    /// # Errors
    /// [`Error::File`] when the data directory cannot be read or written, [`Error::Issue`] when the system gives no
    /// randomness. A damaged file is not an error: it is replaced, with a line in the log.
    pub fn load_or_make(data_dir: &Path, now: SystemTime) -> Result<Self, Error> {
        let folder = data_dir.join("tls");
        files::make_private_folder(&folder)?;
        let _lock = files::lock(&folder)?;
        let path = folder.join("identity.pem");
        let origin = match files::read_small(&path, MAX_IDENTITY_BYTES)? {
            None => IdentityOrigin::First,
            Some(content) => {
                match Self::from_pem(&content).and_then(|found| found.check(now).map(|()| found)) {
                    Ok(found) => {
                        if files::tighten(&path)? {
                            tracing::warn!(file = %path.display(), "others could read the listener's private key; closed");
                        }
                        restore_public_copy(data_dir, &found.ca)?;
                        return Ok(found);
                    }
                    Err(reason) => {
                        tracing::warn!(file = %path.display(), %reason, "the listener gets a new certificate");
                        IdentityOrigin::Replacement
                    }
                }
            }
        };
        let issued = issue::issue(now)?;
        files::write_private(&path, issued.identity_pem.as_bytes())?;
        files::write_private(&CaCertificate::path(data_dir), issued.ca_pem.as_bytes())?;
        Ok(Self {
            origin,
            ..Self::from_pem(issued.identity_pem.as_bytes())?
        })
    }

    /// The CA certificate.
    pub fn ca(&self) -> &CaCertificate {
        &self.ca
    }

    /// The leaf certificate, DER.
    pub fn leaf_der(&self) -> &[u8] {
        self.leaf.cert.first().map_or(&[], |der| der.as_ref())
    }

    /// Where it comes from.
    pub fn origin(&self) -> IdentityOrigin {
        self.origin
    }

    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.leaf)
    }

    /// Parses CA, leaf and private key, in this order.
    fn from_pem(pem: &[u8]) -> Result<Self, rustls::Error> {
        let broken = |_| rustls::Error::General("the file is damaged".to_owned());
        let mut certificates = CertificateDer::pem_slice_iter(pem);
        let mut next = || {
            let missing = || rustls::Error::General("a certificate is missing".to_owned());
            certificates.next().ok_or_else(missing)?.map_err(broken)
        };
        let (ca, leaf) = (next()?, next()?);
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(broken)?;
        let leaf = CertifiedKey::from_der(vec![leaf], key, &provider())?;
        Ok(Self {
            ca: CaCertificate(ca),
            leaf: Arc::new(leaf),
            origin: IdentityOrigin::Found,
        })
    }

    /// Asks what a careful client would: does the CA vouch for both names, now and for long enough?
    fn check(&self, now: SystemTime) -> Result<(), rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.ca.0.clone())?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider()))
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?;
        let leaf = self.leaf.end_entity_cert()?;
        for name in ["localhost", "127.0.0.1"] {
            let name = ServerName::try_from(name)
                .map_err(|error| rustls::Error::General(error.to_string()))?;
            for moment in [now, now + RENEW_BEFORE] {
                let moment = UnixTime::since_unix_epoch(
                    moment.duration_since(UNIX_EPOCH).unwrap_or_default(),
                );
                verifier.verify_server_cert(leaf, &[], &name, &[], moment)?;
            }
        }
        Ok(())
    }
}

/// The one cryptography behind TLS and the local CA.
pub(crate) fn provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

/// Puts `ca.pem` back when it was lost or changed: people are told to import that file.
fn restore_public_copy(data_dir: &Path, ca: &CaCertificate) -> Result<(), Error> {
    let path = CaCertificate::path(data_dir);
    let pem = issue::certificate_pem(ca.der());
    if files::read_small(&path, MAX_IDENTITY_BYTES)?.as_deref() == Some(pem.as_bytes()) {
        return Ok(());
    }
    files::write_private(&path, pem.as_bytes())
}
