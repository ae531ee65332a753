//! What a request wants of a person, once it is its turn.

use std::path::PathBuf;

use tokio::task;
use tokio_util::sync::CancellationToken;
use window_messages::{FileView, Verb};

use super::Agent;
use crate::{
    ask::{Ask, FileAsk, FileChoice, Stores, What},
    caller::Caller,
    ceremony::{Ceremony, End},
    error::Error,
    files::{self, Answer, FileQuestion},
    outcome::Outcome,
    plan::Plan,
};

/// What a person must decide.
pub(super) enum Errand {
    /// To sign, or to show a certificate.
    Plan(Box<Plan>),
    /// To sign a file that the page names.
    SignFile(Box<FileAsk>),
    /// Which file the page may hear of.
    ChooseFile(FileChoice),
}

impl Errand {
    /// The kind of token without which there is nothing to show.
    pub(super) fn token_kind(&self) -> Option<&'static str> {
        let stores = match self {
            Self::Plan(plan) => &plan.filter.stores,
            Self::SignFile(ask) => &ask.stores,
            Self::ChooseFile(_) => return None,
        };
        match stores {
            Stores::Token(kind) => Some(kind),
            _ => None,
        }
    }
}

impl Agent {
    /// Runs an errand; the window is ours.
    pub(super) async fn run(
        &self,
        caller: &Caller,
        errand: Errand,
        gone: CancellationToken,
    ) -> Result<End, Error> {
        match errand {
            Errand::Plan(plan) => self.decide(caller, *plan, gone).await,
            Errand::SignFile(ask) => self.sign_file(caller, *ask, gone).await,
            Errand::ChooseFile(choice) => self.choose_file(caller, choice, gone).await,
        }
    }

    async fn decide(
        &self,
        caller: &Caller,
        plan: Plan,
        gone: CancellationToken,
    ) -> Result<End, Error> {
        let request = self.next_request();
        Ceremony::begin(self.shared.clone(), caller.clone(), gone, request, plan)?
            .run()
            .await
    }

    /// The file is read only after the person picked it on this connection, or allows it now; then it is signed like
    /// any other document.
    async fn sign_file(
        &self,
        caller: &Caller,
        ask: FileAsk,
        gone: CancellationToken,
    ) -> Result<End, Error> {
        let mut question = None;
        if !self.shared.picked.has(caller, &ask.path) {
            let file = FileView {
                path: ask.path.to_string_lossy().into_owned(),
                kind: window_messages::FileKind::Any,
            };
            match self.ask_about(caller, &gone, Verb::ReadFile, file).await? {
                Answer::Gone => return Ok(End::Gone),
                Answer::Yes(open) => question = Some(open),
                Answer::No | Answer::Chosen(_) => return Ok(End::Outcome(Outcome::Cancelled)),
            }
        }
        let reading = task::spawn_blocking(move || {
            let file = files::read(&ask.path)?;
            Plan::make(Ask {
                what: What::File {
                    file,
                    attached: ask.attached,
                },
                stores: ask.stores,
                wanted: ask.wanted,
                language: None,
                logo: None,
                time_stamp: ask.time_stamp,
            })
        });
        let planned = reading.await.unwrap_or(Err(Error::Inside));
        match planned {
            Ok(plan) => self.decide(caller, plan, gone).await,
            Err(error) => {
                if let Some(question) = question {
                    question.failed().await;
                }
                Err(error)
            }
        }
    }

    async fn choose_file(
        &self,
        caller: &Caller,
        choice: FileChoice,
        gone: CancellationToken,
    ) -> Result<End, Error> {
        let file = FileView {
            path: choice.folder.map(path_text).unwrap_or_default(),
            kind: choice.kind,
        };
        let answer = self
            .ask_about(caller, &gone, Verb::ChooseFile, file)
            .await?;
        Ok(match answer {
            Answer::Gone => End::Gone,
            Answer::No | Answer::Yes(_) => End::Outcome(Outcome::Cancelled),
            Answer::Chosen(path) => {
                if choice.kind != window_messages::FileKind::Folder {
                    self.shared.picked.add(caller, path.clone(), &gone);
                }
                End::Outcome(Outcome::Chosen(path))
            }
        })
    }

    async fn ask_about(
        &self,
        caller: &Caller,
        gone: &CancellationToken,
        verb: Verb,
        file: FileView,
    ) -> Result<Answer, Error> {
        FileQuestion {
            shared: self.shared.clone(),
            caller: caller.clone(),
            gone: gone.clone(),
            request: self.next_request(),
            verb,
            file,
        }
        .ask()
        .await
    }
}

fn path_text(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}
