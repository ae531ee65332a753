mod bundle;
mod extensions;
mod owner;
mod purpose;
mod read;
mod role;

use std::{fmt, ops::Range, sync::Arc};

use const_oid::ObjectIdentifier;

use self::extensions::Extensions;
pub(crate) use self::extensions::{distribution_points, extension_list};
pub use self::{
    extensions::{Extension, KeyUsage},
    owner::Owner,
    purpose::Purpose,
    role::Role,
};
use crate::{Algorithm, Error, Name, PublicKey, SignatureAlgorithm, asn1, pem};

/// An X.509 certificate, read once; a clone costs nothing.
///
/// Certificates are equal when their DER is.
#[derive(Clone)]
pub struct Certificate(Arc<Fields>);

struct Fields {
    der: Box<[u8]>,
    tbs: Range<usize>,
    serial_number: Box<[u8]>,
    signature_oid: ObjectIdentifier,
    signature: Box<[u8]>,
    issuer: Name,
    subject: Name,
    not_before: i64,
    not_after: i64,
    public_key: PublicKey,
    extensions: Extensions,
}

/// Reading and writing.
impl Certificate {
    /// Reads a certificate (DER, nothing after it, at most 64 KiB).
    ///
    /// # Errors
    /// [`Error::Damaged`] and [`Error::Invalid`] when it is not one, and the errors of
    /// [`PublicKey::from_spki_der`] for its key.
    ///
    /// Source: RFC 5280 §4.1.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        read::certificate(der).map(|fields| Self(Arc::new(fields)))
    }

    /// Reads the first certificate in a PEM text, or a certificate in bare base64, as web pages and files have it.
    ///
    /// # Errors
    /// [`Error::NotPem`], and those of [`Certificate::from_der`].
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        Self::from_der(&pem::decode(text).ok_or(Error::NotPem)?)
    }

    /// Reads a certificate file, whether it holds DER, PEM or bare base64.
    ///
    /// # Errors
    /// Those of [`Certificate::from_der`] and [`Certificate::from_pem`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        const SEQUENCE: u8 = 0x30;
        match std::str::from_utf8(bytes) {
            Ok(text) if bytes.first() != Some(&SEQUENCE) => Self::from_pem(text),
            _ => Self::from_der(bytes),
        }
    }

    /// Reads every certificate in a file: DER, PEM with any number of them, bare base64, or PKCS #7 that holds nothing
    /// else (`.p7b`, `.p7c`; DER or PEM).
    ///
    /// Each is read for itself: one of an unknown algorithm says nothing about the others.
    ///
    /// # Errors
    /// When the file is none of these: [`Error::NotPem`], [`Error::Damaged`], [`Error::Invalid`]; a file in DER with one
    /// certificate has also the errors of [`Certificate::from_der`].
    pub fn all_from_bytes(bytes: &[u8]) -> Result<Vec<Result<Self, Error>>, Error> {
        bundle::read(bytes)
    }

    /// The DER as it was read.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// PEM with 64 columns and a line feed after every line.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode(self.der())
    }

    /// SHA-256 of the DER.
    #[must_use]
    pub fn fingerprint_sha256(&self) -> [u8; 32] {
        use digest::Digest;
        sha2::Sha256::digest(self.der()).into()
    }
}

/// What the issuer wrote into it.
impl Certificate {
    /// Whom the certificate was issued to.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// The serial number: content bytes of the INTEGER, big-endian, with a leading zero byte where DER needs one.
    #[must_use]
    pub fn serial_number(&self) -> &[u8] {
        &self.0.serial_number
    }

    /// The serial number as people and web pages see it: lower-case hexadecimal without leading zeros.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        let hex = asn1::hex(self.serial_number());
        match hex.trim_start_matches('0') {
            "" => "0".to_owned(),
            digits => digits.to_owned(),
        }
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

