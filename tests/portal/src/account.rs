//! People and organisations that have registered, and what they have signed. Kept in memory only.

use std::collections::HashMap;

use pki::{Certificate, Role};
use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::challenge::Form;

/// Whom an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A person for themselves.
    Individual,
    /// A person for an organisation.
    Organisation,
}

/// What tells accounts apart: the IIN, and for an organisation its BIN too. Both come from certificates only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AccountKey {
    /// Twelve digits.
    pub(crate) iin: String,
    /// Twelve digits; none for an individual.
    pub(crate) bin: Option<String>,
}

/// What a certificate says of its owner, as the pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Person {
    /// Surname, name, patronymic.
    pub(crate) name: String,
    /// Twelve digits.
    pub(crate) iin: String,
    /// The organisation's number.
    pub(crate) bin: Option<String>,
    /// The organisation's name.
    pub(crate) organisation: Option<String>,
    /// May sign for the organisation.
    pub(crate) may_sign: bool,
    /// First and last second of the certificate, seconds UTC.
    pub(crate) not_before: i64,
    /// See `not_before`.
    pub(crate) not_after: i64,
    /// The certificate's number, hexadecimal.
    pub(crate) serial_number: String,
    /// Who issued it.
    pub(crate) issuer: String,
    /// The key's algorithm.
    pub(crate) algorithm: String,
}

impl Person {
    /// Reads the owner from a certificate.
    ///
    /// # Errors
    /// [`Refusal::NoIin`] when it is nobody's: an information system's, say.
    pub(crate) fn from_certificate(certificate: &Certificate) -> Result<Self, Refusal> {
        let owner = certificate.owner();
        let roles = certificate.roles();
        let may_sign = [Role::Head, Role::SigningRight]
            .iter()
            .any(|role| roles.contains(role));
        Ok(Self {
            may_sign: owner.bin.is_none() || may_sign,
            name: owner.name,
            iin: owner.iin.ok_or(Refusal::NoIin)?,
            bin: owner.bin,
            organisation: owner.organisation,
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            serial_number: certificate.serial_hex(),
            issuer: certificate
                .issuer()
                .common_name()
                .unwrap_or_default()
                .to_owned(),
            algorithm: certificate.algorithm().java_name().to_owned(),
        })
    }

    /// The account that this person logs in to with this certificate.
    #[must_use]
    pub(crate) fn account(&self) -> AccountKey {
        AccountKey {
            iin: self.iin.clone(),
            bin: self.bin.clone(),
        }
    }

    /// Is the certificate of the kind that was chosen, with the right to act for it?
    ///
    /// # Errors
    /// [`Refusal::IndividualExpected`], [`Refusal::OrganisationExpected`], [`Refusal::NoRightToSign`].
    pub(crate) fn must_be(&self, kind: Kind) -> Result<(), Refusal> {
        match (kind, &self.bin) {
            (Kind::Individual, Some(_)) => Err(Refusal::IndividualExpected),
            (Kind::Organisation, None) => Err(Refusal::OrganisationExpected),
            (Kind::Organisation, Some(_)) if !self.may_sign => Err(Refusal::NoRightToSign),
            _ => Ok(()),
        }
    }
}

/// Somebody who has registered.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    /// Where notices would go.
    pub(crate) email: String,
    /// When it was made, seconds UTC.
    pub(crate) registered: i64,
    /// What was signed here, the latest last.
    pub(crate) documents: Vec<SignedDocument>,
}

/// A document with the signature that was checked under it.
#[derive(Debug, Clone)]
pub(crate) struct SignedDocument {
    /// The registration number.
    pub(crate) number: String,
    /// When the portal took it, seconds UTC.
    pub(crate) taken: i64,
    /// The form of the signature.
    pub(crate) form: Form,
    /// The bytes under a detached CMS; none for XML, which holds them.
    pub(crate) content: String,
    /// CMS (DER) or signed XML.
    pub(crate) signature: Vec<u8>,
}

/// All accounts.
#[derive(Debug, Default)]
pub(crate) struct Accounts(HashMap<AccountKey, Account>);

impl Accounts {
    /// Documents kept for one account; the oldest gives way.
    const MAX_DOCUMENTS: usize = 50;

    /// Registers.
    ///
    /// # Errors
    /// [`Refusal::AlreadyRegistered`].
    pub(crate) fn register(
        &mut self,
        key: AccountKey,
        email: String,
        now: i64,
    ) -> Result<(), Refusal> {
        if self.0.contains_key(&key) {
            return Err(Refusal::AlreadyRegistered);
        }
        self.0.insert(
            key,
            Account {
                email,
                registered: now,
                documents: Vec::new(),
            },
        );
        Ok(())
    }

    /// The account.
    #[must_use]
    pub(crate) fn find(&self, key: &AccountKey) -> Option<&Account> {
        self.0.get(key)
    }

    /// Keeps a signed document.
    pub(crate) fn keep(&mut self, key: &AccountKey, document: SignedDocument) {
        if let Some(account) = self.0.get_mut(key) {
            let surplus = (account.documents.len() + 1).saturating_sub(Self::MAX_DOCUMENTS);
            account.documents.drain(..surplus);
            account.documents.push(document);
        }
    }
}

/// An e-mail address that could be one; whether it is will show when a letter arrives.
///
/// # Errors
/// [`Refusal::BadEmail`].
pub(crate) fn check_email(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let (user, host) = text.split_once('@').ok_or(Refusal::BadEmail)?;
    let plain = text.chars().all(|character| {
        !character.is_whitespace() && !character.is_control() && !"<>\"'(),;:\\".contains(character)
    });
    let dotted = host.split('.').count() >= 2 && host.split('.').all(|part| !part.is_empty());
    if plain && dotted && !user.is_empty() && !host.contains('@') && text.len() <= 254 {
        Ok(text.to_owned())
    } else {
        Err(Refusal::BadEmail)
    }
}
