//! `kz.gov.pki.knca.commonUtils`: positional arguments, `{"code":"200","responseObject":…}`.
//!
//! Source: the published NLCommonBundle and recorded exchanges. The product looks a method up by name and number of
//! arguments, then Java's reflection checks their types; every reply to a mistake follows from that.

use serde::Serialize;
use signing::{cms::Message, xml::IdAttribute};
use window_messages::FileKind;

use super::{Action, ReplyForm, envelope, key_info::KeyInfo, literals, locale, stores};
use crate::{
    ask::{Ask, FileAsk, FileChoice, Input, Wanted, What, XmlElement, XmlLayout},
    error::Error,
    files,
    json::{Json, Object},
    outcome::{Outcome, Products},
    reply::Reply,
};

/// What a reply needs to know of its request.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// Echoed in replies to requests that reached their method, not in those to mistakes in calling it.
    uuid: Option<String>,
    /// True when the value is an array even of one.
    array: bool,
}

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    let (method, arguments) = match envelope::call(message) {
        Ok(call) => call,
        Err(error) => return envelope::refusal(error),
    };
    let uuid = message
        .get("uuid")
        .and_then(Json::as_text)
        .filter(|uuid| !uuid.is_empty())
        .map(str::to_owned);
    match call(
        method,
        arguments,
        Form {
            uuid,
            array: method == "signXmls",
        },
    ) {
        Ok(action) => action,
        Err(CallError::NoSuchMethod) => envelope::no_such_method(method),
        Err(CallError::Mismatch) => envelope::mismatch(method),
    }
}

enum CallError {
    NoSuchMethod,
    Mismatch,
}

fn call<'a>(method: &str, arguments: &'a [Json<'a>], form: Form) -> Result<Action<'a>, CallError> {
    Ok(match (method, arguments) {
        // Lists tokens only, file stores never.
        ("getActiveTokens", []) => Action::ListTokens(ReplyForm::CommonUtils(form)),
        ("changeLocale", [id]) => Action::ChangeLanguage {
            language: locale::language(text(id)?),
            reply: Some(form.success(None::<&()>)),
        },
        ("getKeyInfo", [store]) => ask(text(store)?, "", What::ShowCertificate, form),
        ("signXml", [store, key_type, document, element, parent]) => {
            let documents = vec![Input::Text(text(document)?)];
            xml(store, key_type, documents, [element, parent], form)?
        }
        ("signXmls", [store, key_type, documents, element, parent]) => {
            let documents = texts(documents)?;
            xml(store, key_type, documents, [element, parent], form)?
        }
        ("createCAdESFromBase64", [store, key_type, base64, attached]) => {
            cms(store, key_type, base64, attached, false, form)?
        }
        ("createCMSSignatureFromBase64", [store, key_type, base64, attached]) => {
            cms(store, key_type, base64, attached, true, form)?
        }
        ("createCAdESFromBase64Hash", [store, key_type, base64]) => {
            let (store, key_type) = (text(store)?, text(key_type)?);
            ask(
                store,
                key_type,
                What::CmsOfDigest {
                    digests: vec![Input::StrictBase64(text(base64)?)],
                },
                form,
            )
        }
        ("applyCAdEST", [store, key_type, base64]) => {
            let (store, key_type) = (text(store)?, text(key_type)?);
            ask(
                store,
                key_type,
                What::AddTimeStamp {
                    cms: Input::StrictBase64(text(base64)?),
                },
                form,
            )
        }
        (
            "createCMSSignatureFromFile" | "createCAdESFromFile",
            [store, key_type, path, attached],
        ) => {
            let (store, key_type) = (text(store)?, text(key_type)?);
            let (path, attached) = (text(path)?, boolean(attached)?);
            let time_stamp = method == "createCMSSignatureFromFile";
            file(store, key_type, path, attached, time_stamp, form)
        }
        ("showFileChooser", [extension, folder]) => {
            let choice = FileChoice {
                kind: file_kind(text_or_null(extension)?),
                folder: files::named(text_or_null(folder)?),
            };
            Action::ChooseFile(choice, ReplyForm::CommonUtils(form))
        }
        _ => return Err(CallError::NoSuchMethod),
    })
}

fn xml<'a>(
    store: &'a Json<'a>,
    key_type: &'a Json<'a>,
    documents: Vec<Input<'a>>,
    places: [&'a Json<'a>; 2],
    form: Form,
) -> Result<Action<'a>, CallError> {
    let (store, key_type) = (text(store)?, text(key_type)?);
    let [element, parent] = places;
    let element = match (text(element)?, text(parent)?) {
        // What NCALayer does with one of them alone is not known; with neither the whole document is signed.
        ("", _) | (_, "") => None,
        (element, parent) => match (element.parse(), parent.parse()) {
            (Ok(signed), Ok(parent)) => Some(XmlElement {
                signed,
                parent,
                id: IdAttribute::Id,
            }),
            (Err(error), _) | (_, Err(error)) => {
                let error = Error::Signing(signing::Error::Path(error));
                return Ok(Action::Refuse(error, ReplyForm::CommonUtils(form)));
            }
        },
    };
    let what = What::Xml {
        documents,
        layout: XmlLayout::LineBreaks,
        element,
    };
    Ok(ask(store, key_type, what, form))
}

