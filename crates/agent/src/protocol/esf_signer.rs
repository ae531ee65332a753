//! `com.osdkz.esf.signer.esfSigner`: electronic invoices (IS ESF). `storageName` and `data` stand beside `method`, the
//! envelope is commonUtils', a signature is the bare bytes over exactly the text that came, CR LF kept.
//!
//! How sure we are: names, places of the arguments, envelope, cancel and the members of `signPlainData`'s reply are from
//! a client that was checked against the bundle's code; `auth`'s `authKeyInfo` from page code. `signPlainDataMap` (an
//! object of texts in, the same names with signatures out) and that an invoice needs a key for signing are our reading.

use serde_json::{Map, Value, json};

use super::{
    Action, ReplyForm,
    common_utils::to_text,
    envelope::{self, CANCELED, signatures},
    key_info::KeyInfo,
    stores, text_member,
};
use crate::{
    ask::{Ask, Input, Wanted, What},
    error::Error,
    json::{Json, Object},
    outcome::Outcome,
};

/// What a reply needs to know of its request.
#[derive(Debug)]
pub(crate) enum Form {
    /// `signPlainData`.
    Invoice,
    /// `signPlainDataMap`, by these names.
    Invoices(Vec<String>),
    /// `auth`.
    LogIn,
}

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    let method = match text_member(message, "method") {
        Ok(method) => method,
        Err(error) => return envelope::refusal(error),
    };
    let mismatch = || envelope::mismatch(method);
    let form = match method {
        "signPlainData" => Form::Invoice,
        "signPlainDataMap" => Form::Invoices(Vec::new()),
        "auth" => Form::LogIn,
        _ => return envelope::no_such_method(method),
    };
    let store = match text_member(message, "storageName") {
        Ok(store) => store,
        Err(error) => return envelope::refusal(error),
    };
    let read = match (form, message.get("data")) {
        (_, None) => return envelope::refusal("JSONObject[\"data\"] not found."),
        (Form::Invoices(_), Some(Json::Object(items))) => items
            .iter()
            .map(|(name, item)| Some((name.to_owned(), Input::Text(item.as_text()?))))
            .collect::<Option<(Vec<_>, Vec<_>)>>()
            .map(|(names, documents)| (documents, Form::Invoices(names))),
        (Form::Invoices(_), Some(_)) => None,
        (form, Some(text)) => text.as_text().map(|text| (vec![Input::Text(text)], form)),
    };
    let Some((documents, form)) = read else {
        return mismatch();
    };
    let log_in = matches!(form, Form::LogIn);
    let form = ReplyForm::EsfSigner(form);
    let stores = match stores::named(store) {
        Ok(stores) => stores,
        Err(error) => return Action::Refuse(error, form),
    };
    Action::Ask(
        Ask {
            what: What::Raw {
                documents,
                digested: false,
            },
            stores,
            wanted: Wanted {
                authentication: log_in,
                signing: !log_in,
                ..stores::any_key()
            },
            language: None,
            logo: None,
            time_stamp: false,
        },
        form,
    )
}

impl Form {
    pub(super) fn render(&self, outcome: &Result<Outcome, Error>) -> String {
        let signed = match outcome {
            Ok(Outcome::Signed(signed)) => signed,
            Ok(_) => return envelope::failure(CANCELED),
            Err(error) => return envelope::error(error),
        };
        let signatures = outcome.as_ref().map(signatures).unwrap_or_default();
        let signature: Value = match self {
            Self::Invoice | Self::LogIn => signatures.into_iter().next().into(),
            Self::Invoices(names) => names
                .iter()
                .cloned()
                .zip(signatures.into_iter().map(Value::from))
                .collect::<Map<_, _>>()
                .into(),
        };
        let key_info = KeyInfo::of_certificate(&signed.certificate);
        let (key_info, member) = match serde_json::to_value(key_info) {
            Ok(key_info) if matches!(self, Self::LogIn) => (key_info, "authKeyInfo"),
            Ok(key_info) => (key_info, "keyInfo"),
            Err(_) => return envelope::error(&Error::Inside),
        };
        to_text(&json!({
            "code": "200",
            "responseObject": {
                "signature": signature,
                "pem": signed.certificate.to_pem(),
                member: key_info,
            },
        }))
    }
}
