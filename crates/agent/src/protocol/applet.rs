//! `kz.gov.pki.knca.applet.Applet`: what the applet of 2010 was, and the module that is meant when a request names none.
//! Off unless a person turns it on: its pages send the path of a key file and its password. Both are passed over even
//! then, and our window asks for the key each time.
//!
//! How sure we are: methods, arguments, replies and error codes are from two public clients; the national authority is
//! said to have turned the module off in October 2024. That `browseKeyStore` names no file, that a person's no is
//! `COMMON`, that texts to be signed or digested are meant as UTF-8, the names of digests, and that `signXmlByElementId`
//! means the first elements of those names and the root when no parent is named, are our reading.

mod check;

use base64::{Engine, prelude::BASE64_STANDARD};
use pki::ObjectIdentifier;
use serde_json::{Value, json};
use signing::xml::{ElementPath, IdAttribute};
use time::{OffsetDateTime, macros::format_description};

use super::{
    Action, ReplyForm,
    envelope::{choose, signatures},
    locale, stores,
};
use crate::{
    ask::{Ask, FileAsk, Input, Stores, Wanted, What, XmlElement, XmlLayout},
    error::Error,
    files,
    json::{Json, Object},
    outcome::{Outcome, ShownKey},
};

/// What the page wants to hear.
#[derive(Debug)]
pub(crate) enum Form {
    /// A signature.
    Signature,
    /// The key, as a line of `getKeys`.
    Keys,
    Subject,
    Issuer,
    NotBefore,
    NotAfter,
    /// The subject's attribute of this kind, the one at this place among equals.
    Rdn(ObjectIdentifier, usize),
    /// The readers that hold a token of this kind, one a line.
    Slots(&'static str),
    /// What stands for the path of a token of this kind.
    TokenPath(&'static str),
    /// Whether the signature is this key's over the data.
    Verdict {
        data: Vec<u8>,
        signature: Vec<u8>,
    },
}

/// What `browseKeyStore` gives for a path: pages want one, and it comes back with every later request.
const NO_PATH: &str = "Tanba";

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    let method = message
        .get("method")
        .and_then(Json::as_text)
        .unwrap_or_default();
    let arguments = match message.get("args") {
        Some(Json::Array(arguments)) => arguments.as_slice(),
        None => &[],
        Some(_) => return failed("COMMON"),
    };
    match call(method, arguments) {
        Some(action) => action,
        None if METHODS.contains(&method) => failed("COMMON"),
        None => Action::Reply(failure(&format!("Method not implemented. Method:{method}"))),
    }
}

/// The methods that there are: another number or kind of arguments is an error of the call.
const METHODS: [&str; 21] = [
    "browseKeyStore",
    "showFileChooser",
    "loadSlotList",
    "getKeys",
    "getSubjectDN",
    "getIssuerDN",
    "getNotBefore",
    "getNotAfter",
    "getRdnByOid",
    "signPlainData",
    "verifyPlainData",
    "createCMSSignature",
    "createCMSSignatureFromFile",
    "verifyCMSSignature",
    "verifyCMSSignatureFromFile",
    "signXml",
    "signXmlByElementId",
    "verifyXml",
    "getHash",
    "setLocale",
    "deleteEntry",
];

fn call<'a>(method: &str, arguments: &'a [Json<'a>]) -> Option<Action<'a>> {
    let text = Json::as_text;
    Some(match (method, arguments) {
        ("setLocale", [language]) => Action::ChangeLanguage {
            language: language.as_text().and_then(locale::language),
            reply: None,
        },
        ("getHash", [data, algorithm]) => answered(check::hash(text(data)?, text(algorithm)?)),
        ("verifyXml", [document]) => answered(check::xml(text(document)?, true)),
        // Whoever names the attribute means the signature of an element.
        ("verifyXml", [document, id] | [document, id, _]) => {
            answered(check::xml(text(document)?, text(id)?.is_empty()))
        }
        ("verifyCMSSignature", [signature, data]) => {
            answered(check::cms(text(signature)?, text(data)?))
        }
        ("browseKeyStore", [store, _, _]) => match stores::named(text(store)?) {
            Ok(Stores::Files) => answered(Ok(NO_PATH.into())),
            Ok(Stores::Token(kind)) => list(Form::TokenPath(kind)),
            Ok(_) => failed("LOAD_KEYSTORE_ERROR"),
            Err(_) => failed("UNKNOWN_STORAGE"),
        },
        ("loadSlotList", [store]) => match stores::named(text(store)?) {
            Ok(Stores::Token(kind)) => list(Form::Slots(kind)),
            Ok(_) => failed("EMPTY_SLOT"),
            Err(_) => failed("UNKNOWN_STORAGE"),
        },
        ("getKeys", [store, _, _, purpose]) => {
            let purpose = text(purpose)?;
            let wanted = Wanted {
                authentication: purpose == "AUTH",
                signing: purpose == "SIGN",
                ..stores::any_key()
            };
            ask(text(store)?, What::ShowCertificate, wanted, Form::Keys)
        }
        ("getSubjectDN", [store, _, _, _]) => show(text(store)?, Form::Subject),
        ("getIssuerDN", [store, _, _, _]) => show(text(store)?, Form::Issuer),
        ("getNotBefore", [store, _, _, _]) => show(text(store)?, Form::NotBefore),
        ("getNotAfter", [store, _, _, _]) => show(text(store)?, Form::NotAfter),
        ("getRdnByOid", [store, _, _, _, oid, index]) => {
            let Ok(oid) = text(oid)?.trim().parse() else {
                return Some(failed("RDN_NOT_FOUND"));
            };
            show(text(store)?, Form::Rdn(oid, place(index)?))
        }
        ("verifyPlainData", [store, _, _, _, data, signature]) => {
            let data = text(data)?.as_bytes().to_vec();
            match BASE64_STANDARD.decode(text(signature)?) {
                Ok(signature) => show(text(store)?, Form::Verdict { data, signature }),
                Err(_) => failed("SIGNATURE_VALIDATION_ERROR"),
            }
        }
        ("signPlainData", [store, _, _, _, data]) => sign(
            text(store)?,
            What::Raw {
                documents: vec![Input::Text(text(data)?)],
                digested: false,
            },
        ),
        ("createCMSSignature", [store, _, _, _, data, attached]) => sign(
            text(store)?,
            What::Cms {
                documents: vec![Input::Text(text(data)?)],
                attached: attached.to_bool()?,
                cosign: false,
            },
        ),
        ("signXml", [store, _, _, _, document]) => sign(
            text(store)?,
            What::Xml {
                documents: vec![Input::Text(text(document)?)],
                layout: XmlLayout::LineBreaks,
                element: None,
            },
        ),
        ("signXmlByElementId", [store, _, _, _, document, element, id, parent]) => {
            let Some(element) = element_named(text(element)?, text(id)?, text(parent)?) else {
                return Some(failed("COMMON"));
            };
            sign(
                text(store)?,
                What::Xml {
                    documents: vec![Input::Text(text(document)?)],
                    layout: XmlLayout::LineBreaks,
                    element: Some(element),
                },
            )
        }
        ("showFileChooser", [extension, folder]) => {
            choose(extension, folder, ReplyForm::Applet(Form::Signature))?
        }
        ("createCMSSignatureFromFile", [store, _, _, _, path, attached]) => {
            sign_file(text(store)?, text(path)?, attached.to_bool()?)
        }
        // Nobody was asked whether the page may learn anything of the file.
        ("verifyCMSSignatureFromFile", [_, _]) => failed("FILE_READ_ERROR"),
        // Keys are not deleted for a page.
        ("deleteEntry", [_, _, _]) => failed("COMMON"),
        _ => return None,
    })
}

/// The first element of a name, by its attribute `id`, and the first one of another name for its parent; without a name
/// that is the root. The attribute must be one that verifiers look at: nobody would find the element by another.
fn element_named(name: &str, id: &str, parent: &str) -> Option<XmlElement> {
    Some(XmlElement {
        signed: ElementPath::first_named(name).ok()?,
        parent: match parent {
            "" => ElementPath::root(),
            name => ElementPath::first_named(name).ok()?,
        },
        id: IdAttribute::named(id)?,
    })
}

fn place(index: &Json<'_>) -> Option<usize> {
    match index {
        Json::Number(number) if (0.0..1000.0).contains(number) => Some(*number as usize),
        Json::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn show<'a>(store: &str, form: Form) -> Action<'a> {
    ask(store, What::ShowCertificate, stores::any_key(), form)
}

fn sign<'a>(store: &str, what: What<'a>) -> Action<'a> {
    ask(store, what, stores::any_key(), Form::Signature)
}

fn sign_file<'a>(store: &str, path: &str, attached: bool) -> Action<'a> {
    let form = ReplyForm::Applet(Form::Signature);
    match (stores::named(store), files::named(path)) {
        (Ok(stores), Some(path)) => Action::SignFile(
            FileAsk {
                path,
                attached,
                stores,
                wanted: stores::any_key(),
                time_stamp: false,
            },
            form,
        ),
        (Ok(_), None) => Action::Refuse(Error::NamedFileNotFound, form),
        (Err(error), _) => Action::Refuse(error, form),
    }
}

fn ask<'a>(store: &str, what: What<'a>, wanted: Wanted<'a>, form: Form) -> Action<'a> {
    let form = ReplyForm::Applet(form);
    match stores::named(store) {
        Ok(stores) => Action::Ask(
            Ask {
                what,
                stores,
                wanted,
                language: None,
                logo: None,
                time_stamp: false,
            },
            form,
        ),
        Err(error) => Action::Refuse(error, form),
    }
}

fn answered<'a>(result: Result<Value, &str>) -> Action<'a> {
    match result {
        Ok(value) => Action::Reply(success(&value)),
        Err(code) => failed(code),
    }
}

fn failed<'a>(code: &str) -> Action<'a> {
    Action::Reply(failure(code))
}

fn list<'a>(form: Form) -> Action<'a> {
    Action::ListTokens(ReplyForm::Applet(form))
}

impl Form {
    pub(super) fn render(&self, outcome: &Result<Outcome, Error>) -> String {
        match outcome {
            Ok(Outcome::Cancelled) => failure("COMMON"),
            Ok(Outcome::Chosen(path)) => success(&path.to_string_lossy().into()),
            Ok(Outcome::Tokens(kinds)) => match self {
                Self::Slots(kind) if kinds.contains_key(kind) => {
                    success(&kinds.get(kind).map(|readers| readers.join("\n")).into())
                }
                Self::TokenPath(kind) if kinds.contains_key(kind) => success(&NO_PATH.into()),
                _ => failure("EMPTY_SLOT"),
            },
            Ok(Outcome::Certificate(key)) => match self.of_key(key) {
                Ok(value) => success(&value),
                Err(code) => failure(code),
            },
            Ok(outcome) => success(&signatures(outcome).into_iter().next().into()),
            Err(error) => failure(code(error)),
        }
    }

    fn of_key(&self, key: &ShownKey) -> Result<Value, &'static str> {
        let certificate = &key.certificate;
        let subject = certificate.subject();
        Ok(match self {
            Self::Keys => format!(
                "{}|{}|{}|{}",
                certificate.algorithm().java_name(),
                subject.common_name().unwrap_or_default(),
                certificate.serial_hex(),
                key.alias
            )
            .into(),
            Self::Subject => subject.to_ncalayer_string().into(),
            Self::Issuer => certificate.issuer().to_ncalayer_string().into(),
            Self::NotBefore => date(certificate.not_before()).into(),
            Self::NotAfter => date(certificate.not_after()).into(),
            Self::Rdn(oid, index) => subject
                .values(*oid)
                .nth(*index)
                .ok_or("RDN_NOT_FOUND")?
                .into(),
            Self::Verdict { data, signature } => signing::raw::verify(certificate, data, signature)
                .is_ok()
                .into(),
            Self::Signature | Self::Slots(_) | Self::TokenPath(_) => return Err("COMMON"),
        })
    }
}

/// `dd.MM.yyyy HH:mm:ss` by the clocks of Almaty and Astana, which were put back an hour on 1 March 2024.
fn date(seconds: i64) -> String {
    const PUT_BACK: i64 = 1_709_229_600;
    let hours = if seconds < PUT_BACK { 6 } else { 5 };
    let format = format_description!("[day].[month].[year] [hour]:[minute]:[second]");
    OffsetDateTime::from_unix_timestamp(seconds.saturating_add(hours * 3600))
        .ok()
        .and_then(|moment| moment.format(&format).ok())
        .unwrap_or_default()
}

fn code(error: &Error) -> &'static str {
    match error {
        Error::StoreNameEmpty | Error::StoreUnknown => "UNKNOWN_STORAGE",
        Error::TokenAbsent => "EMPTY_SLOT",
        Error::JksUnsupported => "LOAD_KEYSTORE_ERROR",
        Error::NamedFileNotFound | Error::NamedFile(_) | Error::FileTooLarge { .. } => {
            "FILE_READ_ERROR"
        }
        Error::Signing(signing::Error::Xml(_)) => "XML_PARSE_EXCEPTION",
        _ => "COMMON",
    }
}

fn success(result: &Value) -> String {
    json!({ "result": result, "errorCode": "NONE" }).to_string()
}

fn failure(code: &str) -> String {
    json!({ "errorCode": code }).to_string()
}
