//! GOST signatures against the Python verifier and Bouncy Castle, which share no line with ours.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "support/bouncy_castle.rs"]
mod bouncy_castle;
#[path = "support/fixtures.rs"]
mod fixtures;
#[path = "support/keys.rs"]
mod keys;

use pki::Signer;
use signing::xml::{Document, Layout};
use signing::{cms, raw, xml};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const TIME: i64 = 1_795_000_000;

#[test]
fn the_python_verifier_accepts_every_shape() {
    let Some(oracle) = fixtures::folder("oracle") else {
        return;
    };
    let script = oracle.join("kz_verify.py");
    let folder = tempfile::tempdir().unwrap();
    let content = "құжат".as_bytes();
    fs::write(folder.path().join("content"), content).unwrap();
    for (name, key) in keys::gost() {
        let write = |file: &str, bytes: &[u8]| fs::write(folder.path().join(file), bytes).unwrap();
        write(
            "attached",
            &cms::sign_attached(&key, content, TIME).unwrap(),
        );
        write(
            "detached",
            &cms::sign_detached(&key, content, TIME).unwrap(),
        );
        write("raw", &raw::sign(&key, content).unwrap());
        write("certificate", key.certificate().der());
        // No xml:* attribute on the root: lxml leaves them out of SignedInfo's form; xmlsec1 (see RSA) does not.
        let text = "<a xmlns:q='urn:q' z='1'><!-- c --> <q:b z='1' a='\u{1F600}'/> құжат</a>";
        for layout in [Layout::LineBreaks, Layout::Compact] {
            let signed =
                xml::sign_enveloped(&key, &Document::parse(text).unwrap(), layout).unwrap();
            write("signed.xml", signed.as_bytes());
            accepted(name, python(&script, folder.path(), &["xml", "signed.xml"]));
        }
        accepted(name, python(&script, folder.path(), &["cms", "attached"]));
        accepted(
            name,
            python(
                &script,
                folder.path(),
                &["cms", "detached", "--data", "content"],
            ),
        );
        accepted(
            name,
            python(
                &script,
                folder.path(),
                &["raw", "certificate", "raw", "content"],
            ),
        );
    }
}

#[test]
fn bouncy_castle_accepts_every_cms() {
    let Some(oracle) = fixtures::folder("oracle") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    if !bouncy_castle::compile(&oracle.join("KzOracle.java"), folder.path()) {
        return;
    }
    fs::write(folder.path().join("content"), b"content").unwrap();
    for (name, key) in keys::gost() {
        fs::write(
            folder.path().join("attached"),
            cms::sign_attached(&key, b"content", TIME).unwrap(),
        )
        .unwrap();
        fs::write(
            folder.path().join("detached"),
            cms::sign_detached(&key, b"content", TIME).unwrap(),
        )
        .unwrap();
        for arguments in [&["attached"][..], &["detached", "content"]] {
            let told =
                bouncy_castle::run(folder.path(), &[&["KzOracle", "cms"], arguments].concat());
            assert!(told.is_ok(), "{name}: {told:?}");
        }
    }
}

fn python(script: &Path, folder: &Path, arguments: &[&str]) -> Output {
    Command::new("python3")
        .arg(script)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn accepted(name: &str, output: Output) {
    let told = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&told)
    );
}
