//! One token as a store.

use super::{
    PinState, TokenId,
    client::Worker,
    hub::Tokens,
    wire::{ListedCertificate, ListedToken, Reply, Request},
};
use crate::{
    Entry, EntryId, Error, OpenKey, Part, Password, Store, TokenError, TokenModel, Unlock,
    hex::hex, open_key::DigestSigner,
};
use pki::Certificate;
use std::{fmt, path::Path, path::PathBuf, sync::Arc, time::Duration};

/// One token or card. It stays the same store while the token is out and after it is put back.
pub struct TokenStore {
    tokens: Tokens,
    module: PathBuf,
    listed: ListedToken,
    model: TokenModel,
}

impl fmt::Debug for TokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenStore").field(&self.listed.id).finish()
    }
}

impl TokenStore {
    pub(super) fn new(
        tokens: Tokens,
        module: PathBuf,
        listed: ListedToken,
        model: TokenModel,
    ) -> Self {
        Self {
            tokens,
            module,
            listed,
            model,
        }
    }

    /// What the token says of itself.
    #[must_use]
    pub fn token(&self) -> &TokenId {
        &self.listed.id
    }

    /// The reader or port it sits in, as the module names it.
    #[must_use]
    pub fn reader(&self) -> &str {
        &self.listed.reader
    }

    /// Which product it is, as far as that can be told.
    #[must_use]
    pub fn model(&self) -> TokenModel {
        self.model
    }

    /// The module that shows it.
    #[must_use]
    pub fn module(&self) -> &Path {
        &self.module
    }

    /// Labels of private keys that show without a PIN and have no certificate: of no use to anybody who checks signatures.
    #[must_use]
    pub fn keys_without_certificate(&self) -> &[String] {
        &self.listed.bare_keys
    }

    /// The keys as they were listed, and those that an earlier log-in showed. Asks nothing of the token.
    #[must_use]
    pub fn listed_entries(&self) -> Vec<Entry> {
        let entries = self.entries_of(&self.listed).into_iter();
        entries.map(|(entry, _)| entry).collect()
    }

    /// What the token told of its PIN when it was listed.
    #[must_use]
    pub fn listed_pin(&self) -> PinState {
        self.listed.pin
    }

    /// What the token tells of its PIN now.
    ///
    /// # Errors
    /// [`TokenError::Removed`] when it is not there; otherwise why its module does not answer.
    pub fn pin_now(&self) -> Result<PinState, TokenError> {
        let request = Request::Pin {
            token: self.listed.id.clone(),
        };
        match self.ask(&request, &[], self.tokens.hub().deadlines().listing)? {
            Reply::Pin(state) => Ok(state),
            _ => Err(TokenError::ModuleUnreachable),
        }
    }

    /// Sets another PIN. With a PIN pad both are typed there: `None` and `None`.
    ///
    /// # Errors
    /// [`TokenError::WrongPin`] when the old one is wrong, which costs a try; [`TokenError::LastTry`] when one try is left
    /// and `last_try_agreed` is false; [`TokenError::PinRefused`] and [`TokenError::PinLength`] when the token does not take
    /// the new one; otherwise why the token cannot be used.
    pub fn change_pin(
        &self,
        old: Option<&Password>,
        new: Option<&Password>,
        last_try_agreed: bool,
    ) -> Result<(), TokenError> {
        let request = Request::ChangePin {
            token: self.listed.id.clone(),
            last_try_agreed,
        };
        self.two_secrets(&request, old, new)
    }

    /// Sets a PIN with the unblocking code (PUK, the security officer's PIN), also on a token that is locked.
    ///
    /// # Errors
    /// [`TokenError::WrongPin`] when the unblocking code is wrong, which costs one of its own few tries;
    /// [`TokenError::PinLocked`] when that is locked, too; otherwise as [`change_pin`](Self::change_pin).
    ///
    /// Source: PKCS#11 v2.40 base, C_InitPIN.
    pub fn unblock(
        &self,
        puk: Option<&Password>,
        new: Option<&Password>,
    ) -> Result<(), TokenError> {
        let request = Request::Unblock {
            token: self.listed.id.clone(),
        };
        self.two_secrets(&request, puk, new)
    }

    fn two_secrets(
        &self,
        request: &Request,
        first: Option<&Password>,
        second: Option<&Password>,
    ) -> Result<(), TokenError> {
        let secrets: Vec<&[u8]> = [first, second]
            .into_iter()
            .flatten()
            .map(Password::utf8)
            .collect();
        // One alone would be taken for the other.
        if secrets.len() == 1 {
            return Err(if self.listed.pin.pin_pad {
                TokenError::PinPadOnly
            } else {
                TokenError::NoPinPad
            });
        }
        let deadline = self.tokens.hub().pin_deadline(&self.listed.pin);
        self.ask(request, &secrets, deadline).map(|_| ())
    }

