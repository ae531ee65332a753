//! One open key and its signatures.

use super::{
    choice,
    gost::Way,
    listing,
    raw::{Module, Rv},
    token::TokenId,
    wire::ListedCertificate,
};
use crate::TokenError;
use cryptoki_sys::*;
use pki::{Algorithm, Certificate};
use zeroize::Zeroizing;

/// GOST 34.10 with 512 bits, over a bare digest. Source: TC26; the same value stands in Aktiv's and Aladdin's headers.
const CKM_GOSTR3410_512: CK_MECHANISM_TYPE = 0xd432_1006;

/// DigestInfo of SHA-256 up to the digest. Source: RFC 8017 section 9.2 note 1.
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// A private key of a token that somebody has logged in to.
pub(super) struct OpenKey {
    pub(super) slot: CK_SLOT_ID,
    pub(super) session: CK_SESSION_HANDLE,
    pub(super) token: TokenId,
    /// The private keys that can be meant, the likeliest first: identifiers may stand twice on a token.
    pub(super) objects: Vec<CK_OBJECT_HANDLE>,
    pub(super) log_in: u64,
    pub(super) listed: ListedCertificate,
    pub(super) certificate: Certificate,
    pub(super) mechanism: CK_MECHANISM_TYPE,
    pub(super) pin_pad: bool,
    pub(super) renewal: Renewal,
    /// For the next signature only.
    pub(super) pin: Option<Zeroizing<Vec<u8>>>,
}

/// What is signed.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    pub(super) digest: &'a [u8],
    /// Given only for tokens that make the digest by themselves.
    pub(super) message: Option<&'a [u8]>,
}

/// What another signature needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Renewal {
    /// Nothing: the log-in holds.
    Nothing,
    /// The PIN within the signature (CKA_ALWAYS_AUTHENTICATE).
    Context,
    /// Another log-in: the token forgot the last one, without having said that it would.
    LogIn,
}

impl OpenKey {
    /// A signature in Kazakhstan's form that verifies with the certificate, and how the token writes it.
    pub(super) fn sign(
        &mut self,
        module: &Module,
        log_ins: &mut u64,
        signed: Signed<'_>,
        way: Option<Way>,
    ) -> Result<(Vec<u8>, Option<Way>), TokenError> {
        loop {
            let outcome = self.sign_once(module, log_ins, signed, way);
            let others = self.renewal == Renewal::Nothing && self.objects.len() > 1;
            if outcome != Err(TokenError::WrongSignature) || !others {
                return outcome;
            }
            // It was another key of the same name.
            self.objects.remove(0);
        }
    }

    fn sign_once(
        &mut self,
        module: &Module,
        log_ins: &mut u64,
        signed: Signed<'_>,
        way: Option<Way>,
    ) -> Result<(Vec<u8>, Option<Way>), TokenError> {
        let digest = signed.digest;
        let verified = |certificate: &Certificate, signature: Vec<u8>| {
            certificate
                .public_key()
                .verify_digest(digest, &signature)
                .map(|()| signature)
                .map_err(|_| TokenError::WrongSignature)
        };
        if self.certificate.algorithm() == Algorithm::Rsa {
            let data = rsa_input(self.mechanism, &self.certificate, signed)?;
            let signature = self.token_sign(module, log_ins, &data)?;
            return verified(&self.certificate, signature).map(|signature| (signature, None));
        }
        let width = self.certificate.public_key().signature_len();
        if let Some(way) = way {
            let data = Way::digest(digest, way.digest_reversed);
            let signature = self.token_sign(module, log_ins, &data)?;
            return verified(&self.certificate, way.national(&signature))
                .map(|signature| (signature, Some(way)));
        }
        // Where the PIN is good for one signature, there is one attempt.
        let orders: &[bool] = if self.renewal == Renewal::Nothing {
            &[false, true]
        } else {
            &[false]
        };
        for &reversed in orders {
            let data = Way::digest(digest, reversed);
            let signature = self.token_sign(module, log_ins, &data)?;
            if signature.len() != width {
                return Err(TokenError::WrongSignature);
            }
            if let Some(way) = Way::find(&self.certificate, digest, reversed, &signature) {
                return Ok((way.national(&signature), Some(way)));
            }
        }
        Err(TokenError::WrongSignature)
    }

