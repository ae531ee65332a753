//! Tokens on the command line, through the module made for tests; its signatures are judged by a verifier that is not ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mock_pkcs11::script::{Fault, Object, Pad, Script, Slot, Token, VARIABLE, What};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Running, eventually, is_running, tanba};

const GOST512: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
const GOST256: &str = "gost256/GOST256_79fe0d0b9ac224ab49ed7e5802f5378feeebff1a.p12";
const GOST2004: &str = "company-old/GOSTKNCA_f138f84f105359d7dbb7bce9b69246328efa5f46.p12";
const RSA: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";
const AUTH_RSA: &str = "individual-old/AUTH_RSA256_41d30c84f0e35ff625f70cf20ce38cd51b96c920.p12";
const EXPIRED: &str = "expired/GOST512_00897ba3909750c7dd7651e47ac2da7bd81a6587.p12";

fn object(file: &str, id: u8) -> Object {
    Object {
        file: Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../keystore-fixtures")
            .join(file),
        id: vec![id],
        ..Object::default()
    }
}

fn token(files: &[&str]) -> Token {
    Token {
        label: "Менің кілтім".to_owned(),
        serial: "00012345".to_owned(),
        objects: files
            .iter()
            .zip(1..)
            .map(|(file, id)| object(file, id))
            .collect(),
        ..Token::default()
    }
}

/// The module, as cargo built it beside this test.
fn module() -> String {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().unwrap();
    let names = ["libmock_pkcs11.so", "libmock_pkcs11.dylib"];
    let found = names.map(|name| folder.join(name));
    let found = found.iter().find(|path| path.is_file()).unwrap();
    found.display().to_string()
}

struct Desk(TempDir);

impl Desk {
    fn new(token: Token) -> Self {
        let script = Script {
            slots: vec![Slot {
                id: 1,
                reader: "Reader 00 00".to_owned(),
                token: Some(token),
            }],
            ..Script::default()
        };
        Self::play(&script)
    }

    fn play(script: &Script) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        fs::write(desk.path("script"), serde_json::to_vec(script).unwrap()).unwrap();
        for (name, text) in [
            ("pin", "123456\n"),
            ("wrong", "999999\n"),
            ("new", "654321\n"),
            ("puk", "87654321\n"),
            ("contract.txt", "Шарт мәтіні"),
            ("invoice.xml", "<invoice><sum>1</sum></invoice>"),
        ] {
            fs::write(desk.path(name), text).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = tanba(self.0.path())
            .env(VARIABLE, self.path("script"))
            .args(arguments)
            .args(["--pkcs11", &module()])
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        (code, text(output.stdout), text(output.stderr))
    }

    fn sign(&self, file: &str, pin: &str, more: &[&str]) -> (i32, String, String) {
        let (file, pin) = (self.text(file), self.text(pin));
        let fixed = [
            "sign",
            &file,
            "--token",
            "00012345",
            "--password-file",
            &pin,
        ];
        self.run(&[&fixed[..], more].concat())
    }

    fn count(&self, call: &str) -> usize {
        let log = fs::read_to_string(self.path("script.log")).unwrap_or_default();
        log.lines().filter(|line| line.contains(call)).count()
    }
}

/// Asks the verifier that shares no code with us; says so where it is missing.
fn oracle(arguments: &[&Path], kind: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracle");
    if !folder.is_dir() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "no oracle");
        eprintln!("passed over: there is no oracle");
        return;
    }
    let output = Command::new("python3")
        .arg(folder.join("kz_verify.py"))
        .arg(kind)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_a_token_signs_is_what_an_independent_verifier_accepts() {
    for (file, certificate) in [
        (GOST512, "028343d1ee0ad94f42789fc6a236572bf290147f"),
        (GOST256, "79fe0d0b9ac224ab49ed7e5802f5378feeebff1a"),
        (GOST2004, "f138f84f105359d7dbb7bce9b69246328efa5f46"),
        (RSA, "8f53657752bb77db36e60908e5633d5bc2b2e506"),
    ] {
        let desk = Desk::new(token(&[file]));
        let (code, _, err) = desk.sign("contract.txt", "pin", &[]);
        assert_eq!(code, 0, "{err}");
        oracle(&[&desk.path("contract.txt.cms")], "cms");
        assert_eq!(desk.sign("invoice.xml", "pin", &[]).0, 0);
        oracle(&[&desk.path("invoice.signed.xml")], "xml");
        assert_eq!(desk.sign("contract.txt", "pin", &["--format", "raw"]).0, 0);
        let certificates = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../keystore-fixtures/certificates")
            .join(format!("{certificate}.cer"));
        let (signature, document) = (desk.path("contract.txt.sig"), desk.path("contract.txt"));
        oracle(&[&certificates, &signature, &document], "raw");
        assert_eq!(desk.count("C_Login"), 3, "one log-in for each signature");
    }
}

