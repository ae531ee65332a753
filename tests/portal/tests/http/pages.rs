//! Pages, languages and what they hold back.

use axum::http::{StatusCode, header};
use demo_portal::{Language, Refusal};

use crate::browser::TestPortal;

const PAGES: [&str; 6] = [
    "/",
    "/login",
    "/register",
    "/agreement",
    "/help",
    "/nowhere",
];

#[tokio::test]
async fn every_page_is_whole_in_every_language() {
    let mut browser = TestPortal::new().browser().await;
    let session = browser.cookie.clone();
    for language in Language::ALL {
        browser.cookie = format!("{session}; language={}", language.code());
        for page in PAGES {
            let reply = browser.open(page).await;
            let text = &reply.text;
            assert_eq!(reply.status == StatusCode::NOT_FOUND, page == "/nowhere");
            assert!(
                text.contains(&format!("<html lang=\"{}\">", language.code())),
                "{page}"
            );
            assert!(
                !text.contains("{{") && !text.contains("}}"),
                "a mark was left in {page}"
            );
            // A key without words shows as itself: a name with a dot between small letters.
            let body = text.split("<body>").nth(1).unwrap();
            for name in [
                "site.",
                "home.",
                "login.",
                "register.",
                "person.",
                "cabinet.",
                "agreement.",
                "help.",
                "not-found.",
                "js.",
            ] {
                assert!(
                    !body.contains(&format!(">{name}")),
                    "{page} in {} lacks words of {name}",
                    language.code()
                );
            }
        }
    }
}

#[test]
fn all_languages_have_the_same_keys_and_no_empty_words() {
    let keys = |language: Language| {
        language
            .texts()
            .keys()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for language in Language::ALL {
        assert_eq!(keys(language), keys(Language::Ru), "{}", language.code());
        for key in language.texts().keys() {
            assert!(
                !language.texts().get(key).trim().is_empty(),
                "{key} in {}",
                language.code()
            );
        }
    }
}

#[test]
fn every_refusal_and_every_state_of_the_scripts_has_words() {
    let texts = Language::Kk.texts();
    for refusal in Refusal::ALL {
        let key = format!("refusal.{}", refusal.code());
        assert_ne!(texts.get(&key), key);
    }
    let scripts = concat!(
        include_str!("../../assets/portal.js"),
        include_str!("../../assets/agent.js")
    );
    let errors = scripts
        .split("AgentError('")
        .skip(1)
        .map(|rest| format!("js.{}", rest.split('\'').next().unwrap()));
    let named = scripts
        .split("'js.")
        .skip(1)
        .map(|rest| format!("js.{}", rest.split('\'').next().unwrap()));
    for key in errors.chain(named) {
        assert_ne!(texts.get(&key), key, "{key}");
    }
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_run_no_inline_script() {
    let mut browser = TestPortal::new().browser().await;
    for page in PAGES {
        let reply = browser.open(page).await;
        let policy = reply.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{policy}"
        );
        assert!(
            policy.contains("connect-src 'self' wss://127.0.0.1:13579;")
                && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        let attributes = reply
            .text
            .split("src=\"")
            .skip(1)
            .chain(reply.text.split("href=\"").skip(1));
        for place in attributes.map(|rest| rest.split('"').next().unwrap()) {
            let own =
                place.starts_with('#') || (place.starts_with('/') && !place.starts_with("//"));
            assert!(
                own || place == "https://127.0.0.1:13579",
                "{page} points to {place}"
            );
        }
        assert!(
            !reply.text.contains("style=") && !reply.text.contains("onclick"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn the_language_is_remembered_and_leads_back_to_this_portal_only() {
    let mut browser = TestPortal::new().browser().await;
    for (path, place) in [
        ("/language/kk?back=/register", "/register"),
        ("/language/en?back=//evil.example", "/"),
        ("/language/ru?back=https://evil.example", "/"),
        ("/language/ru", "/"),
    ] {
        let reply = browser.open(path).await;
        assert_eq!(reply.headers[header::LOCATION], place, "{path}");
        assert!(
            reply.headers[header::SET_COOKIE]
                .to_str()
                .unwrap()
                .starts_with("language=")
        );
    }
    assert_eq!(browser.open("/language/xx").await.refusal(), "not-found");
}

#[tokio::test]
async fn the_browsers_language_is_taken_until_the_person_chooses() {
    let mut browser = TestPortal::new().browser().await;
    assert!(
        browser
            .open("/")
            .await
            .text
            .contains("Подпись вместо пароля")
    );
    browser.cookie = "language=kk".to_owned();
    assert!(
        browser
            .open("/")
            .await
            .text
            .contains("Құпиясөздің орнына қолтаңба")
    );
}
