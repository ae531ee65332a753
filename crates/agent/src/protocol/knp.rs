//! `kz.inessoft.kgd.knp.ncalayer.KNPModuleService`: the tax cabinet (KNP, SONO). It goes by `command` and echoes
//! `requestId`; every reply has `resultStatus`.
//!
//! How sure we are: all of it is from one third-party re-implementation, nothing was compared with the product or the
//! portal. The replies to `getCertificates` (one certificate in an array, members as commonUtils' getKeyInfo has them)
//! and to `getStorageDevicesByType` (the readers' names) are our reading. People were seen to get into the cabinet with commonUtils and basics alone.

use serde_json::{Map, Value, json};

use super::{
    Action, ReplyForm,
    envelope::{CANCELED, signatures},
    key_info::KeyInfo,
    stores,
};
use crate::{
    ask::{Ask, Input, Stores, What, XmlLayout},
    error::Error,
    json::{Json, Object},
    outcome::Outcome,
};

/// The stores by the module's own names, and what commonUtils calls the kinds of tokens.
const STORES: [(&str, Option<&str>); 5] = [
    ("PKCS12", None),
    ("KAZTOKEN", Some("AKKaztokenStore")),
    ("KZIDCARD", Some("AKKZIDCardStore")),
    ("ETOKEN_72K", Some("AKEToken72KStore")),
    ("JACARTA", Some("AKJaCartaStore")),
];

/// What a reply needs to know of its request.
#[derive(Debug)]
pub(crate) struct Form {
    /// `requestId`, to be echoed.
    request_id: Option<Value>,
    /// The kind of token whose readers the page wants to know.
    kind: Option<&'static str>,
}

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    let form = Form::of(message);
    match message.get("command").and_then(Json::as_text) {
        Some("info") => Action::Reply(form.success([
            ("type", "personal".into()),
            ("version", "1.1.0".into()),
            ("status", "READY".into()),
        ])),
        Some("getStorageType") => {
            let storages =
                STORES.map(|(name, kind)| json!({ "name": name, "token": kind.is_some() }));
            Action::Reply(form.success([("storages", Value::from(storages.to_vec()))]))
        }
        Some("getStorageDevicesByType") => match store(message, &["storage"]) {
            Ok(Stores::Token(kind)) => Action::ListTokens(ReplyForm::Knp(Form {
                kind: Some(kind),
                ..form
            })),
            Ok(_) => Action::Reply(form.success([("tokenTerminals", json!([]))])),
            Err(reason) => Action::Reply(form.invalid(reason)),
        },
        Some("getCertificates") => ask(message, form, |_| Some(What::ShowCertificate)),
        Some("signDocument") => ask(message, form, |message| {
            let document = ["xml", "xmlToSign", "data"]
                .into_iter()
                .find_map(|name| message.get(name))?;
            Some(What::Xml {
                documents: vec![Input::Text(document.as_text()?)],
                layout: XmlLayout::LineBreaks,
                element: None,
            })
        }),
        Some(_) => Action::Reply(form.invalid("unknown command")),
        None => Action::Reply(form.invalid("command is missing")),
    }
}

fn ask<'a>(
    message: &'a Object<'a>,
    form: Form,
    what: impl Fn(&'a Object<'a>) -> Option<What<'a>>,
) -> Action<'a> {
    let stores = match store(message, &["storageType", "type", "storage"]) {
        Ok(stores) => stores,
        Err(reason) => return Action::Reply(form.invalid(reason)),
    };
    let Some(what) = what(message) else {
        return Action::Reply(form.invalid("the document is missing or not text"));
    };
    Action::Ask(
        Ask {
            what,
            stores,
            wanted: stores::any_key(),
            language: None,
            logo: None,
            time_stamp: false,
        },
        ReplyForm::Knp(form),
    )
}

/// The store that one of these members names.
fn store(message: &Object<'_>, members: &[&str]) -> Result<Stores, &'static str> {
    let name = members
        .iter()
        .find_map(|member| message.get(member))
        .ok_or("the storage is missing")?;
    let name = name.as_text().ok_or("the storage is not text")?;
    match STORES.into_iter().find(|(known, _)| *known == name) {
        Some((_, Some(kind))) => Ok(Stores::Token(kind)),
        Some((_, None)) => Ok(Stores::Files),
        None => Err("unknown storage"),
    }
}

impl Form {
    fn of(message: &Object<'_>) -> Self {
        // 2^53: whole numbers up to there are exact.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let request_id = match message.get("requestId") {
            Some(Json::Text(id)) => Some(Value::from(id.as_ref())),
            Some(Json::Number(id)) if id.fract() == 0.0 && id.abs() < EXACT => {
                Some(Value::from(*id as i64))
            }
            Some(Json::Number(id)) => Some(Value::from(*id)),
            _ => None,
        };
        Self {
            request_id,
            kind: None,
        }
    }

    /// Of a request that was not read.
    pub(super) fn of_refusal(request_id: Option<String>) -> Self {
        Self {
            request_id: request_id.map(Value::from),
            kind: None,
        }
    }

    pub(super) fn render(&self, outcome: &Result<Outcome, Error>) -> String {
        match outcome {
            Ok(Outcome::Certificate(shown)) => match serde_json::to_value(KeyInfo::of(shown)) {
                Ok(key_info) => self.success([("certificates", json!([key_info]))]),
                Err(_) => self.failure("SIGN_UNKNOWN_ERROR", &Error::Inside.to_string()),
            },
            Ok(Outcome::Tokens(kinds)) => {
                let readers = self.kind.and_then(|kind| kinds.get(kind));
                self.success([(
                    "tokenTerminals",
                    json!(readers.cloned().unwrap_or_default()),
                )])
            }
            Ok(Outcome::Cancelled) => self.failure("SIGN_UNKNOWN_ERROR", CANCELED),
            Ok(outcome) => {
                let signed = signatures(outcome).into_iter().next();
                self.success([("signedXml", signed.into())])
            }
            Err(Error::TokenAbsent) => {
                self.failure("TOKEN_NOT_AVAILABLE", &Error::TokenAbsent.to_string())
            }
            Err(error) => self.failure("SIGN_UNKNOWN_ERROR", &error.to_string()),
        }
    }

    fn success<const N: usize>(&self, members: [(&str, Value); N]) -> String {
        self.reply(members, json!({ "resultCode": "OK" }))
    }

    fn invalid(&self, reason: &str) -> String {
        let status = json!({ "resultCode": "INVALID_INPUT_DATA", "resultText": reason });
        self.reply([], status)
    }

    fn failure(&self, code: &str, reason: &str) -> String {
        self.reply(
            [("error", json!({ "cryptoError": code }))],
            json!({ "resultCode": "ERROR", "resultText": reason }),
        )
    }

    fn reply<const N: usize>(&self, members: [(&str, Value); N], status: Value) -> String {
        let members = members
            .into_iter()
            .chain([("resultStatus", status)])
            .chain(self.request_id.clone().map(|id| ("requestId", id)));
        let reply: Map<String, Value> = members
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Value::Object(reply).to_string()
    }
}
