//! `kz.uchet.signUtil.commonUtils`: portals built on uchet.kz. Its pages send the path of a key file and its password;
//! both are passed over here, and our window asks for the key.
//!
//! How sure we are: methods and their arguments are from several pages that call them, the envelope too (`code` is a
//! number in some and text in others; text is given). That the CMS carries its content, the members that `getFilePath` gives
//! (those of `CMSSignUtil`), and the version are our reading. What writes files of this computer, or hands out what stands
//! in them in a shape that is not known, is refused: `signFileFromDiskAndSaveToDiskApi`, `checkCMS`.

use super::{
    Action, ReplyForm,
    envelope::{self, CANCELED, signatures},
    stores,
};
use crate::{
    ask::{Ask, Input, What},
    error::Error,
    json::Object,
    outcome::Outcome,
};

/// Which of the product's versions this one stands for.
pub(super) const VERSION: &str = "1.0.0";

/// Replies need nothing of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form;

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    let (method, arguments) = match envelope::call(message) {
        Ok(call) => call,
        Err(error) => return envelope::refusal(error),
    };
    let mismatch = || envelope::mismatch(method);
    match (method, arguments) {
        ("getVersion", [] | [_]) => Action::Reply(envelope::success(VERSION)),
        ("signFileAndReturnBase64Api", [_token, document, _path, _password, store]) => {
            match (document.as_text(), store.as_text()) {
                (Some(document), Some(store)) => sign(document, store),
                _ => mismatch(),
            }
        }
        ("getFilePath", [extension, folder]) => {
            envelope::choose(extension, folder, ReplyForm::Uchet(Form)).unwrap_or_else(mismatch)
        }
        ("signFileFromDiskAndSaveToDiskApi", [_, _, _, _, _, _]) | ("checkCMS", [_]) => {
            envelope::refusal(envelope::NOT_HERE)
        }
        _ => envelope::no_such_method(method),
    }
}

fn sign<'a>(document: &'a str, store: &str) -> Action<'a> {
    let form = ReplyForm::Uchet(Form);
    let stores = match stores::named(store) {
        Ok(stores) => stores,
        Err(error) => return Action::Refuse(error, form),
    };
    Action::Ask(
        Ask {
            what: What::Cms {
                documents: vec![Input::Base64(document)],
                attached: true,
                cosign: false,
            },
            stores,
            wanted: stores::any_key(),
            language: None,
            logo: None,
            time_stamp: false,
        },
        form,
    )
}

impl Form {
    pub(super) fn render(self, outcome: &Result<Outcome, Error>) -> String {
        match outcome {
            Ok(Outcome::Cancelled) => envelope::failure(CANCELED),
            Ok(Outcome::Chosen(path)) => envelope::success(&envelope::picked(path)),
            Ok(outcome) => envelope::success(&signatures(outcome).into_iter().next()),
            Err(error) => envelope::error(error),
        }
    }
}
