//! What is remembered after a signature, and what never is.

use std::fs;

use serde_json::json;
use window_messages::{
    FromWindow, KeyState, Language, ModulesView, NetworkView, NetworkWay, SettingsView,
};

use crate::window::{Desk, INDIVIDUAL, OLD_SIGNING, PASSWORD, Window, desk, desk_in, file_name};

fn request() -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": "createCAdESFromBase64",
            "args": ["PKCS12", "SIGNATURE", "MTEK", true] })
    .to_string()
}

async fn cancel(mut window: Window, pending: crate::window::Pending, request: u32) {
    window.cancel(request).await;
    pending.reply().await.unwrap();
    window.from_agent.close();
}

#[tokio::test]
async fn the_key_used_on_a_site_is_known_and_selected_there_next_time() {
    let mut desk = desk(&[INDIVIDUAL, OLD_SIGNING]);
    desk.signed_with(OLD_SIGNING, &request()).await;
    // Also after a restart.
    let Desk { data, keys, .. } = desk;
    let mut desk = desk_in(data, keys);
    for (origin, known) in [
        ("https://egov.kz", true),
        ("https://kgd.gov.kz", false),
        ("http://egov.kz", false),
    ] {
        let pending = desk.ask_from(origin, 1, &request());
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.site.first_visit, !known, "{origin}");
        let (_, keys) = window.keys().await;
        assert!(OLD_SIGNING.ends_with(file_name(&keys[0])));
        assert_eq!(
            (keys[0].state.clone(), keys[0].used_here),
            (KeyState::Usable, known),
            "{origin}"
        );
        assert_eq!(keys[1].state, KeyState::Unknown);
        cancel(window, pending, view.request).await;
    }
}

#[tokio::test]
async fn a_site_that_was_refused_stays_new() {
    let mut desk = desk(&[]);
    for _ in 0..2 {
        let pending = desk.ask_in_background(&request());
        let mut window = desk.window().await;
        let view = window.request().await;
        assert!(view.site.first_visit);
        cancel(window, pending, view.request).await;
    }
}

#[tokio::test]
async fn no_password_is_written_anywhere() {
    let mut desk = desk(&[INDIVIDUAL]);
    desk.signed_with(INDIVIDUAL, &request()).await;
    let files: Vec<_> = fs::read_dir(desk.data.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    assert!(!files.is_empty());
    for file in files {
        let text = String::from_utf8(fs::read(&file).unwrap()).unwrap();
        assert!(!text.contains(PASSWORD), "{}", file.display());
    }
}

#[tokio::test]
async fn keys_are_forgotten_when_the_person_says_so() {
    let mut desk = desk(&[INDIVIDUAL]);
    desk.signed_with(INDIVIDUAL, &request()).await;
    let pending = desk.ask_in_background(&request());
    let mut window = desk.window().await;
    let view = window.request().await;
    window.keys().await;
    let settings = SettingsView {
        language: Some(Language::En),
        key_folders: Vec::new(),
        usual_folders: false,
        token_modules: Vec::new(),
        usual_token_modules: true,
        remember_keys: false,
        network: NetworkView {
            way: NetworkWay::System,
            proxy: String::new(),
            proxy_user: String::new(),
            has_proxy_password: false,
        },
        trust_test_ca: false,
        test_certificates: false,
        require_certain_status: false,
        modules: ModulesView {
            common_utils: true,
            basics: true,
            accessory: true,
            nur_sign: true,
            esf_signer: true,
            knp: true,
            cms_sign_util: true,
            uchet: true,
            applet: false,
        },
        streaming: false,
    };
    window
        .say(FromWindow::SaveSettings {
            settings,
            proxy_password: None,
        })
        .await;
    window.keys().await;
    cancel(window, pending, view.request).await;

    desk.signed_with(INDIVIDUAL, &request()).await;
    let pending = desk.ask_in_background(&request());
    let mut window = desk.window().await;
    let view = window.request().await;
    // The site is known, the key is not.
    assert!(!view.site.first_visit);
    assert_eq!(view.language, Language::En);
    let (_, keys) = window.keys().await;
    assert_eq!(
        (keys[0].state.clone(), keys[0].used_here),
        (KeyState::Unknown, false)
    );
    cancel(window, pending, view.request).await;
}

#[tokio::test]
async fn a_damaged_memory_is_forgotten() {
    let data = tempfile::tempdir().unwrap();
    fs::write(data.path().join("memory.json"), "{").unwrap();
    let mut desk = desk_in(data, desk(&[INDIVIDUAL]).keys);
    desk.signed_with(INDIVIDUAL, &request()).await;
    let text = fs::read_to_string(desk.data.path().join("memory.json")).unwrap();
    assert!(text.contains("https://egov.kz"));
}
