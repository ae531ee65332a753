//! Replies byte for byte, one file a module: `request` → `reply`. `window` says what the person does: nothing (no window
//! may open), `cancel`, `sign`, `pick` (a file, [`PICKED`]), or sees the settings. `settings` is what stands in `settings.toml`.
//!
//! Where the person signs, the reply is compared member by member, and a pattern stands for what is new each time:
//! `{xml ROOT}`, `{element ID in PARENT}`, `{cms over CONTENT}`, `{cms beside CONTENT}` (detached), `{raw over TEXT}`, `{pem}`, `{key info}`.

use std::{fs, sync::atomic::Ordering};

use base64::{Engine, prelude::BASE64_STANDARD};
use pki::Certificate;
use serde::Deserialize;
use serde_json::Value;
use window_messages::{FromWindow, ToWindow};

use crate::window::{Desk, INDIVIDUAL, desk};

#[derive(Deserialize)]
struct Exchange {
    about: String,
    window: Option<String>,
    settings: Option<String>,
    request: String,
    reply: Option<String>,
}

async fn replay(golden: &str) {
    let certificate = certificate().await;
    for line in golden.lines() {
        let exchange: Exchange = serde_json::from_str(line).unwrap();
        let about = &exchange.about;
        let mut desk = desk_of(exchange.settings.as_deref());
        let reply = match exchange.window.as_deref() {
            None => {
                let reply = desk.ask(&exchange.request).await;
                let opened = desk.opened.load(Ordering::SeqCst);
                assert_eq!(opened, 0, "{about}: a window opened");
                reply
            }
            Some("cancel") => cancelled(&mut desk, &exchange.request).await,
            Some("pick") => picked(&mut desk, &exchange.request).await,
            Some("sign") => {
                let reply = desk.signed_with(INDIVIDUAL, &exchange.request).await;
                let expected = exchange.reply.expect("a reply");
                let expected = serde_json::from_str(&expected).unwrap();
                assert_matches(&expected, &reply, &certificate, about);
                continue;
            }
            Some("settings") => {
                let reply = desk.ask(&exchange.request).await;
                let shown = desk.window().await.next().await;
                assert!(matches!(shown, ToWindow::Settings(_)), "{about}");
                reply
            }
            Some(other) => panic!("{other}"),
        };
        assert_eq!(reply, exchange.reply, "{about}");
    }
}

fn desk_of(settings: Option<&str>) -> Desk {
    let Some(settings) = settings else {
        return desk(&[INDIVIDUAL]);
    };
    let Desk { data, keys, .. } = desk(&[INDIVIDUAL]);
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    crate::window::desk_in(data, keys)
}

/// The certificate of the key that signs.
async fn certificate() -> Certificate {
    let request =
        r#"{"module":"kz.gov.pki.knca.commonUtils","method":"getKeyInfo","args":["PKCS12"]}"#;
    let reply = desk(&[INDIVIDUAL]).signed_with(INDIVIDUAL, request).await;
    Certificate::from_pem(reply["responseObject"]["pem"].as_str().unwrap()).unwrap()
}

fn assert_matches(expected: &Value, actual: &Value, certificate: &Certificate, about: &str) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            let names = |object: &serde_json::Map<String, Value>| {
                object.keys().cloned().collect::<Vec<_>>()
            };
            assert_eq!(names(expected), names(actual), "{about}");
            for (name, value) in expected {
                assert_matches(value, &actual[name], certificate, about);
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            assert_eq!(expected.len(), actual.len(), "{about}");
            for (expected, actual) in expected.iter().zip(actual) {
                assert_matches(expected, actual, certificate, about);
            }
        }
        (Value::String(pattern), actual) if pattern.starts_with('{') => {
            let pattern = &pattern[1..pattern.len() - 1];
            assert!(
                fits(pattern, actual, certificate),
                "{about}: {pattern}: {actual}"
            );
        }
        _ => assert_eq!(expected, actual, "{about}"),
    }
}

