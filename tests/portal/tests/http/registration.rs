//! Registering: everything that is known of a person comes from the certificate.

use serde_json::json;

use crate::browser::TestPortal;
use crate::keys::{individual, key, sign_xml};

#[tokio::test]
async fn the_page_shows_what_the_certificate_says() {
    let mut browser = TestPortal::new().browser().await;
    let shown = browser
        .show_certificate(&individual(), "individual")
        .await
        .accepted();
    assert_eq!(shown["person"]["iin"], "123456789011");
    assert_eq!(shown["person"]["name"], "ТЕСТОВ ТЕСТ ТЕСТОВИЧ");
    assert_eq!(shown["validity"], json!(["01.01.2026", "01.01.2036"]));
}

#[tokio::test]
async fn head_and_signer_register_for_their_organisation() {
    for folder in ["company-head", "company-signer"] {
        let mut browser = TestPortal::new().browser().await;
        let cabinet = browser.enter(&key(folder, "GOST512"), "organisation").await;
        assert!(cabinet.text.contains("123456789021"), "{folder}");
    }
}

#[tokio::test]
async fn nobody_registers_twice() {
    let portal = TestPortal::new();
    portal
        .browser()
        .await
        .register(&individual(), "individual")
        .await
        .accepted();
    let mut again = portal.browser().await;
    let other_key_of_the_same_person = key("individual-old", "AUTH_RSA256");
    let refusal = again
        .show_certificate(&other_key_of_the_same_person, "individual")
        .await
        .refusal();
    assert_eq!(refusal, "already-registered");
}

#[tokio::test]
async fn of_two_who_register_at_once_the_second_is_refused() {
    let portal = TestPortal::new();
    let (mut first, mut second) = (portal.browser().await, portal.browser().await);
    for browser in [&mut first, &mut second] {
        browser
            .show_certificate(&individual(), "individual")
            .await
            .accepted();
    }
    let body = json!({ "email": "test@example.kz", "agreement": true });
    first
        .post("/api/registration", body.clone())
        .await
        .accepted();
    assert_eq!(
        second.post("/api/registration", body).await.refusal(),
        "already-registered"
    );
}

#[tokio::test]
async fn the_certificate_must_be_of_the_chosen_kind() {
    for (folder, prefix, kind, refusal) in [
        (
            "company-head",
            "GOST512",
            "individual",
            "individual-expected",
        ),
        (
            "individual",
            "GOST512",
            "organisation",
            "organisation-expected",
        ),
        (
            "company-employee",
            "GOST512",
            "organisation",
            "no-right-to-sign",
        ),
        ("information-system", "GOST512", "organisation", "no-iin"),
        ("individual-old", "RSA256", "individual", "not-for-login"),
        ("expired", "GOST512", "individual", "certificate-expired"),
        ("revoked", "GOST512", "individual", "certificate-revoked"),
        ("wrong-issuer", "GOST512", "individual", "unknown-issuer"),
    ] {
        let mut browser = TestPortal::new().browser().await;
        assert_eq!(
            browser
                .show_certificate(&key(folder, prefix), kind)
                .await
                .refusal(),
            refusal,
            "{folder}/{prefix}"
        );
    }
}

#[tokio::test]
async fn without_a_certificate_there_is_no_account() {
    let mut browser = TestPortal::new().browser().await;
    let body = json!({ "email": "test@example.kz", "agreement": true, "iin": "123456789011" });
    assert_eq!(
        browser.post("/api/registration", body).await.refusal(),
        "certificate-needed"
    );
}

#[tokio::test]
async fn agreement_and_an_address_are_needed() {
    let mut browser = TestPortal::new().browser().await;
    browser
        .show_certificate(&individual(), "individual")
        .await
        .accepted();
    let mut tries = vec![(
        json!({ "email": "test@example.kz", "agreement": false }),
        "agreement-needed",
    )];
    for email in [
        "",
        "test",
        "test@",
        "@example.kz",
        "test@example",
        "a b@example.kz",
        "a@b@example.kz",
        "<b>@example.kz",
        "a@.kz",
    ] {
        tries.push((json!({ "email": email, "agreement": true }), "bad-email"));
    }
    for (body, refusal) in tries {
        assert_eq!(
            browser
                .post("/api/registration", body.clone())
                .await
                .refusal(),
            refusal,
            "{body}"
        );
    }
    browser
        .post(
            "/api/registration",
            json!({ "email": " test@example.kz ", "agreement": true }),
        )
        .await
        .accepted();
}

#[tokio::test]
async fn a_log_in_signature_does_not_register() {
    let mut browser = TestPortal::new().browser().await;
    let (id, data) = browser.challenge("login", "xml").await;
    let body =
        json!({ "kind": "individual", "id": id, "signature": sign_xml(&individual(), &data) });
    assert_eq!(
        browser
            .post("/api/registration/certificate", body)
            .await
            .refusal(),
        "another-purpose"
    );
}
