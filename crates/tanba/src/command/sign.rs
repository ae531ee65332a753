//! `tanba sign`.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use agent::commands::{SignAs, sign_file};
use anyhow::{Context, Result};

use super::tokens;
use crate::cli::{Format, SignArguments};
use crate::exit::{Exit, Told};
use crate::password;

pub(crate) fn run(arguments: &SignArguments) -> Result<Exit> {
    let format = arguments
        .format
        .unwrap_or_else(|| usual_format(&arguments.file));
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| beside(&arguments.file, format));
    // Before the password is asked for: nobody types it twice for this.
    if !arguments.force && out.exists() {
        return Err(exists(&out).into());
    }
    let form = match format {
        Format::Cms => SignAs::CmsAttached,
        Format::CmsDetached => SignAs::CmsDetached,
        Format::Xml => SignAs::Xml,
        Format::Raw => SignAs::Raw,
    };
    let signed = match (&arguments.key, &arguments.token) {
        (Some(key), _) => {
            let whose = key.file_name().unwrap_or_default().to_string_lossy();
            let password = password::read(arguments.password_file.as_deref(), &whose)?;
            sign_file(&arguments.file, key, password, form)?
        }
        (None, Some(token)) => {
            let token = tokens::desk(&arguments.pkcs11)?.key(token)?;
            let file = arguments.password_file.as_deref();
            let pin = tokens::ask_pin(&token, file, arguments.last_try)?;
            token.sign_file(&arguments.file, pin, form)?
        }
        (None, None) => return Err(Told::usage("name a key with --key or --token").into()),
    };
    let mut options = OpenOptions::new();
    options.write(true);
    if arguments.force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options
        .open(&out)
        .and_then(|mut file| file.write_all(&signed));
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(exists(&out).into()),
        other => other.with_context(|| format!("cannot write {}", out.display()))?,
    }
    println!("Signed: {}", out.display());
    Ok(Exit::Done)
}

fn exists(out: &Path) -> Told {
    let message = format!(
        "{} exists already: name another file with --out, or use --force",
        out.display()
    );
    Told {
        exit: Exit::Failed,
        message,
    }
}

fn usual_format(file: &Path) -> Format {
    let is_xml = file
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
    if is_xml { Format::Xml } else { Format::Cms }
}

fn beside(file: &Path, format: Format) -> PathBuf {
    if format == Format::Xml {
        return file.with_extension("signed.xml");
    }
    let mut name = OsString::from(file);
    name.push(if format == Format::Raw {
        ".sig"
    } else {
        ".cms"
    });
    PathBuf::from(name)
}