    fn ask(
        &self,
        request: &Request,
        secrets: &[&[u8]],
        deadline: Duration,
    ) -> Result<Reply, TokenError> {
        self.worker()?.ask(request, secrets, deadline)
    }

    fn worker(&self) -> Result<Arc<Worker>, TokenError> {
        self.tokens.hub().worker(&self.module, true)
    }

    /// Certificates as listed, and those that an earlier log-in showed.
    fn certificates(&self, listed: &ListedToken) -> Vec<ListedCertificate> {
        let mut certificates = listed.certificates.clone();
        let learned = self.tokens.hub().learned();
        for hidden in learned.hidden.get(&listed.id).into_iter().flatten() {
            if !certificates.iter().any(|known| known.der == hidden.der) {
                certificates.push(hidden.clone());
            }
        }
        for certificate in &mut certificates {
            if learned
                .keyless
                .contains(&(listed.id.clone(), certificate.der.clone()))
            {
                certificate.has_key = Some(false);
            }
        }
        certificates
    }

    /// The entries of this token; one that stands for all of its keys when it shows none before the log-in.
    fn entries_of(&self, listed: &ListedToken) -> Vec<(Entry, Option<Vec<u8>>)> {
        let certificates = self.certificates(listed);
        let looked_inside = self.tokens.hub().learned().hidden.contains_key(&listed.id);
        if certificates.is_empty() && !looked_inside {
            return vec![(self.entry(listed, &[], None, None), None)];
        }
        certificates
            .into_iter()
            .map(|certificate| {
                let (parsed, problem) = match Certificate::from_der(&certificate.der) {
                    Err(pki::Error::UnsupportedAlgorithm(oid)) => {
                        (None, Some(Error::UnsupportedAlgorithm(oid)))
                    }
                    Err(_) => (None, Some(Error::Damaged(Part::Certificate))),
                    Ok(parsed) if certificate.has_key == Some(false) => {
                        (Some(parsed), Some(TokenError::NoKey.into()))
                    }
                    Ok(parsed) => (Some(parsed), None),
                };
                let entry = self.entry(listed, &certificate.der, parsed, problem);
                (entry, Some(certificate.der))
            })
            .collect()
    }

    fn entry(
        &self,
        listed: &ListedToken,
        der: &[u8],
        certificate: Option<Certificate>,
        problem: Option<Error>,
    ) -> Entry {
        let TokenId { model, label, .. } = &listed.id;
        let hash = listed.id.hash_with(der);
        Entry {
            id: EntryId::new(hex(&hash)),
            label: if label.is_empty() { model } else { label }.clone(),
            path: None,
            alias: None,
            file_sha256: None,
            certificate,
            problem,
        }
    }

    /// The listing of now; `None` when the token is not there.
    fn fresh(&self) -> Result<Option<ListedToken>, TokenError> {
        let tokens = self.tokens.hub().list(&self.module)?;
        Ok(tokens.into_iter().find(|token| token.id == self.listed.id))
    }

    /// What an entry stands for: a certificate (DER), or all that the token hides.
    fn find(&self, entry: &EntryId) -> Result<Option<Vec<u8>>, Error> {
        let among = |listed: &ListedToken| {
            self.entries_of(listed)
                .into_iter()
                .find(|(known, _)| known.id == *entry)
        };
        // As it was listed first: real tokens take seconds for another listing.
        let found = match among(&self.listed) {
            Some(found) => Some(found),
            None => self.fresh()?.as_ref().and_then(among),
        };
        match found {
            None => Err(Error::UnknownEntry),
            Some((known, _)) if known.problem.is_some() => {
                Err(known.problem.unwrap_or(Error::UnknownEntry))
            }
            Some((_, certificate)) => Ok(certificate),
        }
    }
}

