//! `NURSign`: the module of the procurement portal (goszakup.gov.kz). It goes by `type` and `data`, without a method, and
//! replies `{"result":…,"errorCode":"NONE"}`.
//!
//! How sure we are: `version`, `text`, `xml`, `binary` and their replies are in clients of the portal, the reply to
//! `multitext` in two that disagree (`{"items":{…}}`, which is given here, or the ids at once). That the CMS carries its
//! content, `multixml`'s reply, `cms_raw` and the words of failures are our reading. Never compared with the product.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::{
    Action, ReplyForm,
    envelope::{CANCELED, signatures},
    stores,
};
use crate::{
    ask::{Ask, Input, Stores, What, XmlLayout},
    error::Error,
    json::{Json, Object},
    outcome::Outcome,
};

/// The only version with which the portal's pages go on.
const VERSION: &str = "1.0.0";

/// How the page sent its documents: signatures go back in the same shape.
#[derive(Debug)]
pub(crate) enum Form {
    One,
    List,
    /// By these names.
    Named(Vec<String>),
}

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    let Some(kind) = message.get("type").and_then(Json::as_text) else {
        return Action::Reply(failure("type is missing"));
    };
    let data = message.get("data");
    let read = match kind {
        "version" => {
            return Action::Reply(
                json!({ "result": { "version": VERSION }, "errorCode": "NONE" }).to_string(),
            );
        }
        "text" | "xml" => one(data, Input::Text),
        "binary" | "cms_raw" => one(data, Input::Base64),
        "multitext" | "multixml" => several(data),
        // It would send a file of this computer to an address of the page's choice.
        "file" => return Action::Reply(failure("Tanba sends no files for a page")),
        _ => return Action::Reply(failure("unknown type")),
    };
    let Some((documents, form)) = read else {
        return Action::Reply(failure(format_args!("wrong data for {kind}")));
    };
    let what = match kind {
        "xml" | "multixml" => What::Xml {
            documents,
            layout: XmlLayout::LineBreaks,
            element: None,
        },
        _ => What::Cms {
            documents,
            attached: true,
            cosign: false,
        },
    };
    Action::Ask(
        Ask {
            what,
            stores: Stores::Any,
            wanted: stores::any_key(),
            language: None,
            logo: None,
            time_stamp: false,
        },
        ReplyForm::NurSign(form),
    )
}

fn one<'a>(
    data: Option<&'a Json<'a>>,
    input: impl Fn(&'a str) -> Input<'a>,
) -> Option<(Vec<Input<'a>>, Form)> {
    Some((vec![input(data?.as_text()?)], Form::One))
}

/// An object of names and texts, or an array of texts.
fn several<'a>(data: Option<&'a Json<'a>>) -> Option<(Vec<Input<'a>>, Form)> {
    match data? {
        Json::Array(items) => {
            let documents = items
                .iter()
                .map(|item| item.as_text().map(Input::Text))
                .collect::<Option<_>>()?;
            Some((documents, Form::List))
        }
        Json::Object(items) => {
            let (names, documents) = items
                .iter()
                .map(|(name, item)| Some((name.to_owned(), Input::Text(item.as_text()?))))
                .collect::<Option<(Vec<_>, Vec<_>)>>()?;
            Some((documents, Form::Named(names)))
        }
        _ => None,
    }
}

impl Form {
    pub(super) fn render(&self, outcome: &Result<Outcome, Error>) -> String {
        let signatures = match outcome {
            Ok(Outcome::Cancelled) => return failure(CANCELED),
            Ok(outcome) => signatures(outcome),
            Err(error) => return failure(error),
        };
        let result = match self {
            Self::One => signatures.into_iter().next().into(),
            Self::List => json!({ "items": signatures }),
            Self::Named(names) => {
                let items: Map<String, Value> = names
                    .iter()
                    .cloned()
                    .zip(signatures.into_iter().map(Value::from))
                    .collect();
                json!({ "items": items })
            }
        };
        json!({ "result": result, "errorCode": "NONE" }).to_string()
    }
}

fn failure(message: impl Display) -> String {
    json!({ "errorCode": "500", "errorMessage": message.to_string() }).to_string()
}
