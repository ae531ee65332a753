//! `kz.gov.pki.cms.CMSSignUtil` (ezSigner and other signers of documents): files that the page names by their paths are
//! read, signed, and written beside.
//!
//! How sure we are: methods, arguments, envelope and the members of `getFilePath`'s reply are from two clients. The other
//! three write files of this computer where the page says, or hand out what stands in one in a shape that is not known
//! exactly: they are refused in the module's own words, so that a page says so and does not ask for another bundle.

use super::{
    Action, ReplyForm,
    envelope::{self, CANCELED},
};
use crate::{error::Error, json::Object, outcome::Outcome};

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
        ("getFilePath", [extension, folder]) => {
            envelope::choose(extension, folder, ReplyForm::CmsSignUtil(Form))
                .unwrap_or_else(mismatch)
        }
        ("saveCMS", [_, _]) | ("signFilePath", [_, _, _]) | ("checkCMS", [_]) => {
            if arguments
                .iter()
                .all(|argument| argument.as_text().is_some())
            {
                envelope::refusal(envelope::NOT_HERE)
            } else {
                mismatch()
            }
        }
        _ => envelope::no_such_method(method),
    }
}

impl Form {
    pub(super) fn render(self, outcome: &Result<Outcome, Error>) -> String {
        match outcome {
            Ok(Outcome::Chosen(path)) => envelope::success(&envelope::picked(path)),
            Ok(_) => envelope::failure(CANCELED),
            Err(error) => envelope::error(error),
        }
    }
}