impl Store for TokenStore {
    fn name(&self) -> &'static str {
        self.model.store_name().unwrap_or("PKCS11")
    }

    fn entries(&self) -> Vec<Entry> {
        match self.fresh() {
            Ok(Some(listed)) => self
                .entries_of(&listed)
                .into_iter()
                .map(|(entry, _)| entry)
                .collect(),
            _ => Vec::new(),
        }
    }

    fn unlock(&self, entry: &EntryId, password: &Password) -> Result<OpenKey, Error> {
        self.unlock_as(
            entry,
            Unlock {
                password: Some(password),
                last_try_agreed: false,
            },
        )
    }

    fn unlock_as(&self, entry: &EntryId, how: Unlock<'_>) -> Result<OpenKey, Error> {
        let certificate = self.find(entry)?;
        let request = Request::Unlock {
            token: self.listed.id.clone(),
            certificate: certificate.clone(),
            last_try_agreed: how.last_try_agreed,
        };
        let secrets: Vec<&[u8]> = how.password.into_iter().map(Password::utf8).collect();
        let deadline = self.tokens.hub().pin_deadline(&self.listed.pin);
        let worker = self.worker()?;
        let reply = worker.ask(&request, &secrets, deadline);
        let token = self.listed.id.clone();
        match (reply, certificate) {
            (
                Ok(Reply::Unlocked {
                    key,
                    certificate,
                    label,
                    pin_each_time,
                    hashes,
                }),
                _,
            ) => {
                let key = TokenKey {
                    worker,
                    key,
                    deadline,
                    pin_each_time,
                    hashes,
                    listing_deadline: self.tokens.hub().deadlines().listing,
                    certificate: Certificate::from_der(&certificate)
                        .map_err(|_| Error::Damaged(Part::Certificate))?,
                };
                let alias = if label.is_empty() {
                    self.listed.id.label.clone()
                } else {
                    label
                };
                Ok(OpenKey::new(alias, key.certificate.clone(), Box::new(key)))
            }
            (Ok(Reply::Several(hidden)), _) => {
                self.tokens.hub().learned().hidden.insert(token, hidden);
                Err(TokenError::ChooseKey.into())
            }
            (Err(TokenError::NoKey), Some(certificate)) => {
                let mut learned = self.tokens.hub().learned();
                learned.keyless.insert((token, certificate));
                Err(TokenError::NoKey.into())
            }
            (Err(TokenError::NoKey), None) => {
                let mut learned = self.tokens.hub().learned();
                learned.hidden.insert(token, Vec::new());
                Err(TokenError::NoKey.into())
            }
            (Err(error), _) => Err(error.into()),
            (Ok(_), _) => Err(TokenError::ModuleUnreachable.into()),
        }
    }

    fn tries_left(&self, entry: &EntryId) -> Result<Option<u32>, Error> {
        Ok(self.pin(entry)?.tries_left)
    }

    fn pin(&self, entry: &EntryId) -> Result<PinState, Error> {
        match self.find(entry) {
            Err(Error::UnknownEntry) => Err(Error::UnknownEntry),
            _ => Ok(self.pin_now()?),
        }
    }
}

/// A private key on a token: every signature goes there, and comes back checked.
struct TokenKey {
    worker: Arc<Worker>,
    key: u32,
    deadline: Duration,
    listing_deadline: Duration,
    pin_each_time: bool,
    /// The token signs messages and no digests.
    hashes: bool,
    certificate: Certificate,
}

/// The longest message that is sent to a token which makes digests by itself: what CMS and XML have signed is shorter, and
/// tokens take kilobytes a second.
const MESSAGE_BYTES: usize = 256 * 1024;

type Failure = Box<dyn std::error::Error + Send + Sync>;

impl TokenKey {
    fn sign(&self, digest: &[u8], message: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        let request = Request::Sign {
            key: self.key,
            digest: digest.to_vec(),
            message: message.map(<[u8]>::to_vec),
        };
        let reply = self.worker.ask(&request, &[], self.deadline);
        let Reply::Signature(signature) = reply.map_err(Error::from)? else {
            return Err(Error::from(TokenError::ModuleUnreachable).into());
        };
        // The worker has checked it, and shares its memory with the maker's code.
        self.certificate
            .public_key()
            .verify_digest(digest, &signature)
            .map_err(|_| Error::from(TokenError::WrongSignature))?;
        Ok(signature)
    }
}

impl DigestSigner for TokenKey {
    fn sign_digest(&self, digest: &[u8]) -> Result<Vec<u8>, Failure> {
        self.sign(digest, None)
    }

    fn sign_message(&self, message: &[u8], digest: &[u8]) -> Result<Vec<u8>, Failure> {
        let message = Some(message).filter(|message| self.hashes && message.len() <= MESSAGE_BYTES);
        self.sign(digest, message)
    }

    fn pin_each_time(&self) -> bool {
        self.pin_each_time
    }

    fn give_pin(&self, pin: &Password) -> Result<(), Error> {
        let request = Request::GivePin { key: self.key };
        self.worker
            .ask(&request, &[pin.utf8()], self.listing_deadline)
            .map(|_| ())
            .map_err(Error::from)
    }
}

impl Drop for TokenKey {
    fn drop(&mut self) {
        self.worker.close(self.key);
    }
}
