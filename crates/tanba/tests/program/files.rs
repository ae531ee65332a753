//! Signing and verifying files with the key files of the demo CA.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::run;

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("password"), "Qwerty12\n").unwrap();
        fs::write(folder.path().join("wrong"), "qwerty12\n").unwrap();
        fs::write(folder.path().join("contract.txt"), "Шарт мәтіні").unwrap();
        fs::write(
            folder.path().join("invoice.xml"),
            "<invoice><sum>1</sum></invoice>",
        )
        .unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Signs with the individual's GOST key.
    fn sign(&self, file: &str, more: &[&str]) -> (i32, String, String) {
        let (file, key, password) = (
            self.path(file),
            key().display().to_string(),
            self.path("password"),
        );
        let fixed = ["sign", &file, "--key", &key, "--password-file", &password];
        run(self.0.path(), &[&fixed[..], more].concat())
    }

    /// Verifies without the network under the demo CA; a sound signature is undetermined (5), as nobody is asked about
    /// revocation.
    fn verify(&self, file: &str, more: &[&str]) -> (i32, String, String) {
        let (file, authority) = (self.path(file), authority().display().to_string());
        let fixed = ["verify", &file, "--offline", "--ca", &authority];
        run(self.0.path(), &[&fixed[..], more].concat())
    }
}

fn key() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures/individual");
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "p12"))
        .unwrap()
}

fn authority() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures/ca/tanba_demo_gost.cer")
}

#[test]
fn what_is_signed_verifies_and_what_is_changed_does_not() {
    let desk = Desk::new();
    let (code, out, err) = desk.sign("contract.txt", &[]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("contract.txt.cms"), "{out}");
    let (code, out, _) = desk.verify("contract.txt.cms", &["--language", "en"]);
    assert_eq!(code, 5, "{out}");
    assert!(out.contains("123456789011"), "the signer's IIN: {out}");
    assert!(out.contains("signature        holds"), "{out}");
    let (_, out, _) = desk.verify("contract.txt.cms", &["--language", "kk"]);
    assert!(out.contains("қолтаңба         дұрыс"), "{out}");

    assert_eq!(desk.sign("invoice.xml", &[]).0, 0);
    assert_eq!(desk.verify("invoice.signed.xml", &[]).0, 5);
    let signed = desk.path("invoice.signed.xml");
    let changed = fs::read_to_string(&signed)
        .unwrap()
        .replace("<sum>1</sum>", "<sum>2</sum>");
    fs::write(&signed, changed).unwrap();
    let (code, out, _) = desk.verify("invoice.signed.xml", &["--json"]);
    assert_eq!(code, 1);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["verdict"], "broken");
    assert_eq!(report["signatures"][0]["signature"]["verdict"], "broken");
    assert_eq!(report["signatures"][0]["chain"]["verdict"], "holds");
}

#[test]
fn a_detached_signature_wants_its_document() {
    let desk = Desk::new();
    assert_eq!(
        desk.sign("contract.txt", &["--format", "cms-detached"]).0,
        0
    );
    let document = desk.path("contract.txt");
    assert_eq!(
        desk.verify("contract.txt.cms", &["--document", &document])
            .0,
        5
    );
    let (code, out, _) = desk.verify("contract.txt.cms", &["--json"]);
    assert_eq!(code, 5);
    assert!(out.contains("was not given"), "{out}");
    fs::write(&document, "another text").unwrap();
    assert_eq!(
        desk.verify("contract.txt.cms", &["--document", &document])
            .0,
        1
    );
}

#[test]
fn a_result_is_replaced_only_when_told_so() {
    let desk = Desk::new();
    fs::write(desk.path("contract.txt.cms"), "precious").unwrap();
    let (code, _, err) = desk.sign("contract.txt", &[]);
    assert_eq!(code, 1);
    assert!(err.contains("--force"), "{err}");
    assert_eq!(
        fs::read_to_string(desk.path("contract.txt.cms")).unwrap(),
        "precious"
    );
    assert_eq!(desk.sign("contract.txt", &["--force"]).0, 0);
    assert_eq!(desk.verify("contract.txt.cms", &[]).0, 5);
}

#[test]
fn a_wrong_password_has_an_exit_code_and_nothing_is_written() {
    let desk = Desk::new();
    let (file, key, wrong) = (
        desk.path("contract.txt"),
        key().display().to_string(),
        desk.path("wrong"),
    );
    let (code, _, err) = run(
        desk.0.path(),
        &["sign", &file, "--key", &key, "--password-file", &wrong],
    );
    assert_eq!(code, 3, "{err}");
    assert!(err.contains("password"), "{err}");
    assert!(!Path::new(&desk.path("contract.txt.cms")).exists());
}

#[test]
fn without_a_terminal_a_password_file_is_wanted() {
    let desk = Desk::new();
    let (file, key) = (desk.path("contract.txt"), key().display().to_string());
    let (code, _, err) = run(desk.0.path(), &["sign", &file, "--key", &key]);
    assert_eq!(code, 2);
    assert!(err.contains("--password-file"), "{err}");
}

#[test]
fn key_files_are_listed() {
    let desk = Desk::new();
    let key = key();
    let folder = key.parent().unwrap().display().to_string();
    let (code, out, _) = run(desk.0.path(), &["keys", &folder]);
    assert_eq!(code, 0);
    assert!(out.contains("GOST512_"), "{out}");
    let (code, out, _) = run(desk.0.path(), &["keys", &folder, "--json"]);
    assert_eq!(code, 0);
    let row: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert!(row["path"].as_str().unwrap().ends_with(".p12"));
    let (code, out, _) = run(desk.0.path(), &["keys", &desk.path("")]);
    assert_eq!(code, 0);
    assert!(out.contains("No key files"), "{out}");
}
