//! Tokens and their keys as the command line prints them.

use std::{fmt, path::PathBuf};

use keystore::{Error, Listing, PinState, Store as _, TokenStore};
use serde::Serialize;

use super::super::{Signer, list, verify::plain};
use crate::keys::{Filter, now};
use crate::{certificates::Verdict, hex};

/// What is plugged in.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct TokenListing {
    /// The keys of all tokens.
    pub keys: Vec<ListedTokenKey>,
    /// Modules that did not answer.
    pub troubles: Vec<ModuleTrouble>,
}

/// A key on a token.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ListedTokenKey {
    /// The token's label, or its product's name.
    pub token: String,
    /// The token's serial number.
    pub serial: String,
    /// What it is, by its own words.
    pub model: String,
    /// The store by which pages ask for it; absent where NCALayer has no name for it.
    pub store: Option<&'static str>,
    /// The reader or port.
    pub reader: String,
    /// The module that shows it.
    pub module: PathBuf,
    /// What is known of the PIN.
    pub pin: PinView,
    /// Whose it is; absent when the token shows its certificates only after the PIN.
    pub owner: Option<Signer>,
    /// What the certificate is for: `log-in`, `signing`.
    pub purpose: Vec<&'static str>,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: Option<String>,
    /// Why it is of no use as it is, in English; absent when nothing speaks against it.
    pub problem: Option<String>,
}

/// What a token tells of its PIN without being asked for it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PinView {
    /// Tries that are left, where the token tells.
    pub tries_left: Option<u32>,
    /// A wrong PIN was given since the last right one.
    pub low: bool,
    /// One try is left.
    pub last_try: bool,
    /// No try is left.
    pub locked: bool,
    /// It must be set first.
    pub not_set: bool,
    /// It is typed on the token or its reader.
    pub pin_pad: bool,
}

/// A module that did not answer.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ModuleTrouble {
    /// Its path.
    pub module: PathBuf,
    /// Why, in English.
    pub problem: String,
}

pub(super) fn listing(listing: Listing) -> TokenListing {
    TokenListing {
        keys: listing.tokens.iter().flat_map(keys).collect(),
        troubles: listing
            .troubles
            .into_iter()
            .map(|(module, error)| ModuleTrouble {
                module,
                problem: with_advice(error.into()),
            })
            .collect(),
    }
}

/// Labels are the token's words: nothing in them may steer the terminal.
pub(super) fn name(store: &TokenStore) -> String {
    let token = store.token();
    let product = store.model().product_name();
    let name = [token.label.as_str(), product.unwrap_or(&token.model)];
    let name = name.into_iter().find(|name| !name.is_empty());
    plain(name.unwrap_or("token"))
}

fn keys(store: &TokenStore) -> Vec<ListedTokenKey> {
    let pin = PinView::of(&store.listed_pin());
    let entries = store.entries().into_iter();
    entries
        .map(|entry| {
            let certificate = entry.certificate.as_ref();
            let judged = certificate.map(|certificate| {
                Filter::default().judge(certificate, &Verdict::default(), now())
            });
            let problem = match (&entry.problem, judged) {
                (Some(problem), _) => Some(with_advice(*problem)),
                (None, Some(Err(problem))) => Some(list::words(&problem)),
                _ => None,
            };
            let purpose = certificate.map(pki::Certificate::purpose);
            let purposes = [
                (purpose.is_some_and(|it| it.authentication), "log-in"),
                (purpose.is_some_and(|it| it.signing), "signing"),
            ];
            ListedTokenKey {
                token: name(store),
                serial: plain(&store.token().serial),
                model: plain(&store.token().model),
                store: store.model().store_name(),
                reader: plain(store.reader()),
                module: store.module().to_owned(),
                pin: pin.clone(),
                owner: certificate.map(Signer::of),
                purpose: purposes
                    .into_iter()
                    .filter_map(|(yes, name)| yes.then_some(name))
                    .collect(),
                fingerprint: certificate.map(|it| hex::encode(&it.fingerprint_sha256())),
                problem,
            }
        })
        .collect()
}

fn with_advice(error: Error) -> String {
    let advice = match error {
        Error::Token(error) => super::advice(error),
        _ => None,
    };
    match advice {
        Some(advice) => format!("{error}: {advice}"),
        None => error.to_string(),
    }
}

impl PinView {
    pub(super) fn of(state: &PinState) -> Self {
        Self {
            tries_left: state.tries_left,
            low: state.low,
            last_try: state.last_try,
            locked: state.locked,
            not_set: state.not_set,
            pin_pad: state.pin_pad,
        }
    }
}

/// One line of English; empty when there is nothing to say.
impl fmt::Display for PinView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { locked: true, .. } => f.write_str("locked"),
            Self { not_set: true, .. } => f.write_str("not set"),
            Self { last_try: true, .. } => f.write_str("1 try left, then the token locks"),
            Self {
                tries_left: Some(left),
                ..
            } => write!(f, "{left} tries left"),
            Self { low: true, .. } => f.write_str("a wrong PIN was entered before"),
            Self { pin_pad: true, .. } => f.write_str("typed on the reader"),
            _ => Ok(()),
        }
    }
}
