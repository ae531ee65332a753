//! Programs that are not ours and say whether what ours made is right.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{places, process::output};

/// What the independent verifier shall look at.
#[derive(Clone, Copy)]
pub enum Question<'a> {
    /// A CMS that holds its content.
    Attached(&'a Path),
    /// A CMS and its content.
    Detached(&'a Path, &'a Path),
    /// A CMS over a digest, in hex.
    Digest(&'a Path, &'a str),
    /// A document with signatures inside.
    Xml(&'a Path),
    /// A certificate, signature bytes and what they cover.
    Raw(&'a Path, &'a Path, &'a Path),
}

/// The independent verifier in Python. Says nothing when it is not on this machine.
///
/// # Errors
/// When it does not verify.
pub fn oracle(question: Question<'_>) -> Result<()> {
    let Some(script) = places::third_party("oracle/kz_verify.py")? else {
        return Ok(());
    };
    // The distribution's Python has the distribution's modules.
    let mut command = Command::new("/usr/bin/python3");
    command.arg("-B").arg(script);
    match question {
        Question::Attached(cms) => command.arg("cms").arg(cms),
        Question::Detached(cms, content) => command.arg("cms").arg(cms).arg("--data").arg(content),
        Question::Digest(cms, digest) => command.arg("cms").arg(cms).args(["--hash", digest]),
        Question::Xml(document) => command.arg("xml").arg(document),
        Question::Raw(certificate, signature, content) => command
            .arg("raw")
            .arg(certificate)
            .arg(signature)
            .arg(content),
    };
    output(&mut command).map(drop)
}

/// OpenSSL on a CMS (DER or PEM) with an RSA signature; chains are not its business here. With `signer`, a certificate in
/// PEM, that one must have signed, and those inside the CMS do not count.
///
/// # Errors
/// When it does not verify.
pub fn openssl_cms(cms: &Path, detached: Option<&Path>, signer: Option<&Path>) -> Result<()> {
    let pem = std::fs::read(cms)?.starts_with(b"-----BEGIN");
    let mut command = Command::new("openssl");
    command
        .args(["cms", "-verify", "-noverify", "-binary"])
        .args(["-inform", if pem { "PEM" } else { "DER" }])
        .args(["-out", "/dev/null", "-in"])
        .arg(cms);
    if let Some(content) = detached {
        command.arg("-content").arg(content);
    }
    if let Some(signer) = signer {
        command.args(["-nointern", "-certfile"]).arg(signer);
    }
    output(&mut command).map(drop)
}

/// xmlsec1 on a document with one RSA signature by the certificate in `certificate` (PEM).
///
/// # Errors
/// When it does not verify.
pub fn xmlsec(document: &Path, certificate: &Path) -> Result<()> {
    output(
        Command::new("xmlsec1")
            .args([
                "--verify",
                "--enabled-key-data",
                "key-name,x509",
                "--pubkey-cert-pem",
            ])
            .arg(certificate)
            .arg(document),
    )
    .map(drop)
}

/// Bouncy Castle on a CMS; compiled once into `folder`.
pub struct BouncyCastle {
    classes: PathBuf,
}

const JARS: &str =
    "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar";

impl BouncyCastle {
    /// Compiles the verifier; `None` when its source is not on this machine.
    ///
    /// # Errors
    /// When it does not compile.
    pub fn compile(folder: &Path) -> Result<Option<Self>> {
        let Some(source) = places::third_party("oracle/KzOracle.java")? else {
            return Ok(None);
        };
        output(
            Command::new("javac")
                .args(["-cp", JARS, "-d"])
                .arg(folder)
                .arg(source),
        )?;
        Ok(Some(Self {
            classes: folder.to_path_buf(),
        }))
    }

    /// Verifies a CMS, detached when `content` is given.
    ///
    /// # Errors
    /// When it does not verify.
    pub fn cms(&self, cms: &Path, content: Option<&Path>) -> Result<()> {
        let classes = self
            .classes
            .to_str()
            .context("the folder's name is not UTF-8")?;
        let mut command = Command::new("java");
        command
            .args(["-cp", &format!("{JARS}:{classes}"), "KzOracle", "cms"])
            .arg(cms)
            .args(content);
        let said = output(&mut command)?;
        if said.contains("FAIL") || !said.contains("OK") {
            bail!("Bouncy Castle says: {said}");
        }
        Ok(())
    }
}