fn cms<'a>(
    store: &'a Json<'a>,
    key_type: &'a Json<'a>,
    base64: &'a Json<'a>,
    attached: &'a Json<'a>,
    time_stamp: bool,
    form: Form,
) -> Result<Action<'a>, CallError> {
    let (store, key_type) = (text(store)?, text(key_type)?);
    let documents = vec![Input::StrictBase64(text(base64)?)];
    let what = What::Cms {
        documents,
        attached: boolean(attached)?,
        cosign: true,
    };
    Ok(match ask(store, key_type, what, form) {
        Action::Ask(ask, form) => Action::Ask(Ask { time_stamp, ..ask }, form),
        refusal => refusal,
    })
}

fn file<'a>(
    store: &str,
    key_type: &str,
    path: &str,
    attached: bool,
    time_stamp: bool,
    form: Form,
) -> Action<'a> {
    let stores = match stores::named(store) {
        Ok(stores) => stores,
        Err(error) => return Action::Refuse(error, ReplyForm::CommonUtils(form)),
    };
    let form = ReplyForm::CommonUtils(form);
    match files::named(path) {
        Some(path) => Action::SignFile(
            FileAsk {
                path,
                attached,
                stores,
                wanted: wanted(key_type),
                time_stamp,
            },
            form,
        ),
        None => Action::Refuse(Error::NamedFileNotFound, form),
    }
}

/// NCALayer knows seven words; none at all means a folder.
pub(super) fn file_kind(extension: &str) -> FileKind {
    match extension.to_ascii_uppercase().as_str() {
        "" | "DIRECTORY" => FileKind::Folder,
        "CRL" => FileKind::RevocationLists,
        "CER" => FileKind::Certificates,
        "P12" => FileKind::KeyFiles,
        "JKS" | "KEYSTORE" => FileKind::JavaKeyStores,
        _ => FileKind::Any,
    }
}

fn ask<'a>(store: &str, key_type: &str, what: What<'a>, form: Form) -> Action<'a> {
    let form = ReplyForm::CommonUtils(form);
    match stores::named(store) {
        Ok(stores) => Action::Ask(
            Ask {
                what,
                stores,
                wanted: wanted(key_type),
                language: None,
                logo: None,
                time_stamp: false,
            },
            form,
        ),
        Err(error) => Action::Refuse(error, form),
    }
}

/// Any other text means no filter.
fn wanted(key_type: &str) -> Wanted<'static> {
    Wanted {
        authentication: key_type == "AUTHENTICATION",
        signing: key_type == "SIGNATURE",
        ..stores::any_key()
    }
}

fn text<'a>(argument: &'a Json<'a>) -> Result<&'a str, CallError> {
    argument.as_text().ok_or(CallError::Mismatch)
}

