//! Many documents with one token.

use crate::{
    choosing::{empty, labelled},
    desk::{Desk, PIN, Window, desk},
    world::{GOST512, one},
};
use mock_pkcs11::script::Script;
use serde_json::{Value, json};
use window_messages::{FromWindow, KeyProblem, PasswordText, PinView, Question, ToWindow};

fn batch(count: usize) -> Value {
    let data: Vec<_> = (0..count)
        .map(|number| format!("<a>{number}</a>"))
        .collect();
    json!({ "module": "kz.gov.pki.knca.basics", "method": "sign", "args": {
        "format": "xml", "data": data, "signingParams": {}, "signerParams": {}
    }})
}

fn script(always_authenticate: bool) -> Script {
    let mut script = one(labelled("KAZTOKEN", GOST512));
    if let Some(token) = &mut script.slots[0].token {
        token.objects[0].always_authenticate = always_authenticate;
    }
    script
}

async fn begun(desk: &mut Desk) -> Window {
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    window
}

async fn type_pin(window: &Window, pin: &str) {
    type_pin_with(window, pin, false).await;
}

async fn type_pin_with(window: &Window, pin: &str, last_try: bool) {
    window
        .say(FromWindow::Pin {
            request: 1,
            pin: PasswordText::new(pin.to_owned()),
            last_try,
        })
        .await;
}

/// The next question for the PIN: the document, whether the last PIN was wrong, and what is known of it.
async fn asked_again(window: &mut Window) -> (u32, bool, PinView) {
    match window.question().await {
        Question::PinAgain {
            document,
            wrong,
            pin,
            ..
        } => (document, wrong, pin),
        other => panic!("another question: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_documents_take_the_pin_once() {
    let mut desk = desk(&script(false));
    let pending = desk.ask(&batch(100));
    let mut window = begun(&mut desk).await;
    window.done().await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"]["result"].as_array().map(Vec::len), Some(100));
    assert_eq!(desk.world.count("C_Login"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_wants_its_pin_for_each_document_gets_it_from_the_person() {
    let mut desk = desk(&script(true));
    let pending = desk.ask(&batch(3));
    let mut window = begun(&mut desk).await;
    for (document, wrong) in [(1, false), (1, true), (2, false)] {
        let Question::PinAgain {
            document: shown,
            total,
            wrong: was_wrong,
            ..
        } = window.question().await
        else {
            panic!("another question")
        };
        assert_eq!((shown, total, was_wrong), (document, 3, wrong));
        let right = document == 2 || wrong;
        type_pin(&window, if right { PIN } else { "999999" }).await;
    }
    window.done().await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"]["result"].as_array().map(Vec::len), Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_give_the_pin_again_can_choose_anew_and_nothing_has_left() {
    let mut desk = desk(&script(true));
    let pending = desk.ask(&batch(3));
    let mut window = begun(&mut desk).await;
    window.question().await;
    window
        .say(FromWindow::Answer {
            request: 1,
            yes: false,
        })
        .await;
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    window.question().await;
    // And who leaves now leaves nothing behind.
    window.say(FromWindow::Cancel { request: 1 }).await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"], json!({}), "{reply}");
    let next = desk.ask(&batch(1));
    let (mut window, _) = desk.shown().await;
    let key = window.usable().await;
    window
        .say(FromWindow::Sign {
            request: 2,
            key: key.id.clone(),
            password: Some(PasswordText::new(PIN.to_owned())),
            last_try: false,
        })
        .await;
    loop {
        if let ToWindow::Done { .. } = window.next().await {
            break;
        }
    }
    next.reply().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_of_an_impossible_length_is_not_sent_for_a_further_document_either() {
    let mut desk = desk(&script(true));
    let pending = desk.ask(&batch(2));
    let mut window = begun(&mut desk).await;
    asked_again(&mut window).await;
    let calls = desk.world.count("C_Login");
    type_pin(&window, "1").await;
    let (document, wrong, _) = asked_again(&mut window).await;
    assert_eq!((document, wrong), (1, true));
    assert_eq!(desk.world.count("C_Login"), calls, "nothing was sent");
    type_pin(&window, PIN).await;
    window.done().await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"]["result"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_forgot_the_log_in_asks_again_after_a_wrong_pin() {
    let mut script = script(false);
    if let Some(token) = &mut script.slots[0].token {
        token.objects[0].forgets = true;
    }
    let mut desk = desk(&script);
    let pending = desk.ask(&batch(2));
    let mut window = begun(&mut desk).await;
    let (document, wrong, _) = asked_again(&mut window).await;
    assert_eq!((document, wrong), (1, false));
    type_pin(&window, "999999").await;
    let (document, wrong, _) = asked_again(&mut window).await;
    assert_eq!((document, wrong), (1, true));
    type_pin(&window, PIN).await;
    window.done().await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"]["result"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_try_for_a_further_document_wants_a_yes_too() {
    let mut script = script(true);
    script.exact_tries = true;
    let mut desk = desk(&script);
    let pending = desk.ask(&batch(2));
    let mut window = begun(&mut desk).await;
    for _ in 0..2 {
        let (_, _, pin) = asked_again(&mut window).await;
        assert!(!pin.last_try);
        type_pin(&window, "999999").await;
    }
    let (_, wrong, pin) = asked_again(&mut window).await;
    assert!(wrong && pin.last_try);
    let calls = desk.world.count("C_Login");
    type_pin(&window, PIN).await;
    let (_, _, pin) = asked_again(&mut window).await;
    assert!(pin.last_try);
    assert_eq!(desk.world.count("C_Login"), calls, "nothing was sent");
    type_pin_with(&window, PIN, true).await;
    window.done().await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"]["result"].as_array().map(Vec::len), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_for_a_token_that_was_taken_out_meanwhile_is_sent_nowhere() {
    let there = script(true);
    let mut desk = desk(&there);
    let pending = desk.ask(&batch(2));
    let mut window = begun(&mut desk).await;
    asked_again(&mut window).await;
    let calls = desk.world.count("C_Login");
    desk.world.play(&empty(&there));
    type_pin(&window, PIN).await;
    assert_eq!(window.refused().await, KeyProblem::TokenRemoved);
    assert_eq!(desk.world.count("C_Login"), calls, "no try was spent");
    desk.world.play(&there);
    let key = window.usable().await;
    window.sign(&key, Some(PIN)).await;
    asked_again(&mut window).await;
    type_pin(&window, PIN).await;
    window.done().await;
    let reply = pending.reply().await;
    assert_eq!(reply["body"]["result"].as_array().map(Vec::len), Some(2));
}
