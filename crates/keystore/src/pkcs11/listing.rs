//! What a module shows: tokens, certificates, keys. Nothing here asks for a PIN.

use super::{
    PinState,
    raw::{Module, Rv, TokenInfo},
    token::TokenId,
    wire::{ListedCertificate, ListedToken},
};
use cryptoki_sys::*;
use der::{Decode, Reader, SliceReader};
use pki::{Certificate, PublicKey};

/// Public keys of TC26's 512 bits have a type of their own; those of 2001 and of 2012 with 256 bits share the standard's.
pub(super) const CKK_GOSTR3410_512: CK_KEY_TYPE = 0xd432_1003;

/// A private key as a session shows it.
pub(super) struct PrivateKey {
    pub(super) object: CK_OBJECT_HANDLE,
    pub(super) id: Vec<u8>,
    pub(super) label: String,
    kind: Option<CK_ULONG>,
    modulus: Option<Vec<u8>>,
}

impl TokenInfo {
    pub(super) fn id(&self) -> TokenId {
        TokenId {
            manufacturer: self.manufacturer.clone(),
            model: self.model.clone(),
            serial: self.serial.clone(),
            label: self.label.clone(),
        }
    }

    pub(super) fn has(&self, flag: CK_FLAGS) -> bool {
        self.flags & flag != 0
    }

    /// The PIN as the flags have it. Locked stands before everything: tokens set other flags beside it.
    pub(super) fn pin_state(&self, module: &Module, slot: CK_SLOT_ID) -> PinState {
        let locked = self.has(CKF_USER_PIN_LOCKED);
        let last_try = !locked && self.has(CKF_USER_PIN_FINAL_TRY);
        let exact = module.exact_tries(slot);
        let tries_left = match &exact {
            _ if locked => Some(0),
            Some(exact) => Some(exact.left),
            None => last_try.then_some(1),
        };
        PinState {
            tries_left,
            max_tries: exact.as_ref().map(|exact| exact.max),
            low: self.has(CKF_USER_PIN_COUNT_LOW) || last_try || locked,
            last_try: last_try || tries_left == Some(1),
            locked: locked || tries_left == Some(0),
            to_be_changed: self.has(CKF_USER_PIN_TO_BE_CHANGED),
            not_set: self.has(CKF_LOGIN_REQUIRED) && !self.has(CKF_USER_PIN_INITIALIZED),
            pin_pad: self.has(CKF_PROTECTED_AUTHENTICATION_PATH),
            length: self.pin_length(),
            puk_locked: self.has(CKF_SO_PIN_LOCKED),
        }
    }

    /// Tokens without limits say 0 and 0, or «unknown», which is the largest number.
    fn pin_length(&self) -> Option<(u32, u32)> {
        let (min, max) = (
            u32::try_from(self.min_pin).ok()?,
            u32::try_from(self.max_pin).ok()?,
        );
        (max > 0 && max < 1024 && min <= max).then_some((min, max))
    }
}

/// The tokens that are there. A slot that answers with an error is passed over: modules show several for one device.
pub(super) fn tokens(module: &Module) -> Result<Vec<ListedToken>, Rv> {
    let mut tokens = Vec::new();
    for slot in module.slots()? {
        let Ok(info) = module.token_info(slot) else {
            continue;
        };
        if !info.has(CKF_TOKEN_INITIALIZED) {
            continue;
        }
        let Ok(session) = module.open(slot, false) else {
            continue;
        };
        let certificates = certificates(module, session);
        let keys = private_keys(module, session);
        module.close(session);
        let (Ok(mut certificates), Ok(keys)) = (certificates, keys) else {
            continue;
        };
        // Private keys are usually hidden before the log-in; then nothing can be said of them.
        if !keys.is_empty() || !info.has(CKF_LOGIN_REQUIRED) {
            for certificate in &mut certificates {
                certificate.has_key = Some(
                    Certificate::from_der(&certificate.der)
                        .is_ok_and(|parsed| keys.iter().any(|key| key.fits(certificate, &parsed))),
                );
            }
        }
        let bare_keys = keys
            .iter()
            .filter(|key| {
                !certificates.iter().any(|certificate| {
                    Certificate::from_der(&certificate.der)
                        .is_ok_and(|parsed| key.fits(certificate, &parsed))
                })
            })
            .map(|key| key.label.clone())
            .collect();
        // Those of authorities come along with the person's own.
        certificates.retain(|certificate| {
            !Certificate::from_der(&certificate.der).is_ok_and(|parsed| parsed.is_ca())
        });
        tokens.push(ListedToken {
            id: info.id(),
            reader: module.reader(slot).unwrap_or_default(),
            pin: info.pin_state(module, slot),
            certificates,
            bare_keys,
        });
    }
    Ok(tokens)
}