#[test]
fn tokens_are_listed_with_owner_purpose_validity_and_pin() {
    let desk = Desk::new(token(&[RSA, AUTH_RSA]));
    let (code, out, err) = desk.run(&["keys", "--json"]);
    assert_eq!((code, err.as_str()), (0, ""), "{err}");
    let keys: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let purposes: Vec<_> = keys.iter().map(|key| key["purpose"].to_string()).collect();
    assert_eq!(purposes, [r#"["signing"]"#, r#"["log-in"]"#]);
    for key in &keys {
        assert_eq!(key["token"], "Менің кілтім");
        assert_eq!(key["serial"], "00012345");
        assert_eq!(key["owner"]["iin"], "123456789011");
        assert_eq!(key["owner"]["not_after"], "2036-01-01T00:00:00Z");
        assert_eq!(key["pin"]["locked"], false);
        assert_eq!(key["problem"], Value::Null);
    }
    let (_, out, _) = desk.run(&["keys"]);
    for part in ["Менің кілтім", "00012345", "123456789011", "log-in", "2036"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(
        !out.contains("tries left"),
        "nothing to say of a fresh token"
    );
    assert_eq!(desk.count("C_Login"), 0);
}

#[test]
fn tries_are_told_and_the_last_one_is_kept_until_the_person_wants_it() {
    let desk = Desk::new(token(&[GOST512]));
    assert_eq!(desk.sign("contract.txt", "wrong", &[]).0, 3);
    let (code, _, err) = desk.sign("contract.txt", "wrong", &[]);
    assert_eq!(code, 3);
    assert!(err.contains("a wrong PIN was entered before"), "{err}");
    let (_, out, _) = desk.run(&["keys"]);
    assert!(out.contains("1 try left"), "{out}");
    let (code, _, err) = desk.sign("contract.txt", "pin", &[]);
    assert_eq!(code, 1);
    assert!(err.contains("--last-try"), "{err}");
    assert_eq!(desk.count("C_Login"), 2, "the last try was not spent");
    assert_eq!(desk.sign("contract.txt", "wrong", &["--last-try"]).0, 3);
    let (code, _, err) = desk.sign("contract.txt", "pin", &["--last-try"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("locked") && err.contains("tanba pin unblock"),
        "{err}"
    );
    assert!(!desk.path("contract.txt.cms").exists());

    let (puk, new) = (desk.text("puk"), desk.text("new"));
    let fixed = [
        "pin",
        "unblock",
        "--token",
        "00012345",
        "--new-pin-file",
        &new,
    ];
    let wrong = desk.text("wrong");
    assert_eq!(
        desk.run(&[&fixed[..], &["--pin-file", &wrong]].concat()).0,
        3
    );
    let (code, out, err) = desk.run(&[&fixed[..], &["--pin-file", &puk]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("is set"));
    assert_eq!(desk.sign("contract.txt", "new", &[]).0, 0);
}

#[test]
fn the_pin_is_changed() {
    let desk = Desk::new(token(&[GOST512]));
    let (pin, new) = (desk.text("pin"), desk.text("new"));
    let change = |old: &str| {
        let fixed = [
            "pin",
            "change",
            "--token",
            "Менің кілтім",
            "--new-pin-file",
            &new,
        ];
        desk.run(&[&fixed[..], &["--pin-file", old]].concat()).0
    };
    assert_eq!(change(&desk.text("wrong")), 3);
    assert_eq!(change(&pin), 0);
    assert_eq!(desk.sign("contract.txt", "pin", &[]).0, 3);
    assert_eq!(desk.sign("contract.txt", "new", &[]).0, 0);
}

#[test]
fn at_a_pin_pad_nothing_is_asked_for_here() {
    let desk = Desk::new(Token {
        pad: Some(Pad::default()),
        ..token(&[GOST512])
    });
    let file = desk.text("contract.txt");
    let (code, _, err) = desk.run(&["sign", &file, "--token", "00012345"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("on the token or its reader"), "{err}");
}

#[test]
fn a_key_that_may_not_sign_costs_no_try() {
    let desk = Desk::new(token(&[EXPIRED]));
    let (code, _, err) = desk.sign("contract.txt", "pin", &[]);
    assert_eq!(code, 1);
    assert!(err.contains("expired"), "{err}");
    assert_eq!(desk.count("C_Login"), 0);
}

#[test]
fn a_key_is_named_by_its_fingerprint_when_the_token_holds_several() {
    let desk = Desk::new(token(&[GOST512, RSA]));
    let (code, _, err) = desk.sign("contract.txt", "pin", &[]);
    assert_eq!(code, 1);
    assert!(err.contains("fingerprint"), "{err}");
    let (_, out, _) = desk.run(&["keys", "--json"]);
    let second: Value = serde_json::from_str(out.lines().nth(1).unwrap()).unwrap();
    let fingerprint = second["fingerprint"].as_str().unwrap();
    let (file, pin) = (desk.text("contract.txt"), desk.text("pin"));
    let fixed = ["sign", &file, "--password-file", &pin, "--token"];
    assert_eq!(desk.run(&[&fixed[..], &["0000000000"]].concat()).0, 1);
    let (code, _, err) = desk.run(&[&fixed[..], &[&fingerprint[..12]]].concat());
    assert_eq!(code, 0, "{err}");
    // Of an old pair, the one that signs documents is meant.
    let desk = Desk::new(token(&[AUTH_RSA, RSA]));
    let (code, _, err) = desk.sign("contract.txt", "pin", &[]);
    assert_eq!(code, 0, "{err}");
    oracle(&[&desk.path("contract.txt.cms")], "cms");
}

#[test]
fn a_module_that_does_not_answer_is_named_with_what_to_do() {
    let mut script = Script::default();
    script.faults.push(Fault {
        call: "C_Initialize".to_owned(),
        what: What::Crash,
        ..Fault::default()
    });
    let desk = Desk::play(&script);
    let (code, out, err) = desk.run(&["keys"]);
    assert_eq!(code, 0);
    assert!(
        err.contains("crashed") && err.contains("put it in again"),
        "{err}"
    );
    assert!(out.contains("No tokens"), "{out}");
    let (code, _, err) = desk.sign("contract.txt", "pin", &[]);
    assert_eq!(code, 1);
    assert!(err.contains("crashed"), "{err}");
}

#[test]
fn a_token_that_is_not_there_is_not_there() {
    let desk = Desk::new(token(&[GOST512]));
    let file = desk.text("contract.txt");
    let (code, _, err) = desk.run(&["sign", &file, "--token", "another"]);
    assert_eq!(code, 1);
    assert!(err.contains("tanba keys"), "{err}");
}

#[test]
fn a_label_does_not_steer_the_terminal() {
    let desk = Desk::new(Token {
        label: "\u{1b}[2Jgone".to_owned(),
        ..token(&[GOST512])
    });
    let (_, out, _) = desk.run(&["keys"]);
    assert!(out.contains("gone") && !out.contains('\u{1b}'), "{out}");
}

#[tokio::test]
async fn an_agent_that_ends_leaves_no_process_of_a_module_behind_even_when_that_hangs() {
    for hangs in [false, true] {
        let mut script = Script {
            slots: vec![Slot {
                id: 1,
                reader: "Reader 00 00".to_owned(),
                token: Some(token(&[GOST512])),
            }],
            ..Script::default()
        };
        if hangs {
            script.faults = vec![Fault {
                call: "C_GetSlotList".to_owned(),
                ..Fault::default()
            }];
        }
        let desk = Desk::play(&script);
        let agent = Running::start("cat > shown", |command| {
            command.env(VARIABLE, desk.path("script"));
            command.args(["--port", "0", "--pkcs11", &module()]);
        });
        let page = agent.page().await;
        eventually("the module is asked", || desk.count("C_GetSlotList") > 0).await;
        let log = fs::read_to_string(desk.path("script.log")).unwrap();
        let module = log.split(' ').next().unwrap().to_owned();
        assert!(is_running(&module));
        agent.signal("TERM");
        drop(page);
        assert!(agent.ended().0.success());
        eventually("the module's process ends", || !is_running(&module)).await;
    }
}
