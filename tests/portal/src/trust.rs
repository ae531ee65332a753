//! Whose certificates the portal accepts: a folder with root certificates and their revocation lists.

mod crl;

use std::path::Path;

use anyhow::Context as _;
use pki::Certificate;

use crate::Refusal;
use crl::RevocationList;

/// The roots of a folder (`*.cer`, `*.crt`, `*.pem`) and their revocation lists (`*.crl`).
///
/// A certificate is accepted when a root has signed it, its time is now, and a current revocation list of that root does
/// not name it. A root without a current list vouches for nobody: the portal fails closed.
#[derive(Debug)]
pub struct Trust {
    roots: Vec<Certificate>,
    lists: Vec<RevocationList>,
}

impl Trust {
    /// Reads the folder.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read, a certificate or a list is damaged, a list is signed by no root of the
    /// folder, or there is no root at all.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut roots = Vec::new();
        let mut lists = Vec::new();
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("cannot read the folder {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let about = || format!("cannot read {}", path.display());
            if name.ends_with(".cer")
                || name.ends_with(".crt")
                || (name.ends_with(".pem") && !name.ends_with(".key.pem"))
            {
                let root = Certificate::from_bytes(&std::fs::read(&path).with_context(about)?)
                    .with_context(about)?;
                root.verify_issued_by(&root)
                    .with_context(|| format!("{} is not a root", path.display()))?;
                roots.push(root);
            } else if name.ends_with(".crl") {
                lists.push((path.clone(), std::fs::read(&path).with_context(about)?));
            }
        }
        anyhow::ensure!(
            !roots.is_empty(),
            "there is no certificate in {}",
            folder.display()
        );
        let lists = lists
            .into_iter()
            .map(|(path, bytes)| {
                RevocationList::read(&bytes, &roots)
                    .with_context(|| format!("cannot use {}", path.display()))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { roots, lists })
    }

    /// The roots as PEM, which pages pass to the agent so that it offers only keys that this portal accepts.
    #[must_use]
    pub fn roots_pem(&self) -> Vec<String> {
        self.roots.iter().map(Certificate::to_pem).collect()
    }

    /// Is the certificate from one of the roots, in its time and not revoked, at `now` (seconds UTC)?
    ///
    /// # Errors
    /// [`Refusal::UnknownIssuer`], [`Refusal::CertificateExpired`], [`Refusal::CertificateNotYetValid`],
    /// [`Refusal::CertificateRevoked`], [`Refusal::StatusUnknown`].
    pub fn check(&self, certificate: &Certificate, now: i64) -> Result<(), Refusal> {
        // Several roots may share a name: the signature decides.
        let issuer = self
            .roots
            .iter()
            .find(|root| certificate.verify_issued_by(root).is_ok())
            .ok_or(Refusal::UnknownIssuer)?;
        for link in [certificate, issuer] {
            if now < link.not_before() {
                return Err(Refusal::CertificateNotYetValid);
            }
            if now > link.not_after() {
                return Err(Refusal::CertificateExpired);
            }
        }
        let of_issuer = || self.lists.iter().filter(|list| list.is_from(issuer));
        if of_issuer().any(|list| list.names(certificate)) {
            return Err(Refusal::CertificateRevoked);
        }
        if of_issuer().any(|list| list.is_complete_at(now)) {
            Ok(())
        } else {
            Err(Refusal::StatusUnknown)
        }
    }
}