    /// What the token makes of the data.
    fn token_sign(
        &mut self,
        module: &Module,
        log_ins: &mut u64,
        data: &[u8],
    ) -> Result<Vec<u8>, TokenError> {
        let pin = self.pin.take();
        if self.renewal != Renewal::Nothing && pin.is_none() && !self.pin_pad {
            return Err(TokenError::PinAgain);
        }
        if self.renewal == Renewal::LogIn {
            module.logout(self.session);
            *log_ins += 1;
            module.login(self.session, CKU_USER, pin.as_deref().map(Vec::as_slice))?;
            self.renewal = Renewal::Nothing;
        }
        if self.log_in != *log_ins {
            self.find_again(module, *log_ins)?;
        }
        let (session, renewal, mechanism) = (self.session, self.renewal, self.mechanism);
        let attempt = |object| {
            module.sign(session, mechanism, object, data, || {
                if renewal == Renewal::Context {
                    let pin = pin.as_deref().map(Vec::as_slice);
                    module.login(session, CKU_CONTEXT_SPECIFIC, pin)
                } else {
                    Ok(())
                }
            })
        };
        let object = self.object()?;
        let outcome = match attempt(object) {
            Err(Rv(CKR_KEY_HANDLE_INVALID | CKR_OBJECT_HANDLE_INVALID))
                if renewal == Renewal::Nothing =>
            {
                self.find_again(module, *log_ins)?;
                attempt(self.object()?)
            }
            // A card may stumble once; without a PIN in between nothing is spent.
            Err(Rv(CKR_DEVICE_ERROR | CKR_FUNCTION_FAILED)) if renewal == Renewal::Nothing => {
                attempt(object)
            }
            other => other,
        };
        if outcome == Err(Rv(CKR_USER_NOT_LOGGED_IN)) {
            self.renewal = Renewal::LogIn;
        }
        outcome.map_err(TokenError::from)
    }

    /// Finds the private key again after another log-in.
    fn find_again(&mut self, module: &Module, log_in: u64) -> Result<(), TokenError> {
        let keys = listing::private_keys(module, self.session)?;
        let keys = choice::candidates(keys, &self.listed, &self.certificate);
        if keys.is_empty() {
            return Err(TokenError::PinAgain);
        }
        self.objects = keys.iter().map(|key| key.object).collect();
        self.log_in = log_in;
        Ok(())
    }

    fn object(&self) -> Result<CK_OBJECT_HANDLE, TokenError> {
        self.objects.first().copied().ok_or(TokenError::NoKey)
    }
}

/// How a token signs with this kind of key. What takes a digest comes first: a digest is all that there is of some documents.
pub(super) fn mechanism(
    module: &Module,
    slot: CK_SLOT_ID,
    algorithm: Algorithm,
) -> Result<CK_MECHANISM_TYPE, TokenError> {
    let wanted: &[CK_MECHANISM_TYPE] = match algorithm {
        Algorithm::Rsa => &[CKM_RSA_PKCS, CKM_RSA_X_509, CKM_SHA256_RSA_PKCS],
        Algorithm::Gost2015_512 => &[CKM_GOSTR3410_512],
        _ => &[CKM_GOSTR3410],
    };
    let offered = module.mechanisms(slot)?;
    wanted
        .iter()
        .copied()
        .find(|mechanism| offered.contains(mechanism))
        .ok_or(TokenError::NoMechanism)
}

/// DigestInfo, and with CKM_RSA_X_509 the padding before it; the message for a token that does all of that by itself.
/// Source: RFC 8017 section 9.2.
fn rsa_input(
    mechanism: CK_MECHANISM_TYPE,
    certificate: &Certificate,
    signed: Signed<'_>,
) -> Result<Vec<u8>, TokenError> {
    if mechanism == CKM_SHA256_RSA_PKCS {
        let message = signed.message.ok_or(TokenError::NoMechanism)?;
        return Ok(message.to_vec());
    }
    let info = [&SHA256_DIGEST_INFO[..], signed.digest].concat();
    if mechanism == CKM_RSA_PKCS {
        return Ok(info);
    }
    let width = certificate.public_key().signature_len();
    let padding = width
        .checked_sub(info.len() + 3)
        .filter(|padding| *padding >= 8)
        .ok_or(TokenError::NoMechanism)?;
    let mut data = vec![0x00, 0x01];
    data.resize(2 + padding, 0xff);
    data.push(0x00);
    data.extend(info);
    Ok(data)
}
