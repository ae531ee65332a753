//! `tanba keys`.

use agent::commands::list_keys;
use anyhow::Result;

use crate::cli::KeysArguments;
use crate::exit::Exit;

pub(crate) fn run(arguments: KeysArguments) -> Result<Exit> {
    let keys = list_keys(&arguments.data_dir.resolve()?, arguments.folders)?;
    for key in &keys {
        if arguments.json {
            println!("{}", serde_json::to_string(key)?);
            continue;
        }
        println!("{}", key.path.display());
        match (&key.owner, &key.problem) {
            (_, Some(problem)) => println!("  not usable   {problem}"),
            (None, None) => println!("  not opened on this computer yet"),
            _ => {}
        }
        if let Some(owner) = &key.owner {
            print!("{owner}");
        }
    }
    if keys.is_empty() && !arguments.json {
        println!("No key files were found. Name a folder: tanba keys DIR");
    }
    Ok(Exit::Done)
}
