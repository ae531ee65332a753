//! Languages and the policy.

use std::fs;

use agent::{Caller, Error, Origin};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use window_messages::{FromWindow, Language, ToWindow};

use crate::window::{Desk, desk, desk_in};

fn basics(locale: Option<&str>) -> String {
    json!({ "module": "kz.gov.pki.knca.basics", "method": "sign",
        "args": { "format": "cms", "data": "x", "signingParams": {}, "signerParams": {}, "locale": locale } })
    .to_string()
}

/// The language of the connection's next window; the person may switch it there.
async fn language(
    desk: &mut Desk,
    connection: u64,
    request: &str,
    switch: Option<Language>,
) -> Language {
    let pending = desk.ask_from("https://egov.kz", connection, request);
    let mut window = desk.window().await;
    let view = window.request().await;
    if let Some(language) = switch {
        window.say(FromWindow::SetLanguage { language }).await;
    }
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
    view.language
}

#[tokio::test]
async fn the_window_speaks_the_language_of_the_page_until_the_person_switches() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("settings.toml"), "language = \"kk\"\n").unwrap();
    let mut desk = desk_in(data, tempfile::tempdir().unwrap());
    assert_eq!(
        language(&mut desk, 1, &basics(None), None).await,
        Language::Kk
    );
    assert_eq!(
        language(&mut desk, 1, &basics(Some("ru")), None).await,
        Language::Ru
    );
    assert_eq!(
        language(&mut desk, 1, &basics(None), None).await,
        Language::Ru
    );
    let change =
        r#"{"module":"kz.gov.pki.knca.commonUtils","method":"changeLocale","args":["kk"]}"#;
    assert_eq!(desk.ask(change).await.as_deref(), Some(r#"{"code":"200"}"#));
    assert_eq!(
        language(&mut desk, 1, &basics(None), Some(Language::En)).await,
        Language::Kk
    );
    assert_eq!(
        language(&mut desk, 1, &basics(Some("ru")), None).await,
        Language::En
    );
    // Another connection: as the person set it.
    assert_eq!(
        language(&mut desk, 2, &basics(None), None).await,
        Language::En
    );
    let text = fs::read_to_string(desk.data.path().join("settings.toml")).unwrap();
    assert!(text.contains("language = \"en\""), "{text}");
}

#[tokio::test]
async fn callers_that_the_policy_forbids_get_no_window() {
    let data = tempfile::tempdir().unwrap();
    let policy = "[policy]\nhttp_sites = false\npages_without_address = false\nprograms = false\n";
    fs::write(data.path().join("settings.toml"), policy).unwrap();
    let desk = desk_in(data, tempfile::tempdir().unwrap());
    for origin in [
        Some("http://egov.kz"),
        Some("null"),
        Some("chrome-extension://abc"),
        None,
    ] {
        let caller = Caller {
            origin: Origin::parse(origin).unwrap(),
            connection: 1,
        };
        assert!(!desk.agent.admits(&caller), "{origin:?}");
        let reply = desk
            .agent
            .answer(&caller, &basics(None), CancellationToken::new())
            .await
            .unwrap()
            .to_string();
        assert!(
            reply.starts_with(r#"{"status":false,"#) && reply.contains("do not admit"),
            "{reply}"
        );
        let tokens = r#"{"module":"kz.gov.pki.knca.commonUtils","method":"getActiveTokens"}"#;
        let reply = desk
            .agent
            .answer(&caller, tokens, CancellationToken::new())
            .await
            .unwrap()
            .to_string();
        assert!(reply.contains(r#""code":"500""#), "{reply}");
    }
    for origin in ["https://egov.kz", "http://localhost:8080"] {
        let caller = Caller {
            origin: Origin::parse(Some(origin)).unwrap(),
            connection: 1,
        };
        assert!(desk.agent.admits(&caller), "{origin}");
    }
}

#[tokio::test]
async fn settings_saved_in_their_window_are_kept() {
    let mut desk = desk(&[]);
    desk.ask(r#"{"module":"kz.gov.pki.ncalayerservices.accessory","method":"showSettings"}"#)
        .await
        .unwrap();
    let mut window = desk.window().await;
    let ToWindow::Settings(mut settings) = window.next().await else {
        panic!()
    };
    settings.usual_folders = false;
    window
        .say(FromWindow::SaveSettings {
            settings,
            proxy_password: None,
        })
        .await;
    drop(window.to_agent);
    assert!(window.from_agent.recv().await.is_none());
    let text = fs::read_to_string(desk.data.path().join("settings.toml")).unwrap();
    assert!(text.contains("usual_folders = false"), "{text}");
}

#[tokio::test]
async fn a_page_cannot_cover_a_request_with_the_settings() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(&basics(None));
    let mut window = desk.window().await;
    let view = window.request().await;
    let show = r#"{"module":"kz.gov.pki.ncalayerservices.accessory","method":"showSettings"}"#;
    desk.ask_from("https://evil.example", 2, show)
        .reply()
        .await
        .unwrap();
    assert!(desk.windows.try_recv().is_err());
    window.cancel(view.request).await;
    pending.reply().await.unwrap();
}

#[test]
fn settings_that_cannot_be_understood_stop_the_agent() {
    struct NoScreen;
    impl agent::Screen for NoScreen {
        fn open(&self) -> std::io::Result<agent::ScreenLink> {
            Err(std::io::ErrorKind::NotFound.into())
        }
        fn warm(&self) {}
    }
    let data = tempfile::tempdir().unwrap();
    fs::write(
        data.path().join("settings.toml"),
        "[policy]\nhttp_site = false\n",
    )
    .unwrap();
    let config = agent::Config {
        data_dir: data.path().to_owned(),
        key_folders: Vec::new(),
        screen: std::sync::Arc::new(NoScreen),
        fetch: std::sync::Arc::new(crate::network::Offline),
        choose_network: Box::new(|_| {}),
        tokens: None,
        trust_test_ca: false,
    };
    assert!(matches!(
        agent::Agent::new(config),
        Err(Error::Settings { .. })
    ));
}
