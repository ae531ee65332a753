//! Time stamps: what the person sees and what the page gets when there is none.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use window_messages::{FromWindow, NoTimeStamp, Question, ToWindow, Verb};

use crate::{
    network::{Mood, Servers},
    window::{INDIVIDUAL, PASSWORD, desk, desk_reaching},
};

fn common_utils(method: &str, args: Value) -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args }).to_string()
}

fn stamped_cms() -> String {
    common_utils(
        "createCMSSignatureFromBase64",
        json!(["PKCS12", "SIGNATURE", "MTEK", true]),
    )
}

fn basics() -> String {
    json!({ "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": "cms", "data": ["x", "y"], "signingParams": { "tsaProfile": {} }, "signerParams": {} } })
    .to_string()
}

#[tokio::test]
async fn without_a_time_stamp_the_page_gets_an_error_and_no_signature() {
    for (request, error) in [
        (
            stamped_cms(),
            r#"{"code":"500","message":"no time stamp: the time-stamping authority does not answer"}"#,
        ),
        (
            basics(),
            r#"{"status":false,"code":"SIGNING_FAILURE","message":"Signing failure.","details":"no time stamp: the time-stamping authority does not answer"}"#,
        ),
    ] {
        for by_cancel in [false, true] {
            let servers = Arc::new(Servers::that_are(Mood::Refusing));
            let mut desk = desk_reaching(&[INDIVIDUAL], servers);
            let pending = desk.ask_in_background(&request);
            let mut window = desk.window().await;
            let view = window.request().await;
            assert!(view.time_stamp);
            let keys = window.keys().await;
            window.sign(&keys, INDIVIDUAL, PASSWORD).await;
            let silent = Question::NoTimeStamp {
                why: NoTimeStamp::NoAnswer,
            };
            // It is tried again without another password.
            for _ in 0..2 {
                assert_eq!(window.question().await, silent);
                window.answer(view.request, true).await;
            }
            assert_eq!(window.question().await, silent);
            if by_cancel {
                window.cancel(view.request).await;
            } else {
                window.answer(view.request, false).await;
            }
            assert!(matches!(window.next().await, ToWindow::Failed { .. }));
            assert_eq!(pending.reply().await.as_deref(), Some(error));
        }
    }
}

#[tokio::test]
async fn what_comes_instead_of_a_time_stamp_is_told_apart() {
    let servers = Arc::new(Servers::that_are(Mood::WebPage));
    let mut desk = desk_reaching(&[INDIVIDUAL], servers);
    let pending = desk.ask_in_background(&stamped_cms());
    let mut window = desk.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    assert_eq!(
        window.question().await,
        Question::NoTimeStamp {
            why: NoTimeStamp::BadAnswer
        }
    );
    window.answer(view.request, false).await;
    let reply = pending.reply().await.unwrap();
    assert!(reply.contains("is not valid"), "{reply}");
}

#[tokio::test]
async fn a_time_stamp_for_a_signature_that_the_page_has_needs_an_act_and_no_key() {
    let mut desk = desk(&[INDIVIDUAL]);
    let signature = desk
        .signed_with(
            INDIVIDUAL,
            &common_utils(
                "createCAdESFromBase64",
                json!(["PKCS12", "SIGNATURE", "MTEK", true]),
            ),
        )
        .await;
    let cms = signature["responseObject"].as_str().unwrap();
    let request = common_utils("applyCAdEST", json!(["PKCS12", "SIGNATURE", cms]));
    let pending = desk.ask_in_background(&request);
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.verb, Verb::AddTimeStamp);
    assert!(view.keys.is_empty() && !view.searching && view.time_stamp);
    assert_eq!(view.documents.len(), 1);
    window
        .say(FromWindow::Agree {
            request: view.request,
        })
        .await;
    assert_eq!(
        window.question().await,
        Question::NoTimeStamp {
            why: NoTimeStamp::Offline
        }
    );
    window.answer(view.request, false).await;
    assert_eq!(
        pending.reply().await.as_deref(),
        Some(
            r#"{"code":"500","message":"no time stamp: the settings of this computer say to work offline"}"#
        )
    );
    // The person may also say no at once.
    let pending = desk.ask_in_background(&request);
    let mut window = desk.window().await;
    let view = window.request().await;
    window.cancel(view.request).await;
    assert!(pending.reply().await.unwrap().contains("action.canceled"));
}

#[tokio::test]
async fn what_is_no_signature_gets_no_time_stamp_and_no_window() {
    let desk = desk(&[]);
    for base64 in [
        "MTEK".to_owned(),
        BASE64_STANDARD.encode(b"\x30\x03\x02\x01\x01"),
        String::new(),
    ] {
        let request = common_utils("applyCAdEST", json!(["PKCS12", "SIGNATURE", base64]));
        let reply: Value = serde_json::from_str(&desk.ask(&request).await.unwrap()).unwrap();
        assert_eq!(reply["code"], "500", "{base64}");
    }
    assert_eq!(desk.opened.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn only_cms_can_bear_a_time_stamp() {
    let desk = desk(&[]);
    for format in ["xml", "raw"] {
        let request = json!({ "module": "kz.gov.pki.knca.basics", "method": "sign",
            "args": { "format": format, "data": "<a/>", "signingParams": { "tsaProfile": {} }, "signerParams": {} } });
        let reply: Value =
            serde_json::from_str(&desk.ask(&request.to_string()).await.unwrap()).unwrap();
        assert_eq!(reply["code"], "INVALID_SIGNING_PARAMS");
    }
}
