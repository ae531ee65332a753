//! One window at a time, limits, pages that leave.

use std::sync::atomic::Ordering;

use serde_json::json;
use window_messages::ToWindow;

use crate::window::{INDIVIDUAL, PASSWORD, desk};

fn request() -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "createCAdESFromBase64",
            "args": ["PKCS12", "SIGNATURE", "MTEK", true] })
    .to_string()
}

const BUSY: &str = r#"{"code":"500","message":"too many requests are waiting for an answer"}"#;

/// Lets every task that can run do so.
async fn settle() {
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
}

#[tokio::test]
async fn two_connections_get_their_windows_one_after_the_other() {
    let mut desk = desk(&[INDIVIDUAL]);
    let first = desk.ask_from("https://egov.kz", 1, &request());
    let mut first_window = desk.window().await;
    let shown = first_window.request().await;
    let second = desk.ask_from("https://kgd.gov.kz", 2, &request());
    settle().await;
    assert_eq!(desk.opened.load(Ordering::SeqCst), 1);
    first_window.cancel(shown.request).await;
    assert!(first.reply().await.unwrap().contains("action.canceled"));
    let mut second_window = desk.window().await;
    let second_shown = second_window.request().await;
    assert_eq!(second_shown.site.host, "kgd.gov.kz");
    assert_ne!(second_shown.request, shown.request);
    second_window.cancel(second_shown.request).await;
    second.reply().await.unwrap();
}

#[tokio::test]
async fn a_fourth_request_of_one_origin_is_told_that_the_agent_is_busy() {
    let mut desk = desk(&[]);
    let waiting: Vec<_> = (1..=3)
        .map(|connection| desk.ask_from("https://egov.kz", connection, &request()))
        .collect();
    let window = desk.window().await;
    settle().await;
    assert_eq!(
        desk.ask_from("https://egov.kz", 4, &request())
            .reply()
            .await
            .as_deref(),
        Some(BUSY)
    );
    let other = json!({ "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": "cms", "data": "x", "signingParams": {}, "signerParams": {} } });
    let busy = desk
        .ask_from("https://egov.kz", 5, &other.to_string())
        .reply()
        .await
        .unwrap();
    assert!(
        busy.contains(r#""status":false,"code":"SIGNING_FAILURE""#),
        "{busy}"
    );
    // Another origin still has its place, and what needs no window is answered.
    let polite = desk.ask_from("https://kgd.gov.kz", 6, &request());
    assert!(desk.ask(r#"{"module":"x"}"#).await.is_some());
    for pending in &waiting {
        pending.gone.cancel();
    }
    drop(window);
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.site.host, "kgd.gov.kz");
    window.cancel(view.request).await;
    polite.reply().await.unwrap();
}

#[tokio::test]
async fn a_page_that_leaves_takes_its_window_along_and_nothing_is_signed() {
    let mut desk = desk(&[INDIVIDUAL]);
    let pending = desk.ask_in_background(&request());
    let mut window = desk.window().await;
    window.request().await;
    let keys = window.keys().await;
    pending.gone.cancel();
    assert_eq!(pending.reply().await, None);
    assert!(matches!(window.next().await, ToWindow::Withdrawn { .. }));
    // Consent that comes too late goes nowhere.
    let (request, key) = (keys.0, keys.1[0].id.clone());
    let password = window_messages::PasswordText::new(PASSWORD.to_owned());
    let late = window
        .to_agent
        .send(window_messages::FromWindow::Sign {
            request,
            key,
            password: Some(password),
            last_try: false,
        })
        .await;
    assert!(late.is_err());
}

#[tokio::test]
async fn consent_to_another_request_is_no_consent() {
    let mut desk = desk(&[INDIVIDUAL]);
    let pending = desk.ask_in_background(&request());
    let mut window = desk.window().await;
    let view = window.request().await;
    let (_, keys) = window.keys().await;
    window
        .sign(&(view.request + 1, keys), INDIVIDUAL, PASSWORD)
        .await;
    window.cancel(view.request + 1).await;
    window.cancel(view.request).await;
    assert!(pending.reply().await.unwrap().contains("action.canceled"));
}

#[tokio::test]
async fn a_window_that_breaks_down_is_an_error_and_not_a_cancel() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(&request());
    drop(desk.window().await);
    assert_eq!(
        pending.reply().await.as_deref(),
        Some(r#"{"code":"500","message":"the window was lost"}"#)
    );
    // The next request gets its window.
    let pending = desk.ask_in_background(&request());
    let mut window = desk.window().await;
    let view = window.request().await;
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_window_that_never_appears_does_not_hold_up_the_others() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(&request());
    let window = desk.window().await;
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    assert!(
        pending
            .reply()
            .await
            .unwrap()
            .contains("the window was lost")
    );
    drop(window);
}
