//! Password-based encryption: the ciphers of PKCS#12 itself, and PBES2.

use super::{
    asn1::{Pkcs12PbeParams, SchemeParams, parameters},
    kdf::{Hash, PasswordForms, Pbkdf2, Usage, pkcs12},
    oid,
    rounds::Rounds,
};
use crate::{Error, Part};
use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use cbc::cipher::{
    BlockCipherDecrypt, BlockModeDecrypt, InnerIvInit, KeyInit, block_padding::Pkcs7,
};
use der::asn1::{ObjectIdentifier, OctetStringRef};
use des::{TdesEde2, TdesEde3};
use rc2::Rc2;
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

const DAMAGED: Error = Error::Damaged(Part::Encryption);

/// An encryption algorithm with its parameters, understood.
pub(super) struct Encryption<'a> {
    cipher: Cipher,
    derivation: Derivation<'a>,
}

enum Derivation<'a> {
    /// Key and IV from the password. Source: RFC 7292 appendix C.
    Pkcs12 { salt: &'a [u8], rounds: Rounds },
    /// The key from the password, the IV from the file. Source: RFC 8018 section 6.2.
    Pbes2 {
        derivation: Pbkdf2<'a>,
        iv: &'a [u8],
    },
}

impl<'a> Encryption<'a> {
    pub(super) fn from_algorithm(algorithm: &AlgorithmIdentifierRef<'a>) -> Result<Self, Error> {
        if algorithm.oid == oid::PBES2 {
            let params: SchemeParams<'a> = parameters(algorithm, Part::Encryption)?;
            let cipher = Cipher::from_pbes2_oid(params.scheme.oid)?;
            let derivation = Pbkdf2::from_algorithm(&params.key_derivation, Part::Encryption)?;
            let iv: &'a OctetStringRef = parameters(&params.scheme, Part::Encryption)?;
            let key_length = derivation.key_length.unwrap_or(cipher.key_len());
            if key_length != cipher.key_len() || iv.as_bytes().len() != cipher.block_len() {
                return Err(DAMAGED);
            }
            return Ok(Self {
                cipher,
                derivation: Derivation::Pbes2 {
                    derivation,
                    iv: iv.as_bytes(),
                },
            });
        }
        let cipher = Cipher::from_pkcs12_oid(algorithm.oid)?;
        let params: Pkcs12PbeParams<'a> = parameters(algorithm, Part::Encryption)?;
        let rounds = Rounds::from_integer(params.iterations, Part::Encryption)?;
        Ok(Self {
            cipher,
            derivation: Derivation::Pkcs12 {
                salt: params.salt.as_bytes(),
                rounds,
            },
        })
    }

    /// What one decryption costs.
    pub(super) fn rounds(&self) -> Rounds {
        match &self.derivation {
            Derivation::Pkcs12 { rounds, .. } => *rounds,
            Derivation::Pbes2 { derivation, .. } => derivation.cost(self.cipher.key_len()),
        }
    }

    /// Decrypts; a wrong password shows as damage, most often.
    pub(super) fn decrypt(
        &self,
        password: &PasswordForms<'_>,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key_len = self.cipher.key_len();
        match &self.derivation {
            Derivation::Pkcs12 { salt, rounds } => {
                let key = pkcs12(
                    Hash::Sha1,
                    password,
                    salt,
                    Usage::EncryptionKey,
                    *rounds,
                    key_len,
                );
                let iv = pkcs12(
                    Hash::Sha1,
                    password,
                    salt,
                    Usage::Iv,
                    *rounds,
                    self.cipher.block_len(),
                );
                self.cipher.decrypt_cbc(&key, &iv, ciphertext)
            }
            Derivation::Pbes2 { derivation, iv } => {
                self.cipher
                    .decrypt_cbc(&derivation.derive(password, key_len), iv, ciphertext)
            }
        }
    }
}

/// A block cipher, used in CBC mode with the padding of PKCS#7.
#[derive(Clone, Copy)]
enum Cipher {
    TdesEde3,
    TdesEde2,
    Rc2Bits128,
    Rc2Bits40,
    Aes128,
    Aes192,
    Aes256,
}

impl Cipher {
    fn from_pkcs12_oid(oid: ObjectIdentifier) -> Result<Self, Error> {
        match oid {
            ::pkcs12::PKCS_12_PBE_WITH_SHAAND3_KEY_TRIPLE_DES_CBC => Ok(Self::TdesEde3),
            ::pkcs12::PKCS_12_PBE_WITH_SHAAND2_KEY_TRIPLE_DES_CBC => Ok(Self::TdesEde2),
            ::pkcs12::PKCS_12_PBE_WITH_SHAAND128_BIT_RC2_CBC => Ok(Self::Rc2Bits128),
            ::pkcs12::PKCS_12_PBEWITH_SHAAND40_BIT_RC2_CBC => Ok(Self::Rc2Bits40),
            _ => Err(Error::UnsupportedAlgorithm(oid)),
        }
    }

    fn from_pbes2_oid(cipher: ObjectIdentifier) -> Result<Self, Error> {
        match cipher {
            oid::DES_EDE3_CBC => Ok(Self::TdesEde3),
            oid::AES128_CBC => Ok(Self::Aes128),
            oid::AES192_CBC => Ok(Self::Aes192),
            oid::AES256_CBC => Ok(Self::Aes256),
            _ => Err(Error::UnsupportedAlgorithm(cipher)),
        }
    }

    fn key_len(self) -> usize {
        match self {
            Self::Rc2Bits40 => 5,
            Self::TdesEde2 | Self::Rc2Bits128 | Self::Aes128 => 16,
            Self::TdesEde3 | Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    fn block_len(self) -> usize {
        match self {
            Self::TdesEde3 | Self::TdesEde2 | Self::Rc2Bits128 | Self::Rc2Bits40 => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    fn decrypt_cbc(
        self,
        key: &[u8],
        iv: &[u8],
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        match self {
            Self::TdesEde3 => cbc::<TdesEde3>(key, iv, ciphertext),
            Self::TdesEde2 => cbc::<TdesEde2>(key, iv, ciphertext),
            // A key of 5 bytes is a key of 40 effective bits, as PKCS#12 wants it.
            Self::Rc2Bits128 | Self::Rc2Bits40 => cbc::<Rc2>(key, iv, ciphertext),
            Self::Aes128 => cbc::<Aes128>(key, iv, ciphertext),
            Self::Aes192 => cbc::<Aes192>(key, iv, ciphertext),
            Self::Aes256 => cbc::<Aes256>(key, iv, ciphertext),
        }
    }
}

fn cbc<C: BlockCipherDecrypt + KeyInit>(
    key: &[u8],
    iv: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let cipher = C::new_from_slice(key).map_err(|_| DAMAGED)?;
    let cbc = Decryptor::<C>::inner_iv_slice_init(cipher, iv).map_err(|_| DAMAGED)?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let length = cbc
        .decrypt_padded::<Pkcs7>(&mut buffer)
        .map_err(|_| DAMAGED)?
        .len();
    buffer.truncate(length);
    Ok(buffer)
}
