//! Fifty exchanges that somebody recorded with NCALayer's users in mind, played again with a window by script: the same
//! type, the same shape, the same words of errors.
//!
//! What differs on purpose is written where it is passed over. Tokens are replaced by key files, since none is plugged in.

use std::{fs, path::Path, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use demo_portal::authority::{Authority, AuthorityOptions};
use fetch::{HttpFetch, Network};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::window::{Desk, OLD_LOG_IN, OLD_SIGNING, desk, desk_with, fixture};

#[derive(Deserialize)]
struct Exchange {
    request: String,
    response: String,
}

/// The recordings, or none (and a word about it) when they are not beside the checkout.
fn recordings() -> Option<Vec<Exchange>> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/fixtures/sigex/test-data.json");
    match fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(_) => {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{} is missing",
                path.display()
            );
            println!("passed over: {} is not here", path.display());
            None
        }
    }
}

/// An agent with RSA keys, as the recorded one had, that signs digests of any length, as NCALayer does.
fn desk_like_the_recorded(authority: &Authority) -> Desk {
    let Desk { data, keys, .. } = desk(&[OLD_LOG_IN, OLD_SIGNING]);
    let settings = format!(
        "[network]\nway = \"direct\"\n[services]\nocsp_url = \"{}\"\ntsa_url = \"{}\"\n\
         [policy]\nsign_any_digest_length = true\n",
        authority.ocsp_url(),
        authority.tsp_url(),
    );
    fs::write(data.path().join("settings.toml"), settings).unwrap();
    desk_with(data, keys, Arc::new(HttpFetch::new(Network::Direct)), false)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_recorded_with_another_agent_comes_out_the_same() {
    let Some(recordings) = recordings() else {
        return;
    };
    assert_eq!(recordings.len(), 50);
    let authority = Authority::start(AuthorityOptions::new(fixture(""))).unwrap();
    for (number, Exchange { request, response }) in recordings.iter().enumerate() {
        let recorded: Value = serde_json::from_str(response).unwrap();
        let request = request.replace("AKKaztokenStore", "PKCS12");
        let mut desk = desk_like_the_recorded(&authority);
        let about = format!("{number}: {request}");
        let reply = if is_cancel(&recorded) {
            let pending = desk.ask_in_background(&request);
            let mut window = desk.window().await;
            let view = window.request().await;
            window.cancel(view.request).await;
            serde_json::from_str(&pending.reply().await.unwrap()).unwrap()
        } else if is_signed(&recorded) {
            let log_in = request.contains("AUTHENTICATION");
            let key = if log_in { OLD_LOG_IN } else { OLD_SIGNING };
            desk.signed_with(key, &request).await
        } else {
            let reply = desk.ask(&request).await.unwrap();
            serde_json::from_str(&reply).unwrap()
        };
        compare(&recorded, &reply, &about);
    }
}

fn is_cancel(recorded: &Value) -> bool {
    recorded["message"] == "action.canceled" || *recorded == json!({ "status": true, "body": {} })
}

fn is_signed(recorded: &Value) -> bool {
    let value = &recorded["responseObject"];
    recorded["body"].get("result").is_some()
        || value.is_string()
        || value.get("certNotBefore").is_some()
        || value.get(0).is_some_and(|first| first != "AKKaztokenStore")
}

fn compare(recorded: &Value, reply: &Value, about: &str) {
    // The recorded agent was the one of a token's vendor, and this is how it is told apart.
    if recorded["responseObject"]["name"] == "KAZTOKENdesktop" {
        assert_eq!(
            *reply,
            json!({ "success": false, "errorCode": "MODULE_NOT_FOUND" })
        );
        return;
    }
    if !is_signed(recorded) {
        // A token was plugged in there.
        let mut recorded = recorded.clone();
        if recorded["responseObject"] == json!(["AKKaztokenStore"]) {
            recorded["responseObject"] = json!([]);
        }
        assert_eq!(*reply, recorded, "{about}");
        return;
    }
    assert_eq!(names(reply), names(recorded), "{about}");
    if recorded.get("status").is_some() {
        assert_eq!(reply["status"], true, "{about}");
        assert_eq!(names(&reply["body"]), ["result"], "{about}");
        compare_basics(&recorded["body"]["result"], &reply["body"]["result"], about);
        return;
    }
    assert_eq!(reply["code"], "200", "{about}");
    let (recorded, reply) = (&recorded["responseObject"], &reply["responseObject"]);
    match (recorded, reply) {
        (Value::Array(recorded), Value::Array(reply)) => {
            assert_eq!(reply.len(), recorded.len(), "{about}");
            for (recorded, reply) in recorded.iter().zip(reply) {
                compare_xml(recorded, reply, about);
            }
        }
        (Value::Object(_), Value::Object(info)) => {
            // The recording keeps one member of twelve.
            assert!(info["certNotBefore"].is_string(), "{about}");
        }
        (Value::String(text), _) if text.starts_with('<') => compare_xml(recorded, reply, about),
        // The recording does not keep the signature.
        (Value::String(_), Value::String(base64)) => {
            let cms = BASE64_STANDARD.decode(base64).unwrap();
            assert!(signing::cms::from_text(&cms).is_ok(), "{about}");
        }
        _ => panic!("{about}: {reply}"),
    }
}

/// The recorded agent gave one signature as text and several as an array; NCALayer 1.4 always gives an array.
fn compare_basics(recorded: &Value, reply: &Value, about: &str) {
    let recorded = match recorded {
        Value::Array(items) => items.clone(),
        single => vec![single.clone()],
    };
    let reply = reply.as_array().expect("an array");
    assert_eq!(reply.len(), recorded.len(), "{about}");
    for (recorded, reply) in recorded.iter().zip(reply) {
        let (was, is) = (recorded.as_str().unwrap(), reply.as_str().unwrap());
        if was.starts_with("-----BEGIN CMS-----\n") {
            let armoured =
                is.starts_with("-----BEGIN CMS-----\n") && is.ends_with("-----END CMS-----\n");
            assert!(armoured, "{about}: {is}");
            assert!(signing::cms::from_text(is.as_bytes()).is_ok(), "{about}");
        } else {
            // NCALayer 1.4 has no line breaks inside the signature.
            assert!(!is.contains(['\n', '\r']), "{about}");
            assert_eq!(skeleton(is), skeleton(was).replace('\n', ""), "{about}");
        }
    }
}

/// Windows' line ends were recorded; in canonical XML they are LF anyhow.
fn compare_xml(recorded: &Value, reply: &Value, about: &str) {
    let (was, is) = (recorded.as_str().unwrap(), reply.as_str().unwrap());
    assert_eq!(
        skeleton(is),
        skeleton(&was.replace("\r\n", "\n")),
        "{about}"
    );
}

/// A signed document without what is new each time or was cut out of the recording.
fn skeleton(document: &str) -> String {
    let mut text = document.to_owned();
    for element in ["ds:SignatureValue", "ds:X509Certificate"] {
        let (start, end) = (format!("<{element}>"), format!("</{element}>"));
        let from = text.find(&start).unwrap() + start.len();
        let to = text.find(&end).unwrap();
        text.replace_range(from..to, "");
    }
    text
}

fn names(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}
