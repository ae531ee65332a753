//! The tokens' objects and what they sign.

use crate::script::{Layout, Object, Token};
use cryptoki_sys::*;
use keystore::{KeyFile, OpenKey, Password};
use pki::{Algorithm, Signer as _};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use zeroize::Zeroizing;

static KEYS: Mutex<Option<HashMap<PathBuf, Arc<OpenKey>>>> = Mutex::new(None);

/// The key file of an object, opened once.
fn key(object: &Object) -> Arc<OpenKey> {
    let mut keys = KEYS.lock().unwrap();
    let key = keys
        .get_or_insert_default()
        .entry(object.file.clone())
        .or_insert_with(|| {
            let password = Password::new(Zeroizing::new(object.password.clone()));
            let file = KeyFile::read(&object.file).expect("a key file");
            Arc::new(file.open(&password).expect("its password"))
        });
    Arc::clone(key)
}

/// What a handle stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Certificate,
    Key,
}

pub(crate) fn handle(index: usize, kind: Kind) -> u64 {
    1 + 2 * index as u64 + u64::from(kind == Kind::Key)
}

pub(crate) fn by_handle(token: &Token, handle: u64) -> Option<(&Object, Kind)> {
    let number = handle.checked_sub(1)?;
    let kind = if number % 2 == 1 {
        Kind::Key
    } else {
        Kind::Certificate
    };
    Some((token.objects.get(number as usize / 2)?, kind))
}

/// What a session sees.
pub(crate) fn visible(token: &Token, class: Option<CK_OBJECT_CLASS>, logged_in: bool) -> Vec<u64> {
    let mut handles = Vec::new();
    for (index, object) in token.objects.iter().enumerate() {
        let wanted = |of: CK_OBJECT_CLASS| class.is_none_or(|class| class == of);
        if object.certificate
            && wanted(CKO_CERTIFICATE)
            && (logged_in || !object.private_certificate)
        {
            handles.push(handle(index, Kind::Certificate));
        }
        if object.key && wanted(CKO_PRIVATE_KEY) && (logged_in || object.public_key) {
            handles.push(handle(index, Kind::Key));
        }
    }
    handles
}

/// An attribute's value.
pub(crate) fn attribute(
    object: &Object,
    kind: Kind,
    attribute: CK_ATTRIBUTE_TYPE,
) -> Result<Vec<u8>, CK_RV> {
    let ulong = |value: CK_ULONG| value.to_ne_bytes().to_vec();
    let certificate = || key(object).certificate().clone();
    match (attribute, kind) {
        (CKA_CLASS, Kind::Certificate) => Ok(ulong(CKO_CERTIFICATE)),
        (CKA_CLASS, Kind::Key) => Ok(ulong(CKO_PRIVATE_KEY)),
        (CKA_LABEL, _) => Ok(object.label.clone().into_bytes()),
        (CKA_ID, _) if object.no_id => Err(CKR_ATTRIBUTE_TYPE_INVALID),
        (CKA_ID, Kind::Key) => Ok(object.key_id.clone().unwrap_or_else(|| object.id.clone())),
        (CKA_ID, Kind::Certificate) => Ok(object.id.clone()),
        (CKA_CERTIFICATE_TYPE, Kind::Certificate) => Ok(ulong(CKC_X_509)),
        (CKA_VALUE, Kind::Certificate) => {
            let mut der = certificate().der().to_vec();
            der.resize(der.len() + object.padding, 0);
            Ok(der)
        }
        (CKA_VALUE, Kind::Key) => Err(CKR_ATTRIBUTE_SENSITIVE),
        (CKA_KEY_TYPE, Kind::Key) => Ok(ulong(match certificate().algorithm() {
            Algorithm::Rsa => CKK_RSA,
            Algorithm::Gost2015_512 => 0xd432_1003,
            _ => CKK_GOSTR3410,
        })),
        (CKA_MODULUS, Kind::Key) if certificate().algorithm() == Algorithm::Rsa => {
            Ok(modulus(&certificate()))
        }
        (CKA_ALWAYS_AUTHENTICATE, Kind::Key) => Ok(vec![u8::from(object.always_authenticate)]),
        _ => Err(CKR_ATTRIBUTE_TYPE_INVALID),
    }
}

/// The modulus of a certificate's RSA key of 2048 bits: RSAPublicKey is SEQUENCE, INTEGER with a leading zero.
fn modulus(certificate: &pki::Certificate) -> Vec<u8> {
    let der = certificate.public_key().rsa_pkcs1_der().unwrap();
    assert_eq!(der[4..9], [0x02, 0x82, 0x01, 0x01, 0x00], "2048 bits");
    der[9..9 + 256].to_vec()
}

/// A signature as this token writes it.
pub(crate) fn sign(
    object: &Object,
    mechanism: CK_MECHANISM_TYPE,
    data: &[u8],
) -> Result<Vec<u8>, CK_RV> {
    const SHA256: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let key = key(object);
    let algorithm = key.certificate().algorithm();
    let mut digest = match (mechanism, algorithm) {
        (CKM_RSA_PKCS, Algorithm::Rsa) => {
            data.strip_prefix(&SHA256).ok_or(CKR_DATA_INVALID)?.to_vec()
        }
        (CKM_RSA_X_509, Algorithm::Rsa) => {
            let at = data.windows(SHA256.len()).position(|part| part == SHA256);
            data[at.ok_or(CKR_DATA_INVALID)? + SHA256.len()..].to_vec()
        }
        (CKM_SHA256_RSA_PKCS, Algorithm::Rsa) => algorithm.digest().digest(data),
        (0xd432_1006, Algorithm::Gost2015_512) => data.to_vec(),
        (CKM_GOSTR3410, Algorithm::Gost2015_256 | Algorithm::Gost2004) => data.to_vec(),
        _ => return Err(CKR_KEY_TYPE_INCONSISTENT),
    };
    if object.digest_reversed {
        digest.reverse();
    }
    let national = key.sign_digest(&digest).map_err(|_| CKR_DATA_LEN_RANGE)?;
    let mut signature = if algorithm == Algorithm::Rsa {
        national
    } else {
        let (r, s) = national.split_at(national.len() / 2);
        let reversed = |half: &[u8]| half.iter().rev().copied().collect::<Vec<_>>();
        match object.layout {
            Layout::Standard => [reversed(s), reversed(r)].concat(),
            Layout::National => national,
            Layout::HalvesSwapped => [s, r].concat(),
            Layout::HalvesReversed => [reversed(r), reversed(s)].concat(),
            Layout::Short => national[1..].to_vec(),
        }
    };
    if object.corrupt {
        signature[7] ^= 1;
    }
    Ok(signature)
}
