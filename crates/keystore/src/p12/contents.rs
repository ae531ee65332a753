//! What lies in a key file: keys and certificates in bags, bags in safes, safes in the open or under the password.

use super::{
    asn1::{
        CertBag, ContentInfo, EncryptedContentInfo, EncryptedData, EncryptedPrivateKeyInfo,
        SafeBag, normalise, octet_string, sequence_of,
    },
    encryption::Encryption,
    kdf::PasswordForms,
    oid::{ID_DATA, ID_ENCRYPTED_DATA},
    rounds::Budget,
};
use crate::{Error, Part, private_key::CertificateEntry};
use der::{AnyRef, Encode};
use zeroize::Zeroizing;

/// SafeContents inside SafeContents, which the standard allows without a limit.
const MAX_NESTED_SAFES: usize = 4;

/// No chain is longer; a hostile file could hold millions.
const MAX_CERTIFICATES: usize = 1000;

/// The bags that matter. CRLs, secrets and kinds that nobody knows are passed over.
#[derive(Default)]
pub(super) struct Contents {
    keys: Vec<KeyEntry>,
    pub(super) certificates: Vec<CertificateEntry>,
}

/// A key bag.
struct KeyEntry {
    key_id: Option<Vec<u8>>,
    friendly_name: Option<String>,
    key: KeyBag,
}

enum KeyBag {
    /// PrivateKeyInfo in the open.
    Plain(Zeroizing<Vec<u8>>),
    /// EncryptedPrivateKeyInfo.
    Shrouded(Vec<u8>),
}

impl Contents {
    /// What shows without a password.
    pub(super) fn visible(auth_safe: &[u8]) -> Result<Self, Error> {
        let mut contents = Self::default();
        for_each_safe(auth_safe, |safe| match safe {
            Safe::Open(ber) => contents.add_safe(ber),
            Safe::Encrypted(_) => Ok(()),
        })?;
        Ok(contents)
    }

    /// Takes out of the budget what decrypting the safes and the keys in the open ones will cost.
    pub(super) fn spend_visible(auth_safe: &[u8], budget: &mut Budget) -> Result<(), Error> {
        for_each_safe(auth_safe, |safe| match safe {
            Safe::Open(_) => Ok(()),
            Safe::Encrypted(info) => {
                budget.spend(Encryption::from_algorithm(&info.algorithm)?.rounds())
            }
        })?;
        Self::visible(auth_safe)?.spend_keys(budget)
    }

    /// Everything, with the password. What [`spend_visible`](Self::spend_visible) took is not taken again.
    pub(super) fn decrypt(
        auth_safe: &[u8],
        password: &PasswordForms<'_>,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        let mut hidden = Self::default();
        for_each_safe(auth_safe, |safe| match safe {
            Safe::Open(_) => Ok(()),
            Safe::Encrypted(info) => {
                let plain = Encryption::from_algorithm(&info.algorithm)?
                    .decrypt(password, &info.ciphertext()?)?;
                hidden.add_safe(&plain)
            }
        })?;
        hidden.spend_keys(budget)?;
        let mut contents = Self::visible(auth_safe)?;
        contents.keys.append(&mut hidden.keys);
        contents.certificates.append(&mut hidden.certificates);
        Ok(contents)
    }

    /// localKeyId and friendlyName of the key, when there is just one.
    pub(super) fn key_names(&self) -> (Option<Vec<u8>>, Option<String>) {
        match self.keys.as_slice() {
            [key] => (key.key_id.clone(), key.friendly_name.clone()),
            _ => (None, None),
        }
    }

    /// PrivateKeyInfo (BER) of the only key.
    pub(super) fn private_key(
        &self,
        password: &PasswordForms<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self.keys.as_slice() {
            [] => Err(Error::NoKey),
            [key] => match &key.key {
                KeyBag::Plain(pkcs8) => Ok(pkcs8.clone()),
                KeyBag::Shrouded(encrypted) => {
                    let info = encrypted_private_key_info(encrypted)?;
                    Encryption::from_algorithm(&info.algorithm)?
                        .decrypt(password, info.encrypted_data.as_bytes())
                }
            },
            _ => Err(Error::SeveralKeys),
        }
    }

