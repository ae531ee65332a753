//! `tanba verify`.

use std::sync::Arc;

use agent::commands::{VerifyOptions, session_language, verify_file, with_network_choice};
use anyhow::Result;
use fetch::HttpFetch;
use window_messages::Language;

use crate::cli::{self, VerifyArguments};
use crate::exit::Exit;
use crate::network;

pub(crate) fn run(arguments: VerifyArguments) -> Result<Exit> {
    let language = language(arguments.language);
    let fetch = if arguments.offline {
        None
    } else {
        let way = with_network_choice(&arguments.data_dir.resolve()?, network::way)?;
        Some(Arc::new(HttpFetch::new(way)) as _)
    };
    let options = VerifyOptions {
        content: arguments.document,
        digest: arguments.digest.map(|digest| digest.0),
        certificate: arguments.certificate,
        trust_test_ca: arguments.trust_test_ca,
        authorities: arguments.ca,
        fetch,
    };
    let report = verify_file(&arguments.file, &options)?;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.text(language));
    }
    Ok(if report.holds() {
        Exit::Done
    } else if report.is_broken() {
        Exit::Failed
    } else {
        Exit::Undetermined
    })
}

/// What was asked for, else the session's; a session in another language reads English.
fn language(asked: Option<cli::Language>) -> Language {
    match asked {
        Some(cli::Language::Kk) => Language::Kk,
        Some(cli::Language::Ru) => Language::Ru,
        Some(cli::Language::En) => Language::En,
        None => session_language().unwrap_or(Language::En),
    }
}
