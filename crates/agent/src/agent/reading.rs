//! A message as far as it can be answered without a person.

use tokio::task;
use window_messages::Language;

use super::errand::Errand;
use crate::{
    ask::Ask,
    error::Error,
    json,
    lifted::{Lifted, lift},
    limits::MESSAGE_BYTES,
    plan::{self, Plan},
    protocol::{self, Action, Label, Missing, ReplyForm},
    reply::Reply,
    settings::Modules,
};

/// Texts up to this size are read on the spot; larger ones on a thread of their own.
const SMALL: usize = 64 * 1024;

/// A request as far as it goes without a person, free of the text it came in.
pub(super) enum Step {
    Ignore,
    Reply(Reply),
    ChangeLanguage {
        language: Option<Language>,
        reply: Option<String>,
    },
    NotFound(Option<Missing>),
    ShowSettings {
        reply: String,
    },
    ListTokens(ReplyForm),
    Refuse(Error, ReplyForm),
    Ask(Errand, ReplyForm),
}

/// Reads a message.
pub(super) async fn prepare(text: String, modules: Modules) -> (Label, Step) {
    if text.len() <= SMALL {
        return read(text, modules);
    }
    let reading = task::spawn_blocking(move || read(text, modules));
    reading
        .await
        .unwrap_or_else(|_| read(String::new(), modules))
}

fn read(text: String, modules: Modules) -> (Label, Step) {
    if text.len() > MESSAGE_BYTES {
        let (label, reply) = protocol::refuse_too_long(text.as_bytes(), &[], modules);
        return (label, Step::Reply(reply));
    }
    let (text, lifted) = if protocol::may_be_lifted(&text, modules) {
        lift(text)
    } else {
        (text, Lifted::nothing())
    };
    let json = json::parse(&text);
    let request = protocol::read(&json, modules);
    let step = match request.action {
        Action::Ignore => Step::Ignore,
        Action::Reply(reply) => Step::Reply(reply.into()),
        Action::ChangeLanguage { language, reply } => Step::ChangeLanguage { language, reply },
        Action::NotFound(missing) => Step::NotFound(missing),
        Action::ShowSettings { reply } => Step::ShowSettings { reply },
        Action::Refuse(error, form) => Step::Refuse(error, form),
        Action::Ask(ask, form) => match plan(ask, lifted) {
            Ok(plan) => Step::Ask(Errand::Plan(Box::new(plan)), form),
            Err(error) => Step::Refuse(error, form),
        },
        Action::ListTokens(form) => Step::ListTokens(form),
        Action::SignFile(ask, form) => match plan::check_stores(&ask.stores) {
            Ok(()) => Step::Ask(Errand::SignFile(Box::new(ask)), form),
            Err(error) => Step::Refuse(error, form),
        },
        Action::ChooseFile(choice, form) => Step::Ask(Errand::ChooseFile(choice), form),
    };
    (request.label, step)
}

fn plan(mut ask: Ask<'_>, lifted: Lifted) -> Result<Plan, Error> {
    let settled = lifted.settle(&mut ask)?;
    // From here on it borrows from what was decoded too.
    let mut ask = ask;
    settled.put_into(&mut ask);
    Plan::make(ask)
}

/// Reads a request as [`Agent::answer`](crate::Agent::answer) does, up to the point where a person is needed. For fuzzing.
#[doc(hidden)]
pub fn read_request(text: &str) {
    let (_, step) = read(text.to_owned(), Modules::ALL);
    if let Step::Ask(Errand::Plan(plan), _) = step {
        for document in &plan.documents {
            document.preview();
        }
        plan.document_views();
    }
}

/// The documents that a request asks to have signed.
#[cfg(test)]
pub(crate) fn documents_of(text: String) -> Result<Vec<Vec<u8>>, Error> {
    match read(text, Modules::default()).1 {
        Step::Ask(Errand::Plan(plan), _) => Ok(plan
            .documents
            .iter()
            .map(|document| document.covered().to_vec())
            .collect()),
        Step::Refuse(error, _) => Err(error),
        _ => Err(Error::Inside),
    }
}
