//! Signatures of tokens before verifiers that are not ours.

use crate::{
    choosing::labelled,
    desk::{PIN, desk},
    world::{GOST256, GOST512, GOST2004, RSA, one},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use mock_pkcs11::script::Layout;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The independent verifier; `None` on a machine that has none, which says so. On CI it must be there.
fn oracle() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/oracle");
    let script = folder.join("kz_verify.py");
    if script.is_file() {
        return Some(script);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "the independent verifier is missing"
    );
    println!("passed over: there is no independent verifier here");
    None
}

fn verifies(form: &str, file: &Path) {
    let Some(oracle) = oracle() else { return };
    // The distribution's Python has the distribution's modules.
    let mut command = Command::new("/usr/bin/python3");
    let output = command.arg("-B").arg(oracle).arg(form).arg(file).output();
    let output = output.unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{words}");
}

async fn signed(file: &str, layout: Layout, method: &str, args: Value) -> Value {
    let mut script = one(labelled("nameless", file));
    if let Some(token) = &mut script.slots[0].token {
        token.objects[0].layout = layout;
    }
    let mut desk = desk(&script);
    let pending = desk.ask(&json!({
        "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args
    }));
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    window.done().await;
    pending.reply().await["responseObject"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tokens_sign_for_pages_verifies_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    for (file, layout) in [
        (GOST512, Layout::Standard),
        (GOST512, Layout::National),
        (GOST256, Layout::HalvesReversed),
        (GOST2004, Layout::HalvesSwapped),
        (RSA, Layout::Standard),
    ] {
        let cms = signed(
            file,
            layout,
            "createCAdESFromBase64",
            json!(["PKCS12", "SIGNATURE", "MTEK", true]),
        )
        .await;
        let path = folder.path().join("cms");
        let der = BASE64_STANDARD.decode(cms.as_str().unwrap()).unwrap();
        fs::write(&path, der).unwrap();
        verifies("cms", &path);
        let xml = signed(
            file,
            layout,
            "signXml",
            json!(["PKCS12", "SIGNATURE", "<a>b</a>", "", ""]),
        )
        .await;
        let path = folder.path().join("xml");
        fs::write(&path, xml.as_str().unwrap()).unwrap();
        verifies("xml", &path);
    }
}
