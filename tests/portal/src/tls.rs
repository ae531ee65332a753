//! The portal's own certificate: a CA that may vouch for `localhost` only, and one leaf; the CA's key is dropped.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use der::Decode as _;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};

/// Days that a leaf lives, and days before its end when a new one is made.
const LIFETIME: i64 = 397;
const RENEW_BEFORE: i64 = 30;

/// Where the files of a folder lie.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The CA that browsers must trust, PEM.
    pub ca: PathBuf,
    /// The portal's certificate, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM, readable by this user only.
    pub key: PathBuf,
}

impl TlsFiles {
    /// The files of `folder`; makes them when they are missing or end within a month.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn find_or_make(folder: &Path, now: OffsetDateTime) -> anyhow::Result<Self> {
        let files = Self {
            ca: folder.join("portal-ca.pem"),
            certificate: folder.join("portal.pem"),
            key: folder.join("portal-key.pem"),
        };
        if !files.are_good(now) {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
            files.make(now)?;
        }
        Ok(files)
    }

    /// What rustls needs.
    ///
    /// # Errors
    /// A file cannot be read or is no PEM, or key and certificate do not belong together.
    pub fn server_config(&self) -> anyhow::Result<Arc<ServerConfig>> {
        let chain =
            CertificateDer::pem_file_iter(&self.certificate)?.collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_file(&self.key)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn are_good(&self, now: OffsetDateTime) -> bool {
        let present = [&self.ca, &self.certificate, &self.key]
            .iter()
            .all(|file| file.is_file());
        let leaf = CertificateDer::from_pem_file(&self.certificate).ok();
        let leaf = leaf.and_then(|leaf| x509_cert::Certificate::from_der(&leaf).ok());
        let until = leaf.map_or(0, |leaf| {
            leaf.tbs_certificate()
                .validity()
                .not_after
                .to_unix_duration()
                .as_secs()
        });
        let renewal =
            i64::try_from(until).unwrap_or(0) - Duration::days(RENEW_BEFORE).whole_seconds();
        present && now.unix_timestamp() < renewal
    }

    fn make(&self, now: OffsetDateTime) -> anyhow::Result<()> {
        let (from, until) = (
            now - Duration::hours(1),
            now + Duration::days(LIFETIME) - Duration::hours(2),
        );
        let mut ca = CertificateParams::new(Vec::new())?;
        ca.not_before = from;
        ca.not_after = until;
        ca.distinguished_name
            .push(DnType::CommonName, "Tanba demo portal CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        ca.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![
                GeneralSubtree::DnsName("localhost".to_owned()),
                GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 1], [255, 255, 255, 255])),
            ],
            excluded_subtrees: Vec::new(),
        });
        let ca_key = KeyPair::generate()?;
        let ca_certificate = ca.self_signed(&ca_key)?;

        let mut leaf =
            CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        leaf.not_before = from;
        leaf.not_after = until;
        leaf.distinguished_name
            .push(DnType::CommonName, "localhost");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let leaf_key = KeyPair::generate()?;
        let leaf_certificate = leaf.signed_by(&leaf_key, &Issuer::new(ca, ca_key))?;

        write(&self.key, leaf_key.serialize_pem().as_bytes())?;
        write(&self.certificate, leaf_certificate.pem().as_bytes())?;
        write(&self.ca, ca_certificate.pem().as_bytes())
    }
}

/// Writes a file that only this user may read.
fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let about = || format!("cannot write {}", path.display());
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(content))
        .with_context(about)
}