fn fits(pattern: &str, actual: &Value, certificate: &Certificate) -> bool {
    if pattern == "key info" {
        let members = actual.as_object().unwrap();
        return members.len() == 12
            && members.values().all(|value| value != "")
            && members["alias"] == members["keyId"]
            && members["pem"] == certificate.to_pem();
    }
    let text = actual.as_str().unwrap();
    let bytes = || BASE64_STANDARD.decode(text).unwrap();
    if let Some(root) = pattern.strip_prefix("xml ") {
        let reports = signing::xml::verify(text.as_bytes()).unwrap();
        return matches!(&reports[..], [report] if report.holds() && report.covers_whole_document())
            && text.contains(&format!("<{root}"));
    }
    if let Some((id, parent)) = pattern
        .strip_prefix("element ")
        .and_then(|rest| rest.split_once(" in "))
    {
        let reports = signing::xml::verify(text.as_bytes()).unwrap();
        let [report] = &reports[..] else { return false };
        let [reference] = &report.references[..] else {
            return false;
        };
        return report.holds()
            && !report.covers_whole_document()
            && report.parent == format!("/{parent}")
            && reference.uri.as_deref() == Some(&format!("#{id}"));
    }
    if let Some(content) = pattern.strip_prefix("cms over ") {
        let report = signing::cms::verify(&bytes(), None).unwrap();
        return report.holds() && report.content.as_deref() == Some(content.as_bytes());
    }
    if let Some(content) = pattern.strip_prefix("cms beside ") {
        let report = signing::cms::verify(&bytes(), Some(content.as_bytes())).unwrap();
        return report.holds() && report.content.is_none();
    }
    if let Some(data) = pattern.strip_prefix("raw over ") {
        return signing::raw::verify(certificate, data.as_bytes(), &bytes()).is_ok();
    }
    pattern == "pem" && text == certificate.to_pem()
}

async fn cancelled(desk: &mut Desk, request: &str) -> Option<String> {
    let pending = desk.ask_in_background(request);
    let mut window = desk.window().await;
    let view = window.request().await;
    window
        .say(FromWindow::Cancel {
            request: view.request,
        })
        .await;
    pending.reply().await
}

/// The file that the person picks.
const PICKED: &str = "/picked/doc.pdf";

async fn picked(desk: &mut Desk, request: &str) -> Option<String> {
    let pending = desk.ask_in_background(request);
    let mut window = desk.window().await;
    let view = window.request().await;
    window
        .say(FromWindow::Chose {
            request: view.request,
            path: PICKED.into(),
        })
        .await;
    pending.reply().await
}

#[tokio::test]
async fn common_utils_replies_as_ncalayer_does() {
    replay(include_str!("../golden/common-utils.jsonl")).await;
}

#[tokio::test]
async fn basics_replies_as_ncalayer_does() {
    replay(include_str!("../golden/basics.jsonl")).await;
}

#[tokio::test]
async fn accessory_replies_as_ncalayer_does() {
    replay(include_str!("../golden/accessory.jsonl")).await;
}

#[tokio::test]
async fn everything_else_is_routed_as_ncalayer_does() {
    replay(include_str!("../golden/routing.jsonl")).await;
}

#[tokio::test]
async fn the_procurement_portals_module_replies_as_its_clients_expect() {
    replay(include_str!("../golden/nur-sign.jsonl")).await;
}

#[tokio::test]
async fn the_invoice_module_replies_as_its_clients_expect() {
    replay(include_str!("../golden/esf-signer.jsonl")).await;
}

#[tokio::test]
async fn the_tax_cabinets_module_replies_as_its_clients_expect() {
    replay(include_str!("../golden/knp.jsonl")).await;
}

#[tokio::test]
async fn the_document_signers_module_refuses_what_a_page_may_not_name() {
    replay(include_str!("../golden/cms-sign-util.jsonl")).await;
}

#[tokio::test]
async fn the_uchet_module_takes_neither_path_nor_password_from_the_page() {
    replay(include_str!("../golden/uchet.jsonl")).await;
}

#[tokio::test]
async fn the_applet_is_off_and_once_on_takes_neither_path_nor_password_from_the_page() {
    replay(include_str!("../golden/applet.jsonl")).await;
}
