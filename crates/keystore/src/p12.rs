//! PKCS#12 key files: as the national CA makes them, and modern ones.

mod asn1;
mod contents;
mod encryption;
mod kdf;
mod mac;
mod oid;
mod rounds;
mod shape;

use self::{
    asn1::{Pfx, normalise},
    contents::Contents,
    kdf::PasswordForms,
    mac::FileMac,
    rounds::Budget,
};
use crate::{
    Error, OpenKey, Part, Password,
    ber::ber2der_prefix,
    hex::hex,
    private_key::{PrivateKey, certificate_for},
};
use der::Decode;
use sha2::{Digest, Sha256};
use std::{fs::File, io, io::Read as _, path::Path};
use zeroize::Zeroizing;

pub use self::shape::begins_like_key_file;

/// The largest key file that is read: 64 MiB.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// The most key derivation rounds that opening one file may take, all its parts together.
pub const MAX_ROUNDS: u32 = 10_000_000;

/// A PKCS#12 key file that was read but not opened. The certificate lies under the password.
pub struct KeyFile {
    /// PFX in DER; its content octets are as they stood in the file.
    pfx: Zeroizing<Vec<u8>>,
    sha256: [u8; 32],
    key_id: Option<Vec<u8>>,
    friendly_name: Option<String>,
}

impl KeyFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read or is not a regular file; otherwise as [`KeyFile::from_bytes`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        // A pipe would make us wait for its other end.
        if !path.metadata()?.is_file() {
            return Err(Error::Io(io::ErrorKind::InvalidInput));
        }
        let mut bytes = Zeroizing::new(Vec::new());
        File::open(path)?
            .take(MAX_FILE_BYTES as u64 + 1)
            .read_to_end(&mut bytes)?;
        Self::from_bytes(&bytes)
    }

    /// Takes the bytes of a file (BER). Bytes after the end of the structure are ignored.
    ///
    /// # Errors
    /// What shows without a password: [`Error::TooLarge`], [`Error::NotPkcs12`], [`Error::Truncated`],
    /// [`Error::TooManyRounds`], [`Error::UnsupportedAlgorithm`], [`Error::Damaged`].
    ///
    /// Source: RFC 7292.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(Error::TooLarge);
        }
        shape::check(bytes)?;
        let (pfx, _padding) = ber2der_prefix(bytes)?;
        let safe = AuthSafe::from_pfx(&pfx)?;
        let visible = Contents::visible(&safe.der)?;
        // A promise of too many rounds is refused now, before anybody types a password.
        safe.budget()?;
        let (key_id, friendly_name) = visible.key_names();
        let sha256 = Sha256::digest(bytes).into();
        Ok(Self {
            sha256,
            key_id,
            friendly_name,
            pfx,
        })
    }

    /// The name of the key: its friendlyName, else its key identifier in hexadecimal (lower case).
    ///
    /// Files of the national CA show it without the password, and it is the same 40 digits as in the file's name.
    /// `None` when the file hides it.
    ///
    /// Source: the order in which Bouncy Castle's key store, on which NCALayer stands, makes aliases.
    #[must_use]
    pub fn alias(&self) -> Option<String> {
        self.friendly_name
            .clone()
            .or_else(|| self.key_id.as_deref().map(hex))
    }

    /// The key's localKeyId (bytes); in files of the national CA the subject key identifier of its certificate.
    #[must_use]
    pub fn key_id(&self) -> Option<&[u8]> {
        self.key_id.as_deref()
    }

    /// SHA-256 of the file as it was read.
    #[must_use]
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// Opens the file: checks the password, takes the key out and finds its certificate.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::NoKey`], [`Error::SeveralKeys`], [`Error::NoCertificate`],
    /// [`Error::KeyMismatch`]; [`Error::UnsupportedAlgorithm`], [`Error::RsaKeySize`], [`Error::TooManyRounds`] and
    /// [`Error::Damaged`] for what the password hid.
    pub fn open(&self, password: &Password) -> Result<OpenKey, Error> {
        let safe = AuthSafe::from_pfx(&self.pfx)?;
        let mut result = Err(Error::WrongPassword);
        for bmp in password.bmp_forms() {
            result = safe.open(&PasswordForms {
                utf8: password.utf8(),
                bmp: &bmp,
            });
            if !matches!(result, Err(Error::WrongPassword)) {
                break;
            }
        }
        result
    }
}

/// The AuthenticatedSafe and what guards it.
struct AuthSafe<'a> {
    mac: Option<FileMac<'a>>,
    /// As it stands in the file: what the MAC covers.
    content: &'a [u8],
    der: Zeroizing<Vec<u8>>,
}

impl<'a> AuthSafe<'a> {
    fn from_pfx(pfx: &'a [u8]) -> Result<Self, Error> {
        let pfx = Pfx::from_der(pfx).map_err(|_| Error::Damaged(Part::Pfx))?;
        if pfx.version != 3 {
            return Err(Error::NotPkcs12);
        }
        if pfx.auth_safe.content_type == oid::ID_SIGNED_DATA {
            // Integrity by a signature instead of a password: nobody makes such files.
            return Err(Error::UnsupportedAlgorithm(oid::ID_SIGNED_DATA));
        }
        let content = asn1::octet_string(pfx.auth_safe.content, Part::Pfx)?;
        let mac = pfx
            .mac_data
            .as_ref()
            .map(FileMac::from_mac_data)
            .transpose()?;
        Ok(Self {
            mac,
            content,
            der: normalise(content, Part::AuthenticatedSafe)?,
        })
    }

    /// What is left after all rounds that show without a password.
    fn budget(&self) -> Result<Budget, Error> {
        let mut budget = Budget::new();
        if let Some(mac) = &self.mac {
            budget.spend(mac.rounds())?;
        }
        Contents::spend_visible(&self.der, &mut budget)?;
        Ok(budget)
    }

    fn open(&self, password: &PasswordForms<'_>) -> Result<OpenKey, Error> {
        let mut budget = self.budget()?;
        if let Some(mac) = &self.mac
            && !mac.matches(password, self.content)
        {
            return Err(Error::WrongPassword);
        }
        let mut unlock = || {
            let contents = Contents::decrypt(&self.der, password, &mut budget)?;
            let pkcs8 = contents.private_key(password)?;
            Ok((contents, PrivateKey::from_pkcs8(&pkcs8)?))
        };
        let (contents, key) = unlock().map_err(|error| match error {
            // Without a MAC, what a wrong password decrypts to looks like damage.
            Error::Damaged(_) if self.mac.is_none() => Error::WrongPassword,
            error => error,
        })?;
        let (key_id, friendly_name) = contents.key_names();
        let certificate = certificate_for(&key, key_id.as_deref(), &contents.certificates)?;
        let alias = friendly_name
            .or_else(|| key_id.as_deref().map(hex))
            .unwrap_or_else(|| hex(&certificate.public_key().key_identifier()));
        Ok(OpenKey::new(alias, certificate, Box::new(key)))
    }
}
