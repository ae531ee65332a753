//! What the person is told when a page asks for a module that it does not get.

use std::{fs, sync::atomic::Ordering, time::Duration};

use serde_json::json;
use tokio::time::sleep;
use window_messages::{FromWindow, Language, NoticeView, ToWindow};

use crate::window::{Desk, desk, desk_in};

const NOT_FOUND: &str = r#"{"success":false,"errorCode":"MODULE_NOT_FOUND"}"#;
const SHOW_SETTINGS: &str =
    r#"{"module":"kz.gov.pki.ncalayerservices.accessory","method":"showSettings"}"#;
const SIGN: &str = r#"{"module":"kz.gov.pki.knca.basics","method":"sign",
    "args":{"format":"cms","data":"x","signingParams":{},"locale":"ru"}}"#;
/// Longer than a notice waits for a request.
const WELL_AFTER: Duration = Duration::from_millis(2500);

fn call(module: &str) -> String {
    json!({ "module": module, "method": "x" }).to_string()
}

async fn notice(desk: &mut Desk) -> NoticeView {
    let ToWindow::Notice(notice) = desk.window().await.next().await else {
        panic!("not a notice")
    };
    notice
}

#[tokio::test]
async fn the_page_is_answered_at_once_and_the_person_told_which_site_wanted_what() {
    let mut desk = desk(&[]);
    let reply = desk.ask(&call("kz.ecc.K2SignBundle")).await;
    assert_eq!(reply.as_deref(), Some(NOT_FOUND));
    assert_eq!(desk.opened.load(Ordering::SeqCst), 0);
    let notice = notice(&mut desk).await;
    assert_eq!(notice.site.origin, "https://egov.kz");
    assert_eq!(notice.module, "kz.ecc.K2SignBundle");
    assert!(!notice.switched_off);
}

#[tokio::test]
async fn a_module_that_is_off_leads_to_the_settings_which_switch_it_on() {
    let data = tempfile::tempdir().unwrap();
    fs::write(
        data.path().join("settings.toml"),
        "language = \"kk\"\n[modules]\nnur_sign = false\n",
    )
    .unwrap();
    let mut desk = desk_in(data, tempfile::tempdir().unwrap());
    let version = r#"{"module":"NURSign","type":"version"}"#;
    assert_eq!(desk.ask(version).await.as_deref(), Some(NOT_FOUND));
    let mut window = desk.window().await;
    let ToWindow::Notice(notice) = window.next().await else {
        panic!("not a notice")
    };
    assert!(notice.switched_off);
    assert_eq!(notice.language, Language::Kk);
    window.say(FromWindow::OpenSettings).await;
    let ToWindow::Settings(mut settings) = window.next().await else {
        panic!("not the settings")
    };
    assert!(!settings.modules.nur_sign);
    settings.modules.nur_sign = true;
    window
        .say(FromWindow::SaveSettings {
            settings,
            proxy_password: None,
        })
        .await;
    window.say(FromWindow::Left).await;
    assert!(window.from_agent.recv().await.is_none());
    let reply = desk.ask(version).await.unwrap();
    assert!(reply.contains("\"version\":\"1.0.0\""), "{reply}");
    let text = fs::read_to_string(desk.data.path().join("settings.toml")).unwrap();
    assert!(text.contains("nur_sign = true"), "{text}");
}

#[tokio::test]
async fn a_page_that_asks_for_a_thousand_modules_is_told_of_once() {
    let mut desk = desk(&[]);
    for number in 0..1000 {
        let reply = desk.ask(&call(&format!("kz.module{number}"))).await;
        assert_eq!(reply.as_deref(), Some(NOT_FOUND));
    }
    assert_eq!(notice(&mut desk).await.module, "kz.module0");
    sleep(WELL_AFTER).await;
    assert_eq!(desk.opened.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_does_not_look_like_a_name_is_not_repeated() {
    let mut desk = desk(&[]);
    let words = "Your key is blocked! Call +7 701 000 00 00";
    assert_eq!(desk.ask(&call(words)).await.as_deref(), Some(NOT_FOUND));
    assert_eq!(notice(&mut desk).await.module, "");
}

#[tokio::test]
async fn a_site_that_wants_a_bundle_installed_is_told_of_too() {
    let mut desk = desk(&[]);
    let install = |name: &str| {
        json!({ "module": "kz.gov.pki.ncalayerservices.accessory", "method": "installBundle", "symname": name })
            .to_string()
    };
    // This one is here already.
    let reply = desk.ask(&install("kz.ecc.NurSignBundle")).await;
    assert_eq!(reply.as_deref(), Some(NOT_FOUND));
    let reply = desk.ask(&install("kz.sapa.eproc.osgi.EprocModule")).await;
    assert_eq!(reply.as_deref(), Some(NOT_FOUND));
    assert_eq!(
        notice(&mut desk).await.module,
        "kz.sapa.eproc.osgi.EprocModule"
    );
}

#[tokio::test]
async fn what_clients_ask_only_to_learn_whom_they_talk_to_disturbs_nobody() {
    let desk = desk(&[]);
    for request in [
        r#"{"module":"kz.digiflow.mobile.extensions","method":"getVersion"}"#,
        r#"{"module":"heartbeat","data":"ping"}"#,
        r#"{"foo":1}"#,
        r#"{"method":"setLocale","args":["ru"]}"#,
    ] {
        desk.ask(request).await;
    }
    sleep(WELL_AFTER).await;
    assert_eq!(desk.opened.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_notice_waits_until_no_request_has_the_window() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(SIGN);
    let mut window = desk.window().await;
    let view = window.request().await;
    desk.ask_from("https://other.example", 2, &call("no.such.module"))
        .reply()
        .await
        .unwrap();
    sleep(WELL_AFTER).await;
    assert_eq!(desk.opened.load(Ordering::SeqCst), 1);
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
    drop(window);
    assert_eq!(notice(&mut desk).await.site.origin, "https://other.example");
}

#[tokio::test]
async fn settings_on_the_screen_are_not_taken_away_by_a_notice() {
    let mut desk = desk(&[]);
    desk.ask(SHOW_SETTINGS).await.unwrap();
    let mut window = desk.window().await;
    assert!(matches!(window.next().await, ToWindow::Settings(_)));
    desk.ask(&call("no.such.module")).await;
    assert!(matches!(window.next().await, ToWindow::Notice(_)));
    assert_eq!(desk.opened.load(Ordering::SeqCst), 1);
}