/// A text that pages also leave out.
fn text_or_null<'a>(argument: &'a Json<'a>) -> Result<&'a str, CallError> {
    match argument {
        Json::Null => Ok(""),
        argument => text(argument),
    }
}

fn boolean(argument: &Json<'_>) -> Result<bool, CallError> {
    argument.to_bool().ok_or(CallError::Mismatch)
}

fn texts<'a>(argument: &'a Json<'a>) -> Result<Vec<Input<'a>>, CallError> {
    match argument {
        Json::Array(items) => items
            .iter()
            .map(|item| text(item).map(Input::Text))
            .collect(),
        _ => Err(CallError::Mismatch),
    }
}

impl Form {
    /// Of a request that was not read.
    pub(super) fn of_refusal(uuid: Option<String>) -> Self {
        Self { uuid, array: false }
    }

    pub(super) fn render(&self, outcome: &Result<Outcome, Error>) -> Reply {
        let text = match outcome {
            Ok(Outcome::Cancelled) => self.failure(Some("action.canceled".into())),
            Ok(Outcome::Certificate(shown)) => self.success(Some(&KeyInfo::of(shown))),
            Ok(Outcome::Signed(signed)) => match &signed.products {
                Products::Xml(documents) => self.values(documents),
                Products::Cms(items) => return self.base64(items),
                Products::Raw(items) => return self.base64(items),
            },
            Ok(Outcome::Stamped(items)) => return self.base64(items),
            Ok(Outcome::Chosen(path)) => self.success(Some(path.to_string_lossy().as_ref())),
            Ok(Outcome::Tokens(kinds)) => self.success(Some(&stores::in_order(kinds))),
            Err(error) => self.failure(wire_message(error)),
        };
        text.into()
    }

    fn values(&self, values: &[String]) -> String {
        match values {
            [value] if !self.array => self.success(Some(value)),
            values => self.success(Some(values)),
        }
    }

    /// As [`Form::values`] of the base64 texts.
    fn base64<T: Clone + Into<Message>>(&self, items: &[T]) -> Reply {
        let mut reply = Reply::default();
        reply.push_str(r#"{"code":"200","responseObject":"#);
        match items {
            [item] if !self.array => literals::push_base64(&mut reply, item),
            items => literals::push_array(&mut reply, items, literals::push_base64),
        }
        if let Some(uuid) = &self.uuid {
            reply.push_str(",\"uuid\":");
            reply.push_str(&to_text(uuid));
        }
        reply.push_str("}");
        reply
    }

    fn success<T: Serialize + ?Sized>(&self, response_object: Option<&T>) -> String {
        to_text(&Success {
            code: "200",
            response_object,
            uuid: self.uuid.as_deref(),
        })
    }

    fn failure(&self, message: Option<String>) -> String {
        to_text(&Failure {
            code: "500",
            message,
            uuid: self.uuid.as_deref(),
        })
    }
}

/// NCALayer's text where it is known; none where the product's exception had none.
pub(super) fn wire_message(error: &Error) -> Option<String> {
    Some(match error {
        Error::StoreNameEmpty => "storageName.param.empty".into(),
        Error::StoreUnknown => "storage.unknown".into(),
        Error::TokenAbsent => "storage.empty".into(),
        Error::NamedFileNotFound => "file.not_found".into(),
        Error::EmptyDigest => return None,
        Error::Document { number, error } => match wire_message(error) {
            Some(message) => format!("document {number}: {message}"),
            None => format!("document {number}"),
        },
        other => other.to_string(),
    })
}

/// `message` must never stand here: one client takes any message for a failure.
#[derive(Serialize)]
pub(super) struct Success<'a, T: Serialize + ?Sized> {
    pub(super) code: &'static str,
    #[serde(rename = "responseObject", skip_serializing_if = "Option::is_none")]
    pub(super) response_object: Option<&'a T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uuid: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Failure<'a> {
    pub(super) code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uuid: Option<&'a str>,
}

pub(super) fn to_text(reply: &impl Serialize) -> String {
    // These structures hold nothing that JSON could not say.
    serde_json::to_string(reply).unwrap_or_default()
}
