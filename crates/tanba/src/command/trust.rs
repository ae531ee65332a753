//! `tanba trust`.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde::Serialize;
use server::ca::{CaCertificate, Identity};
use server::trust::{self, Browser, Change, Outcome, Places, State};

use crate::cli::{TrustAction, TrustArguments, TrustOptions};
use crate::exit::Exit;

/// One store, as `--json` prints it.
#[derive(Serialize)]
struct Row<'a> {
    browser: &'static str,
    store: &'a Path,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(crate) fn run(arguments: &TrustArguments) -> Result<Exit> {
    let places = Places::of_user()?;
    match &arguments.action {
        TrustAction::Install(options) => {
            let data_dir = options.data_dir.resolve()?;
            let identity = Identity::load_or_make(&data_dir, SystemTime::now())?;
            let outcomes = trust::install(&places, identity.ca())?;
            let done = report(&outcomes, options.json, change_words)?;
            if done == Exit::Done && !options.json {
                println!(
                    "The CA is {}. Restart browsers that are open.",
                    CaCertificate::path(&data_dir).display()
                );
            }
            Ok(done)
        }
        TrustAction::Remove(options) => {
            report(&trust::remove(&places)?, options.json, change_words)
        }
        TrustAction::Status(options) => status(&places, options),
    }
}

fn status(places: &Places, options: &TrustOptions) -> Result<Exit> {
    let ca = CaCertificate::of(&options.data_dir.resolve()?)?;
    let outcomes = trust::status(places, ca.as_ref())?;
    let done = report(&outcomes, options.json, state_words)?;
    if done != Exit::Done {
        return Ok(done);
    }
    let all_trust = outcomes
        .iter()
        .all(|(_, state)| matches!(state, Ok(State::Trusted)));
    if !all_trust && !options.json {
        println!("`tanba trust install` makes all of them trust Tanba.");
    }
    Ok(if all_trust { Exit::Done } else { Exit::Failed })
}

/// A word for programs and a sentence for people.
type Words = (&'static str, &'static str);

fn change_words(change: &Change) -> Words {
    match change {
        Change::Installed => ("installed", "trusts Tanba now"),
        Change::AlreadyThere => ("already-there", "trusted Tanba already"),
        Change::Removed => ("removed", "trusts Tanba no more"),
        Change::NothingToRemove => ("nothing-to-remove", "did not trust Tanba"),
        _ => ("changed", "was changed"),
    }
}

fn state_words(state: &State) -> Words {
    match state {
        State::Trusted => ("trusted", "trusts Tanba"),
        State::Outdated => ("outdated", "trusts an older CA of Tanba"),
        State::NotTrusted => ("not-trusted", "does not trust Tanba"),
        _ => ("unknown", "is in an unknown state"),
    }
}

/// Prints a line a store; failed when one of them could not be done.
fn report<T>(outcomes: &[Outcome<T>], json: bool, words: impl Fn(&T) -> Words) -> Result<Exit> {
    let mut exit = Exit::Done;
    for (store, outcome) in outcomes {
        let browser = match store.browser {
            Browser::Firefox => "Firefox",
            _ => "Chromium and relatives",
        };
        let (result, sentence, error) = match outcome {
            Ok(done) => {
                let (result, sentence) = words(done);
                (result, sentence.to_owned(), None)
            }
            Err(error) => {
                exit = Exit::Failed;
                (
                    "failed",
                    format!("could not be changed: {error}"),
                    Some(error.to_string()),
                )
            }
        };
        if json {
            let row = Row {
                browser,
                store: &store.folder,
                result,
                error,
            };
            println!(
                "{}",
                serde_json::to_string(&row).context("the path of a store is not UTF-8")?
            );
        } else {
            println!("{browser} ({}) {sentence}", store.folder.display());
        }
    }
    Ok(exit)
}
