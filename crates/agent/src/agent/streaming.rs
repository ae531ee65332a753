//! Documents that arrive by HTTP, each signed after a person's act of its own.

use pki::DigestAlgorithm;
use signing::cms::Message;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Agent, errand::Errand, fingerprint};
use crate::{
    ask::{Ask, Stores, Wanted, What},
    caller::Caller,
    ceremony::End,
    error::Error,
    log,
    outcome::{Outcome, Products},
    plan::Plan,
    protocol::{Label, StreamedOperation},
    streamed::{Streamed, Streaming},
};

/// What a person decided about a streamed document.
pub enum StreamedOutcome {
    /// It is signed: the CMS in DER.
    Signed(Vec<u8>),
    /// The person said no.
    Cancelled,
    /// There is nobody to answer to.
    Gone,
}

impl Agent {
    /// Whether the settings turn the HTTP interface for large documents on, now and whenever they change.
    pub fn streaming(&self) -> watch::Receiver<bool> {
        self.shared.streaming.subscribe()
    }

    /// Begins to take a document of an operation.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn stream(&self, operation: StreamedOperation) -> Result<Streaming, Error> {
        let old_keys = self.shared.finder.last().iter().any(|key| {
            key.certificate.as_ref().is_some_and(|certificate| {
                certificate.algorithm().digest() == DigestAlgorithm::Gost341195
            })
        });
        Streaming::new(operation.base64, operation.attached, old_keys)
    }

    /// Asks the person to sign a document that has arrived.
    ///
    /// # Errors
    /// As any request: busy, the window is lost, the key fails.
    pub async fn sign_streamed(
        &self,
        caller: &Caller,
        document: Streamed,
        gone: CancellationToken,
    ) -> Result<StreamedOutcome, Error> {
        let plan = Plan::make(Ask {
            what: What::Streamed(document.0),
            stores: Stores::Any,
            wanted: Wanted {
                signing: true,
                ..Wanted::default()
            },
            language: None,
            logo: None,
            time_stamp: false,
        })?;
        let size = plan.documents.iter().map(|it| it.size()).sum::<u64>();
        let entry = log::Entry::begin(usize::try_from(size).unwrap_or(usize::MAX));
        let ended = self.ask(caller, Errand::Plan(Box::new(plan)), gone).await;
        let (outcome, key, word) = match ended {
            Ok(End::Gone) => (Ok(StreamedOutcome::Gone), None, "withdrawn"),
            Ok(End::Outcome(outcome)) => {
                let key = fingerprint(&outcome);
                match outcome {
                    Outcome::Signed(signed) => match signed.products {
                        Products::Cms(items) => match <[Message; 1]>::try_from(items) {
                            Ok([cms]) => (Ok(StreamedOutcome::Signed(cms.into_vec())), key, "done"),
                            Err(_) => (Err(Error::Inside), key, "failed"),
                        },
                        _ => (Err(Error::Inside), key, "failed"),
                    },
                    _ => (Ok(StreamedOutcome::Cancelled), key, "cancelled"),
                }
            }
            Err(error @ Error::Busy) => (Err(error), None, "busy"),
            Err(error) => (Err(error), None, "failed"),
        };
        let label = Label {
            module: "streaming".into(),
            method: "sign".into(),
        };
        entry.end(&caller.origin, &label, word, key.as_deref(), None);
        outcome
    }
}
