//! Passwords, keys that turn out not to fit, files opened by hand.

use std::fs;

use serde_json::json;
use window_messages::{
    FromWindow, KeyPlace, KeyProblem, KeyPurpose, KeyState, PasswordText, ToWindow,
};

use crate::window::{
    EARLY, INDIVIDUAL, OLD_LOG_IN, OLD_SIGNING, PASSWORD, desk, file_name, fixture,
};

fn request(key_type: &str) -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "createCAdESFromBase64",
            "args": ["PKCS12", key_type, "MTEK", true] })
    .to_string()
}

#[tokio::test]
async fn a_wrong_password_stays_in_the_window() {
    let mut desk = desk(&[INDIVIDUAL]);
    let pending = desk.ask_in_background(&request("SIGNATURE"));
    let mut window = desk.window().await;
    window.request().await;
    let keys = window.keys().await;
    for wrong in ["qwerty12", "", "Қателік"] {
        window.sign(&keys, INDIVIDUAL, wrong).await;
        assert_eq!(window.refused().await, KeyProblem::WrongPassword);
    }
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    assert!(matches!(
        window.next().await,
        ToWindow::Progress {
            done: 0,
            total: 1,
            ..
        }
    ));
    assert!(matches!(window.next().await, ToWindow::Done { .. }));
    assert!(
        pending
            .reply()
            .await
            .unwrap()
            .starts_with(r#"{"code":"200","responseObject":"MI"#)
    );
}

#[tokio::test]
async fn after_five_wrong_passwords_the_next_try_has_to_wait() {
    let mut desk = desk(&[OLD_SIGNING]);
    let pending = desk.ask_in_background(&request("SIGNATURE"));
    let mut window = desk.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    for _ in 0..5 {
        window.sign(&keys, OLD_SIGNING, "wrong").await;
        assert_eq!(window.refused().await, KeyProblem::WrongPassword);
    }
    window.sign(&keys, OLD_SIGNING, PASSWORD).await;
    assert_eq!(
        window.refused().await,
        KeyProblem::TooManyTries { wait_seconds: 1 }
    );
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn a_key_that_turns_out_not_to_fit_signs_nothing_and_its_row_is_filled_in() {
    let mut desk = desk(&[OLD_LOG_IN, EARLY]);
    let pending = desk.ask_in_background(&request("SIGNATURE"));
    let mut window = desk.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    assert!(
        keys.1
            .iter()
            .all(|key| key.state == KeyState::Unknown && key.owner.is_none())
    );
    window.sign(&keys, OLD_LOG_IN, PASSWORD).await;
    let (_, filled) = window.keys().await;
    let row = filled.last().unwrap();
    assert_eq!(
        row.state,
        KeyState::Unusable {
            problem: KeyProblem::LogInOnly
        }
    );
    assert_eq!(row.purpose, Some(KeyPurpose::LogIn));
    assert_eq!(
        row.owner.as_ref().unwrap().iin.as_deref(),
        Some("123456789011")
    );
    assert_eq!(window.refused().await, KeyProblem::LogInOnly);
    window.sign(&keys, EARLY, PASSWORD).await;
    window.keys().await;
    assert!(matches!(
        window.refused().await,
        KeyProblem::NotYetValid { .. }
    ));
    window.cancel(view.request).await;
    assert!(pending.reply().await.unwrap().contains("action.canceled"));
}

#[tokio::test]
async fn files_that_are_no_keys_say_what_is_wrong() {
    let mut desk = desk(&["faulty/truncated.p12", "faulty/key-without-certificate.p12"]);
    fs::write(desk.keys.path().join("photo.p12"), b"\x89PNG\r\n\x1a\n").unwrap();
    let pending = desk.ask_in_background(&request("SIGNATURE"));
    let mut window = desk.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    let state = |name: &str| {
        keys.1
            .iter()
            .find(|key| file_name(key) == name)
            .unwrap()
            .state
            .clone()
    };
    assert_eq!(
        state("photo.p12"),
        KeyState::Unusable {
            problem: KeyProblem::NotAKeyFile
        }
    );
    assert_eq!(
        state("truncated.p12"),
        KeyState::Unusable {
            problem: KeyProblem::Truncated
        }
    );
    window.sign(&keys, "photo.p12", PASSWORD).await;
    assert_eq!(window.refused().await, KeyProblem::NotAKeyFile);
    window
        .sign(&keys, "key-without-certificate.p12", PASSWORD)
        .await;
    window.keys().await;
    assert_eq!(window.refused().await, KeyProblem::NoCertificate);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn a_file_opened_by_hand_is_selected_and_signs() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(&request("SIGNATURE"));
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(window.keys().await.1, []);
    window
        .say(FromWindow::OpenFile {
            request: view.request,
            path: "relative.p12".into(),
        })
        .await;
    let path = fixture(INDIVIDUAL)
        .canonicalize()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    window
        .say(FromWindow::OpenFile {
            request: view.request,
            path,
        })
        .await;
    let ToWindow::Keys { keys, selected, .. } = window.next().await else {
        panic!()
    };
    assert_eq!(selected.as_ref(), Some(&keys[0].id));
    assert!(matches!(&keys[0].place, KeyPlace::File { folder, .. } if folder == "individual"));
    // A search does not take it away.
    window
        .say(FromWindow::Refresh {
            request: view.request,
        })
        .await;
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
    assert!(
        pending
            .reply()
            .await
            .unwrap()
            .starts_with(r#"{"code":"200""#)
    );
}

#[tokio::test]
async fn no_file_can_be_used_for_a_request_for_tokens() {
    let mut desk = desk(&[INDIVIDUAL]);
    let request = json!({ "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "allowedStorages": ["AKKaztokenStore"], "format": "cms", "data": "x", "signingParams": {} } });
    let pending = desk.ask_in_background(&request.to_string());
    let mut window = desk.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    assert_eq!(
        keys.1[0].state,
        KeyState::Unusable {
            problem: KeyProblem::TokenOnly
        }
    );
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    assert_eq!(window.refused().await, KeyProblem::TokenOnly);
    window.cancel(view.request).await;
    assert_eq!(
        pending.reply().await.as_deref(),
        Some(r#"{"status":true,"body":{}}"#)
    );
}

#[tokio::test]
async fn a_digest_that_does_not_fit_the_key_is_refused_before_signing() {
    let mut desk = desk(&[INDIVIDUAL]);
    let request = json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "createCAdESFromBase64Hash",
        "args": ["PKCS12", "SIGNATURE", "iUHBHfnY84CsJalfIy/Km9/A90p6Ox7DgEexE5C44p8="] });
    let pending = desk.ask_in_background(&request.to_string());
    let mut window = desk.window().await;
    let view = window.request().await;
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.keys().await;
    assert_eq!(window.refused().await, KeyProblem::DigestLength);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test]
async fn a_key_that_is_not_in_the_list_cannot_be_named() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(&request("SIGNATURE"));
    let mut window = desk.window().await;
    let view = window.request().await;
    window.keys().await;
    let password = PasswordText::new(PASSWORD.to_owned());
    window
        .say(FromWindow::Sign {
            request: view.request,
            key: "/etc/passwd".into(),
            password: Some(password),
            last_try: false,
        })
        .await;
    assert_eq!(window.refused().await, KeyProblem::Unreadable);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}
