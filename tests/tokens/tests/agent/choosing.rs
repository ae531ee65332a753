//! Which tokens a request lists, and what comes of choosing one.

use crate::{
    desk::{Desk, PIN, desk, token},
    world::{GOST512, RSA, object, one, token as with},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use mock_pkcs11::script::{Object, Script, Slot, Token};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use window_messages::{FromWindow, KeyProblem, KeyState, KeyView, ToWindow};

/// A token that calls itself so, with one key.
pub(crate) fn labelled(label: &str, file: &str) -> Token {
    Token {
        label: label.to_owned(),
        serial: label.to_owned(),
        ..with([object(file)])
    }
}

/// Without a token in its slot.
pub(crate) fn empty(script: &Script) -> Script {
    let mut script = script.clone();
    for slot in &mut script.slots {
        slot.token = None;
    }
    script
}

/// A signature over `11\n` in commonUtils, from this store.
pub(crate) fn common_utils(store: &str) -> Value {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "createCAdESFromBase64",
            "args": [store, "SIGNATURE", "MTEK", true] })
}

/// The same in basics, from these stores.
pub(crate) fn basics(stores: Option<&[&str]>) -> Value {
    let mut args = json!({
        "format": "cms", "data": ["MTEK"],
        "signingParams": { "decode": true, "encapsulate": true },
        "signerParams": { "extKeyUsageOids": [] }
    });
    if let Some(stores) = stores {
        args["allowedStorages"] = json!(stores);
    }
    json!({ "module": "kz.gov.pki.knca.basics", "method": "sign", "args": args })
}

/// The signature in a reply is valid and over `11\n`.
pub(crate) fn assert_signed(reply: &Value) {
    let base64 = match &reply["responseObject"] {
        Value::String(base64) => base64.clone(),
        _ => reply["body"]["result"][0]
            .as_str()
            .unwrap_or_else(|| panic!("{reply}"))
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect(),
    };
    let cms = BASE64_STANDARD.decode(base64).unwrap();
    let report = signing::cms::verify(&cms, None).unwrap();
    assert!(report.holds());
    assert_eq!(report.content.as_deref(), Some(&b"11\n"[..]));
}

async fn signs(mut desk: Desk, request: Value) {
    let pending = desk.ask(&request);
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_listed_with_its_owner_and_signs_with_its_pin() {
    let mut desk = desk(&one(labelled("KAZTOKEN", GOST512)));
    let pending = desk.ask(&common_utils("AKKaztokenStore"));
    let (mut window, view) = desk.shown().await;
    assert!(view.tokens_only);
    let key = window.usable().await;
    let shown = token(&key);
    assert_eq!(shown.label, "KAZTOKEN");
    assert_eq!(shown.product.as_deref(), Some("KAZTOKEN"));
    assert_eq!(
        (shown.pin.min_length, shown.pin.max_length),
        (Some(4), Some(16))
    );
    assert_eq!(shown.pin.tries_left, None);
    let owner = key.owner.as_ref().unwrap();
    assert_eq!(owner.iin.as_deref(), Some("123456789011"));
    assert_eq!(desk.world.count("C_Login"), 0, "no PIN before the act");
    window.sign(&key, Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
    assert_eq!(desk.world.count("C_Login"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_without_a_name_serve_pages_that_ask_for_files() {
    signs(desk(&one(labelled("Rutoken", RSA))), common_utils("PKCS12")).await;
    signs(desk(&one(labelled("Rutoken", RSA))), basics(None)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_gets_a_key_only_from_the_stores_that_it_names() {
    use KeyProblem::{FilesOnly, OtherToken};
    for (request, kaztoken, unnamed) in [
        (common_utils("PKCS12"), Some(FilesOnly), None),
        (basics(None), None, None),
        (basics(Some(&[])), None, None),
        (basics(Some(&["PKCS12"])), Some(FilesOnly), None),
        (basics(Some(&["PKCS12", "AKKaztokenStore"])), None, None),
        (basics(Some(&["AKKaztokenStore"])), None, Some(OtherToken)),
        (
            basics(Some(&["AKJaCartaStore"])),
            Some(OtherToken),
            Some(OtherToken),
        ),
        (common_utils("AKKaztokenStore"), None, Some(OtherToken)),
    ] {
        let mut script = one(labelled("KAZTOKEN", GOST512));
        script.slots.push(Slot {
            id: 2,
            reader: "Reader 01 00".to_owned(),
            token: Some(labelled("other", RSA)),
        });
        let mut desk = desk(&script);
        let pending = desk.ask(&request);
        let (mut window, view) = desk.shown().await;
        let keys = window.list(|keys| keys.len() == 2).await;
        let problem = |label: &str| {
            let key = keys.iter().find(|key| token(key).label == label).unwrap();
            match &key.state {
                KeyState::Unusable { problem } => Some(problem.clone()),
                _ => None,
            }
        };
        assert_eq!(problem("KAZTOKEN"), kaztoken, "{request}");
        assert_eq!(problem("other"), unnamed, "{request}");
        window
            .say(FromWindow::Cancel {
                request: view.request,
            })
            .await;
        pending.reply().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_plugged_in_comes_into_the_open_list_within_a_second() {
    let there = one(labelled("KAZTOKEN", GOST512));
    let mut desk = desk(&empty(&there));
    let pending = desk.ask(&basics(Some(&["AKKaztokenStore"])));
    let (mut window, _) = desk.shown().await;
    // The first listing has ended with nothing.
    loop {
        if let ToWindow::Keys {
            searching: false,
            keys,
            ..
        } = window.next().await
        {
            assert_eq!(keys, []);
            break;
        }
    }
    desk.world.play(&there);
    let plugged = Instant::now();
    let key = window.usable().await;
    // Without a reader that tells, and beside all the other tests.
    assert!(plugged.elapsed() < Duration::from_secs(3));
    window.sign(&key, Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_that_hide_are_shown_once_the_pin_was_right() {
    let hidden = |file, id| Object {
        private_certificate: true,
        id,
        ..object(file)
    };
    let script = one(with([hidden(GOST512, vec![1]), hidden(RSA, vec![2])]));
    let mut desk = desk(&script);
    let pending = desk.ask(&basics(None));
    let (mut window, _) = desk.shown().await;
    let row = window.usable().await;
    assert_eq!((&row.owner, &row.state), (&None, &KeyState::Unknown));
    window.sign(&row, Some(PIN)).await;
    assert_eq!(window.refused().await, KeyProblem::ChooseTokenKey);
    let of_owner = |keys: &[KeyView]| keys.iter().filter(|key| key.owner.is_some()).count();
    let keys = window.list(|keys| of_owner(keys) == 2).await;
    window.sign(&keys[0], Some(PIN)).await;
    window.done().await;
    assert_signed(&pending.reply().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_shows_in_two_slots_is_one_row() {
    let mut script = one(labelled("KAZTOKEN", GOST512));
    let mut twin = script.slots[0].clone();
    twin.id = 2;
    script.slots.push(twin);
    let mut desk = desk(&script);
    let pending = desk.ask(&basics(None));
    let (mut window, view) = desk.shown().await;
    let keys = window.list(|keys| !keys.is_empty()).await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    let request = view.request;
    window.say(FromWindow::Cancel { request }).await;
    pending.reply().await;
}
