//! `tanba keys`.

use agent::commands::{TokenListing, list_keys};
use anyhow::Result;

use super::tokens;
use crate::cli::KeysArguments;
use crate::exit::Exit;

pub(crate) fn run(arguments: KeysArguments) -> Result<Exit> {
    // Folders that were named stand for all other places, unless modules were named, too.
    let only_folders = !arguments.folders.is_empty() && arguments.pkcs11.is_empty();
    let only_modules = arguments.folders.is_empty() && !arguments.pkcs11.is_empty();
    let tokens = if only_folders {
        None
    } else {
        Some(tokens::desk(&arguments.pkcs11)?.list())
    };
    let keys = if only_modules {
        Vec::new()
    } else {
        list_keys(&arguments.data_dir.resolve()?, arguments.folders)?
    };
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
    if keys.is_empty() && !only_modules && !arguments.json {
        println!("No key files were found. Name a folder: tanba keys DIR");
    }
    if let Some(tokens) = tokens {
        print_tokens(&tokens, arguments.json, only_modules)?;
    }
    Ok(Exit::Done)
}

fn print_tokens(listing: &TokenListing, json: bool, asked_for: bool) -> Result<()> {
    for key in &listing.keys {
        if json {
            println!("{}", serde_json::to_string(key)?);
            continue;
        }
        println!(
            "{} ({}), serial number {}",
            key.token, key.model, key.serial
        );
        let pin = key.pin.to_string();
        if !pin.is_empty() {
            println!("  {:<16} {pin}", "PIN");
        }
        if let Some(problem) = &key.problem {
            println!("  {:<16} {problem}", "not usable");
        }
        match &key.owner {
            Some(owner) => {
                print!("{owner}");
                println!("  {:<16} {}", "purpose", key.purpose.join(", "));
                println!(
                    "  {:<16} {} … {}",
                    "valid", owner.not_before, owner.not_after
                );
            }
            None => println!("  shows its certificates only after the PIN"),
        }
        if let Some(fingerprint) = &key.fingerprint {
            println!("  {:<16} {fingerprint}", "fingerprint");
        }
    }
    // On stderr also with --json: a script that reads keys still learns why some are missing.
    for trouble in &listing.troubles {
        eprintln!("{}: {}", trouble.module.display(), trouble.problem);
    }
    if listing.keys.is_empty() && asked_for && !json {
        println!("No tokens were found through these modules.");
    }
    Ok(())
}