    fn spend_keys(&self, budget: &mut Budget) -> Result<(), Error> {
        for key in &self.keys {
            if let KeyBag::Shrouded(encrypted) = &key.key {
                let info = encrypted_private_key_info(encrypted)?;
                budget.spend(Encryption::from_algorithm(&info.algorithm)?.rounds())?;
            }
        }
        Ok(())
    }

    fn add_safe(&mut self, ber: &[u8]) -> Result<(), Error> {
        self.add_safe_contents(&normalise(ber, Part::SafeContents)?, MAX_NESTED_SAFES)
    }

    fn add_safe_contents(&mut self, der: &[u8], depth: usize) -> Result<(), Error> {
        sequence_of(der, Part::SafeContents, |bag: SafeBag<'_>| {
            match bag.bag_id {
                pkcs12::PKCS_12_KEY_BAG_OID => {
                    let key = KeyBag::Plain(Zeroizing::new(to_der(bag.bag_value)?));
                    self.add_key(&bag, key);
                    Ok(())
                }
                pkcs12::PKCS_12_PKCS8_KEY_BAG_OID => {
                    let key = KeyBag::Shrouded(to_der(bag.bag_value)?);
                    self.add_key(&bag, key);
                    Ok(())
                }
                pkcs12::PKCS_12_CERT_BAG_OID => self.add_certificate(&bag),
                pkcs12::PKCS_12_SAFE_CONTENTS_BAG_OID => {
                    let depth = depth
                        .checked_sub(1)
                        .ok_or(Error::Damaged(Part::SafeContents))?;
                    self.add_safe_contents(&Zeroizing::new(to_der(bag.bag_value)?), depth)
                }
                _ => Ok(()),
            }
        })
    }

    fn add_key(&mut self, bag: &SafeBag<'_>, key: KeyBag) {
        // Two are as useless as a million.
        if self.keys.len() < 2 {
            self.keys.push(KeyEntry {
                key_id: bag.local_key_id(),
                friendly_name: bag.friendly_name(),
                key,
            });
        }
    }

    fn add_certificate(&mut self, bag: &SafeBag<'_>) -> Result<(), Error> {
        const DAMAGED: Error = Error::Damaged(Part::Certificate);
        let cert_bag = bag
            .bag_value
            .decode_as::<CertBag<'_>>()
            .map_err(|_| DAMAGED)?;
        if cert_bag.cert_id == pkcs12::PKCS_12_X509_CERT_OID {
            if self.certificates.len() == MAX_CERTIFICATES {
                return Err(Error::Damaged(Part::SafeContents));
            }
            let der = octet_string(cert_bag.cert_value, Part::Certificate)?.to_vec();
            self.certificates.push(CertificateEntry {
                key_id: bag.local_key_id(),
                der,
            });
        }
        Ok(())
    }
}

enum Safe<'a> {
    /// SafeContents (BER).
    Open(&'a [u8]),
    Encrypted(EncryptedContentInfo<'a>),
}

fn for_each_safe(
    auth_safe: &[u8],
    mut each: impl FnMut(Safe<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    sequence_of(
        auth_safe,
        Part::AuthenticatedSafe,
        |info: ContentInfo<'_>| match info.content_type {
            ID_DATA => each(Safe::Open(octet_string(
                info.content,
                Part::AuthenticatedSafe,
            )?)),
            ID_ENCRYPTED_DATA => {
                let data: EncryptedData<'_> = info
                    .content
                    .decode_as()
                    .map_err(|_| Error::Damaged(Part::AuthenticatedSafe))?;
                each(Safe::Encrypted(data.info))
            }
            other => Err(Error::UnsupportedAlgorithm(other)),
        },
    )
}

fn encrypted_private_key_info(der: &[u8]) -> Result<EncryptedPrivateKeyInfo<'_>, Error> {
    der::Decode::from_der(der).map_err(|_| Error::Damaged(Part::PrivateKey))
}

fn to_der(any: AnyRef<'_>) -> Result<Vec<u8>, Error> {
    any.to_der().map_err(|_| Error::Damaged(Part::SafeContents))
}
