//! `kz.gov.pki.cms.CMSSignUtil` (ezSigner and other signers of documents): files that the page names by their paths are
//! read, signed, and written beside.
//!
//! How sure we are: methods, arguments, envelope and the members of `getFilePath`'s reply are from two clients. The product
//! writes the signature beside the file and answers with its path; one of the clients takes the signature itself in base64
//! as well, and gives it to the person as a download. That is what `signFilePath` answers here, because we write no files
//! for a page. The other two write where the page says, or hand out what stands in a file in a shape that is not known
//! exactly: they are refused in the module's own words, so that a page says so and does not ask for another bundle.

use super::{
    Action, ReplyForm,
    envelope::{self, CANCELED},
    stores,
};
use crate::{
    ask::FileAsk,
    error::Error,
    files,
    json::{Json, Object},
    outcome::Outcome,
};

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
        ("signFilePath", [path, folder, store]) => {
            sign_file(path, folder, store).unwrap_or_else(mismatch)
        }
        ("saveCMS", [_, _]) | ("checkCMS", [_]) => {
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

/// The signature holds the file, as `saveCMS` takes it out again. The folder is where the product writes, and unused.
fn sign_file<'a>(path: &Json<'_>, folder: &Json<'_>, store: &Json<'_>) -> Option<Action<'a>> {
    let form = ReplyForm::CmsSignUtil(Form);
    let (path, store) = (path.as_text()?, store.as_text()?);
    if !matches!(folder, Json::Null) {
        folder.as_text()?;
    }
    Some(match (stores::named(store), files::named(path)) {
        (Ok(stores), Some(path)) => Action::SignFile(
            FileAsk {
                path,
                attached: true,
                stores,
                wanted: stores::any_key(),
                time_stamp: false,
            },
            form,
        ),
        (Ok(_), None) => Action::Refuse(Error::NamedFileNotFound, form),
        (Err(error), _) => Action::Refuse(error, form),
    })
}

impl Form {
    pub(super) fn render(self, outcome: &Result<Outcome, Error>) -> String {
        match outcome {
            Ok(Outcome::Chosen(path)) => envelope::success(&envelope::picked(path)),
            Ok(Outcome::Cancelled) => envelope::failure(CANCELED),
            Ok(outcome) => envelope::success(&envelope::signatures(outcome).into_iter().next()),
            Err(error) => envelope::error(error),
        }
    }
}
