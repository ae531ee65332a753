//! SoftHSM: a token in software, with RSA keys. It counts wrong PINs and never locks, and knows no GOST.

use crate::{
    fixture, installed, openssl_agrees, password, run, signs,
    suite::{Known, conforms},
};
use keystore::{Deadlines, Error, Store as _, TokenError, TokenStore, Tokens, WorkerProgram};
use pki::Signer as _;
use std::{fs, path::PathBuf, process::Command};
use tempfile::TempDir;

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const KEY: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";

struct SoftHsm {
    folder: TempDir,
}

impl SoftHsm {
    /// A token with the key file's key and certificate, filled by programs that are not ours; `None` where they are missing.
    fn new() -> Option<Self> {
        if !installed(&[MODULE, "/usr/bin/softhsm2-util", "/usr/bin/pkcs11-tool"]) {
            return None;
        }
        let hsm = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(hsm.at("tokens")).unwrap();
        let config = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            hsm.at("tokens").display()
        );
        fs::write(hsm.at("config"), config).unwrap();
        let name = ["--label", "agent"];
        let pins = ["--pin", "123456", "--so-pin", "12345678"];
        run(hsm
            .tool("softhsm2-util")
            .args(["--init-token", "--free"])
            .args(name)
            .args(pins));
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../keystore-fixtures/");
        run(Command::new("openssl")
            .args([
                "pkcs12",
                "-legacy",
                "-nocerts",
                "-nodes",
                "-passin",
                "pass:Qwerty12",
            ])
            .arg("-in")
            .arg(format!("{fixtures}{KEY}"))
            .arg("-out")
            .arg(hsm.at("key.pem")));
        run(Command::new("openssl")
            .args(["pkcs8", "-topk8", "-nocrypt", "-in"])
            .arg(hsm.at("key.pem"))
            .arg("-out")
            .arg(hsm.at("key.p8")));
        run(hsm
            .tool("softhsm2-util")
            .args(["--token", "agent", "--id", "a1", "--pin", "123456"])
            .args(["--label", "signing key", "--import"])
            .arg(hsm.at("key.p8")));
        fs::write(hsm.at("certificate"), fixture(KEY).certificate().der()).unwrap();
        run(hsm
            .tool("pkcs11-tool")
            .args(["--module", MODULE, "--token-label", "agent", "--login"])
            .args(["--pin", "123456", "--type", "cert", "--id", "a1"])
            .args(["--label", "certificate", "--write-object"])
            .arg(hsm.at("certificate")));
        Some(hsm)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SOFTHSM2_CONF", self.at("config"));
        command
    }

    fn tokens(&self) -> Tokens {
        let program = WorkerProgram {
            program: "/usr/bin/env".into(),
            arguments: vec![
                format!("SOFTHSM2_CONF={}", self.at("config").display()).into(),
                env!("CARGO_BIN_EXE_token-worker").into(),
            ],
        };
        Tokens::new(program, vec![MODULE.into()], Deadlines::default())
    }

    fn store(&self) -> TokenStore {
        let mut listing = self.tokens().list(&[]);
        assert_eq!(listing.troubles, []);
        assert_eq!(listing.tokens.len(), 1, "the empty slot is passed over");
        listing.tokens.pop().unwrap()
    }
}

#[test]
fn softhsm_conforms() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = hsm.store();
    assert_eq!(store.token().model, "SoftHSM v2");
    conforms(
        &store,
        &Known {
            label: "agent",
            password: "123456",
            certificate: fixture(KEY).certificate().der(),
            signs_in_parallel: false,
        },
    );
}

#[test]
fn a_key_imported_into_softhsm_signs_and_openssl_agrees() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = hsm.store();
    let id = store.entries().remove(0).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    assert_eq!(key.alias(), "signing key");
    signs(&key).unwrap();
}

#[test]
fn a_softhsm_that_signs_no_digests_signs_messages_and_openssl_agrees() {
    let Some(hsm) = SoftHsm::new() else { return };
    let config = fs::read_to_string(hsm.at("config")).unwrap();
    let only = "slots.mechanisms = CKM_SHA256_RSA_PKCS\n";
    fs::write(hsm.at("config"), config + only).unwrap();
    let store = hsm.store();
    let id = store.entries().remove(0).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    let message = b"to be signed";
    let digest = key.certificate().algorithm().digest().digest(message);
    assert_eq!(
        key.sign_digest(&digest).unwrap_err().to_string(),
        "the key could not sign: the token cannot sign with this kind of key"
    );
    openssl_agrees(&key, message, &key.sign_message(message, &digest).unwrap());
}

#[test]
fn softhsm_changes_its_pin_and_is_unblocked_with_the_security_officers() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = hsm.store();
    let id = store.entries().remove(0).id;
    let (old, new, third) = (password("123456"), password("654321"), password("111222"));
    assert_eq!(
        store.change_pin(Some(&new), Some(&third), false),
        Err(TokenError::WrongPin)
    );
    assert!(store.pin(&id).unwrap().low);
    store.change_pin(Some(&old), Some(&new), false).unwrap();
    assert_eq!(store.unlock(&id, &old).err(), Some(Error::WrongPassword));
    signs(&store.unlock(&id, &new).unwrap()).unwrap();
    let wrong = store.unblock(Some(&old), Some(&third));
    assert_eq!(wrong, Err(TokenError::WrongPin));
    store
        .unblock(Some(&password("12345678")), Some(&third))
        .unwrap();
    signs(&store.unlock(&id, &third).unwrap()).unwrap();
}

#[test]
fn a_token_that_comes_back_is_the_same_entry() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = hsm.store();
    let id = store.entries().remove(0).id;
    drop(store);
    let folder = fs::read_dir(hsm.at("tokens")).unwrap().next().unwrap();
    let (inside, away) = (folder.unwrap().path(), hsm.at("away"));
    fs::rename(&inside, &away).unwrap();
    assert!(hsm.tokens().list(&[]).tokens.is_empty());
    fs::rename(&away, &inside).unwrap();
    let store = hsm.store();
    assert_eq!(store.entries().remove(0).id, id);
    signs(&store.unlock(&id, &password("123456")).unwrap()).unwrap();
}
