//! What the modules that others have built on commonUtils share: its envelope, and signatures as text.

use std::{ffi::OsStr, fmt::Display, path::Path};

use serde::Serialize;
use serde_json::{Value, json};
use signing::cms::Message;

use super::{
    Action, MemberError, ReplyForm,
    common_utils::{Failure, Success, file_kind, to_text, wire_message},
    text_member,
};
use crate::{
    ask::FileChoice,
    error::Error,
    files,
    json::{Json, Object},
    outcome::{Outcome, Products},
    reply::Reply,
};

/// How a person's no is told in this envelope, and in others that have no word of their own.
pub(super) const CANCELED: &str = "action.canceled";

/// Why a method is refused that writes files, or tells what stands in them in a way that is not known.
pub(super) const NOT_HERE: &str =
    "Tanba writes no files for a page; commonUtils.createCAdESFromFile signs one";

pub(super) fn success<T: Serialize + ?Sized>(response_object: &T) -> String {
    to_text(&Success {
        code: "200",
        response_object: Some(response_object),
        uuid: None,
    })
}

pub(super) fn failure(message: impl Display) -> String {
    to_text(&Failure {
        code: "500",
        message: Some(message.to_string()),
        uuid: None,
    })
}

pub(super) fn error(error: &Error) -> String {
    to_text(&Failure {
        code: "500",
        message: wire_message(error),
        uuid: None,
    })
}

/// The method that is called and its arguments.
pub(super) fn call<'a>(message: &'a Object<'a>) -> Result<(&'a str, &'a [Json<'a>]), MemberError> {
    let method = text_member(message, "method")?;
    let arguments = match message.get("args") {
        None => &[],
        Some(Json::Array(arguments)) => arguments.as_slice(),
        Some(_) => return Err(MemberError::NotA("args", "JSONArray")),
    };
    Ok((method, arguments))
}

/// Replies with a mistake in calling the module.
pub(super) fn refusal<'a>(message: impl Display) -> Action<'a> {
    Action::Reply(failure(message))
}

/// There is no such method, or none with so many arguments.
pub(super) fn no_such_method<'a>(method: &str) -> Action<'a> {
    refusal(format_args!("NoSuchMethodException {method}"))
}

/// An argument is of another type than the method's.
pub(super) fn mismatch<'a>(method: &str) -> Action<'a> {
    refusal(format_args!(
        "java.lang.IllegalArgumentException: argument type mismatch. Method: {method}"
    ))
}

/// A file that the person picked, in the parts that pages of these modules take.
pub(super) fn picked(path: &Path) -> Value {
    let text = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    json!({
        "path": text(Some(path.as_os_str())),
        "filename": text(path.file_name()),
        "filedir": text(path.parent().map(Path::as_os_str)),
    })
}

/// Asks the person for a file; none when an argument is not text.
pub(super) fn choose<'a>(
    extension: &'a Json<'a>,
    folder: &'a Json<'a>,
    form: ReplyForm,
) -> Option<Action<'a>> {
    let choice = FileChoice {
        kind: file_kind(extension.as_text()?),
        folder: match folder {
            Json::Null => None,
            folder => files::named(folder.as_text()?),
        },
    };
    Some(Action::ChooseFile(choice, form))
}

/// Signatures as pages take them, in the order of the documents: XML as it is, the rest in one line of base64.
pub(super) fn signatures(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Signed(signed) => match &signed.products {
            Products::Xml(documents) => documents.clone(),
            Products::Cms(items) => items.iter().map(base64).collect(),
            Products::Raw(items) => items.iter().map(base64).collect(),
        },
        Outcome::Stamped(items) => items.iter().map(base64).collect(),
        Outcome::Cancelled | Outcome::Certificate(_) | Outcome::Chosen(_) | Outcome::Tokens(_) => {
            Vec::new()
        }
    }
}

fn base64<T: Clone + Into<Message>>(bytes: &T) -> String {
    let mut text = Reply::default();
    text.push_base64(bytes.clone());
    text.to_string()
}
