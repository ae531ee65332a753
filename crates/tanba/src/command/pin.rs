//! `tanba pin`.

use std::path::Path;

use agent::commands::ChosenToken;
use anyhow::Result;
use zeroize::Zeroizing;

use super::tokens;
use crate::cli::{PinAction, PinArguments, PinOptions};
use crate::exit::{Exit, Told};
use crate::password;

pub(crate) fn run(arguments: &PinArguments) -> Result<Exit> {
    let (PinAction::Change(options) | PinAction::Unblock(options)) = &arguments.action;
    let token = tokens::desk(&options.pkcs11)?.token(&options.token)?;
    match &arguments.action {
        PinAction::Change(_) => change(&token, options)?,
        PinAction::Unblock(_) => unblock(&token, options)?,
    }
    println!("The PIN of {} is set.", token.name());
    Ok(Exit::Done)
}

fn change(token: &ChosenToken, options: &PinOptions) -> Result<()> {
    let old = tokens::ask_pin(token, options.pin_file.as_deref(), options.last_try)?;
    let new = match &old.typed {
        Some(_) => Some(new_pin(token, options.new_pin_file.as_deref())?),
        None => None,
    };
    Ok(token.change_pin(old, new)?)
}

fn unblock(token: &ChosenToken, options: &PinOptions) -> Result<()> {
    if token.pin()?.pin_pad {
        eprintln!("Type the PUK and the new PIN on the token or its reader.");
        return Ok(token.unblock(None, None)?);
    }
    let whose = format!("{} (unblocking code, PUK)", token.name());
    let puk = password::read(options.pin_file.as_deref(), &whose)?;
    let new = new_pin(token, options.new_pin_file.as_deref())?;
    Ok(token.unblock(Some(puk), Some(new))?)
}

/// At the terminal it is typed twice: a slip would lock its owner out.
fn new_pin(token: &ChosenToken, file: Option<&Path>) -> Result<Zeroizing<String>> {
    let new = password::read(file, &format!("{} (new PIN)", token.name()))?;
    if file.is_none() {
        let again = password::read(None, &format!("{} (new PIN again)", token.name()))?;
        if *new != *again {
            return Err(Told::usage("the two new PINs differ: nothing was changed").into());
        }
    }
    Ok(new)
}