    /// The key that the certificate is about.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// The family of that key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.public_key().algorithm()
    }

    /// The identifier of the algorithm that the issuer signed with.
    #[must_use]
    pub fn signature_oid(&self) -> ObjectIdentifier {
        self.0.signature_oid
    }

    /// What the key may do; `None` when the issuer does not say.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.0.extensions.key_usage
    }

    /// The identifiers in extendedKeyUsage, in the order in which they are encoded; empty without the extension.
    ///
    /// Kazakhstan's issuers put the owner's roles here too, see [`Certificate::roles`].
    #[must_use]
    pub fn extended_key_usage(&self) -> &[ObjectIdentifier] {
        &self.0.extensions.extended_key_usage
    }

    /// The identifiers of certificatePolicies.
    #[must_use]
    pub fn policies(&self) -> &[ObjectIdentifier] {
        &self.0.extensions.policies
    }

    /// The identifier by which people find the key: the one that the issuer wrote, or the computed one without it.
    ///
    /// In lower-case hexadecimal it is the alias in a key file of the national authority and ends the file's name.
    #[must_use]
    pub fn key_id(&self) -> Vec<u8> {
        match self.subject_key_id() {
            Some(id) => id.to_vec(),
            None => self.public_key().key_identifier().to_vec(),
        }
    }

    /// The subject key identifier, if the issuer wrote one.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.0.extensions.subject_key_id.as_deref()
    }

    /// The identifier of the issuer's key, if the issuer wrote it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_id.as_deref()
    }

    /// Whether the subject is a certification authority.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.0.extensions.is_ca
    }

    /// How many authorities may stand between this one and a certificate of somebody else; `None` for any number.
    #[must_use]
    pub fn path_length(&self) -> Option<u32> {
        self.0.extensions.path_length
    }

    /// Whether it may issue certificates: an authority whose key usage, if there is one, has keyCertSign.
    ///
    /// Source: RFC 5280 §6.1.4 (k) and (n).
    #[must_use]
    pub fn may_issue(&self) -> bool {
        self.is_ca() && self.key_usage().is_none_or(KeyUsage::key_cert_sign)
    }

    /// Addresses of OCSP responders as the issuer wrote them: duplicates and text that is no address are there too.
    #[must_use]
    pub fn ocsp_urls(&self) -> &[String] {
        &self.0.extensions.ocsp_urls
    }

    /// Addresses of revocation lists as the issuer wrote them.
    #[must_use]
    pub fn crl_urls(&self) -> &[String] {
        &self.0.extensions.crl_urls
    }

    /// Addresses of delta lists (freshestCRL) as the issuer wrote them.
    #[must_use]
    pub fn delta_crl_urls(&self) -> &[String] {
        &self.0.extensions.delta_crl_urls
    }

    /// Addresses of the issuer's certificate as the issuer wrote them.
    #[must_use]
    pub fn ca_issuers_urls(&self) -> &[String] {
        &self.0.extensions.ca_issuers_urls
    }

    /// The e-mail addresses of subjectAltName.
    #[must_use]
    pub fn alternative_emails(&self) -> &[String] {
        &self.0.extensions.emails
    }

    /// All extensions as they are encoded.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.0.extensions.all
    }

    /// The extension with this identifier.
    #[must_use]
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<&Extension> {
        self.extensions()
            .iter()
            .find(|extension| extension.oid == oid)
    }

    /// The first critical extension that is not known here, such as nameConstraints: who cannot do what it demands must
    /// refuse the certificate.
    #[must_use]
    pub fn unknown_critical_extension(&self) -> Option<ObjectIdentifier> {
        self.extensions()
            .iter()
            .find(|extension| extension.critical && !extensions::KNOWN.contains(&extension.oid))
            .map(|extension| extension.oid)
    }
}

/// What it means.
impl Certificate {
    /// Whose certificate it is: name, IIN, BIN, organisation, e-mail.
    #[must_use]
    pub fn owner(&self) -> Owner {
        owner::read(self)
    }

    /// The owner's roles, in the order in which the issuer wrote them; identifiers that are no role are left out.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        self.extended_key_usage()
            .iter()
            .filter_map(Role::from_oid)
            .collect()
    }

    /// What a person may do with the key: log in, sign, both or neither.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        purpose::of(self)
    }

    /// Whether the subject and the issuer have the same name, as roots have.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject() == self.issuer()
    }

    /// Checks that `issuer` issued this certificate: its name is the one named here, and its key made the signature.
    ///
    /// Neither dates nor the issuer's right to issue are looked at.
    ///
    /// # Errors
    /// [`Error::OtherIssuer`] when the names or the families of the keys differ, [`Error::UnsupportedAlgorithm`],
    /// [`Error::BadSignature`].
    ///
    /// Source: RFC 5280 §6.1.3 (a)(1) and (4); names are compared by their DER.
    pub fn verify_issued_by(&self, issuer: &Self) -> Result<(), Error> {
        self.verify_issued_by_key(issuer.subject(), issuer.public_key())
    }

    /// Checks the same of an issuer of whom only the name and the key are known, as of a trust anchor.
    ///
    /// # Errors
    /// As [`Certificate::verify_issued_by`].
    pub fn verify_issued_by_key(&self, name: &Name, key: &PublicKey) -> Result<(), Error> {
        if self.issuer() != name {
            return Err(Error::OtherIssuer);
        }
        let algorithm = SignatureAlgorithm::from_oid(&self.0.signature_oid)?;
        if algorithm.key != key.algorithm() {
            return Err(Error::OtherIssuer);
        }
        let digest = algorithm.digest.digest(self.tbs_der());
        key.verify_digest_with(algorithm.digest, &digest, &self.0.signature)
    }

    /// The part that the issuer signed.
    fn tbs_der(&self) -> &[u8] {
        self.0.der.get(self.0.tbs.clone()).unwrap_or_default()
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der() == other.der()
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A log must not name a person.
        write!(
            f,
            "Certificate({}, serial {})",
            self.algorithm().java_name(),
            self.serial_hex()
        )
    }
}
