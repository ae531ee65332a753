//! `tanba verify`.

use agent::commands::verify_file;
use anyhow::Result;

use crate::cli::VerifyArguments;
use crate::exit::Exit;

pub(crate) fn run(arguments: &VerifyArguments) -> Result<Exit> {
    let report = verify_file(
        &arguments.file,
        arguments.document.as_deref(),
        arguments.certificate.as_deref(),
    )?;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{report}");
    }
    Ok(if report.holds {
        Exit::Done
    } else {
        Exit::Failed
    })
}