/// The X.509 certificates that a session shows, each once.
pub(super) fn certificates(
    module: &Module,
    session: CK_SESSION_HANDLE,
) -> Result<Vec<ListedCertificate>, Rv> {
    let mut certificates: Vec<ListedCertificate> = Vec::new();
    for object in module.find(session, CKO_CERTIFICATE)? {
        let Some(der) = module
            .attribute(session, object, CKA_VALUE)
            .and_then(|value| outer(&value))
        else {
            continue;
        };
        if certificates.iter().any(|known| known.der == der) {
            continue;
        }
        certificates.push(ListedCertificate {
            label: text(module, session, object),
            id: module
                .attribute(session, object, CKA_ID)
                .unwrap_or_default(),
            der,
            has_key: None,
        });
    }
    Ok(certificates)
}

/// The private keys that a session shows.
pub(super) fn private_keys(
    module: &Module,
    session: CK_SESSION_HANDLE,
) -> Result<Vec<PrivateKey>, Rv> {
    let mut keys = Vec::new();
    for object in module.find(session, CKO_PRIVATE_KEY)? {
        let kind = module.number(session, object, CKA_KEY_TYPE);
        keys.push(PrivateKey {
            object,
            id: module
                .attribute(session, object, CKA_ID)
                .unwrap_or_default(),
            label: text(module, session, object),
            kind,
            modulus: (kind == Some(CKK_RSA))
                .then(|| module.attribute(session, object, CKA_MODULUS))
                .flatten()
                .filter(|modulus| !modulus.is_empty()),
        });
    }
    Ok(keys)
}

impl PrivateKey {
    /// Whether this can be the certificate's key: what cannot lie decides where it shows, the identifier elsewhere.
    pub(super) fn fits(&self, listed: &ListedCertificate, certificate: &Certificate) -> bool {
        if !self.may_be(certificate) {
            return false;
        }
        match &self.modulus {
            Some(_) => true,
            None => !listed.id.is_empty() && listed.id == self.id,
        }
    }

    /// Whether type and, where it shows, modulus speak for this certificate.
    pub(super) fn may_be(&self, certificate: &Certificate) -> bool {
        let public = certificate.public_key();
        let wanted = key_type(public);
        if self.kind.is_some_and(|kind| kind != wanted) {
            return false;
        }
        match (&self.modulus, modulus(public)) {
            (Some(own), Some(theirs)) => strip(own) == strip(&theirs),
            _ => true,
        }
    }
}

/// The type of a certificate's key in PKCS#11's terms.
fn key_type(key: &PublicKey) -> CK_KEY_TYPE {
    match key.as_gost() {
        None => CKK_RSA,
        Some(_) if key.signature_len() > 64 => CKK_GOSTR3410_512,
        Some(_) => CKK_GOSTR3410,
    }
}

/// RSAPublicKey's first number. Source: RFC 8017 appendix A.1.1.
fn modulus(key: &PublicKey) -> Option<Vec<u8>> {
    let der = key.rsa_pkcs1_der()?;
    let any = der::AnyRef::from_der(der).ok()?;
    let mut fields = SliceReader::new(any.value()).ok()?;
    let modulus = der::asn1::UintRef::decode(&mut fields).ok()?;
    Some(modulus.as_bytes().to_vec())
}

fn strip(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// The outermost element: some cards fill the value up behind it.
fn outer(value: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SliceReader::new(value).ok()?;
    reader.tlv_bytes().ok().map(<[u8]>::to_vec)
}

fn text(module: &Module, session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE) -> String {
    let label = module.attribute(session, object, CKA_LABEL);
    let label = label.unwrap_or_default();
    let label = String::from_utf8_lossy(&label);
    label.trim_end_matches(['\0', ' ']).to_owned()
}
