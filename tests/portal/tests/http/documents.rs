//! Documents signed in the cabinet.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::browser::{Browser, TestPortal};
use crate::keys::{individual, key, sign_attached, sign_detached, sign_xml};

async fn cabinet() -> Browser {
    let mut browser = TestPortal::new().browser().await;
    browser.enter(&individual(), "individual").await;
    browser
}

async fn new_document(browser: &mut Browser, form: &str) -> (Value, String) {
    let reply = browser
        .post(
            "/api/documents",
            json!({ "form": form, "text": "Қарауды сұраймын <&>" }),
        )
        .await
        .accepted();
    (
        reply["id"].clone(),
        reply["data"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn a_document_is_signed_by_a_detached_cms() {
    let mut browser = cabinet().await;
    let (id, data) = new_document(&mut browser, "cms").await;
    let text = String::from_utf8(STANDARD.decode(&data).unwrap()).unwrap();
    assert!(
        text.contains("IIN: 123456789011") && text.contains("Қарауды сұраймын <&>"),
        "{text}"
    );
    let body = json!({ "id": id, "signature": sign_detached(&individual(), &data) });
    let number = browser
        .post("/api/documents/signature", body)
        .await
        .accepted()["number"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(text.contains(&number));

    assert!(browser.open("/cabinet").await.text.contains(&number));
    let content = browser.open(&format!("/documents/{number}/content")).await;
    assert_eq!(content.text, text);
    assert_eq!(
        content.headers["content-disposition"],
        format!("attachment; filename=\"application-{number}.txt\"")
    );
    assert_eq!(
        browser
            .open(&format!("/documents/{number}/signature"))
            .await
            .status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_document_is_signed_by_xml_with_the_old_signing_key() {
    let mut browser = cabinet().await;
    let (id, data) = new_document(&mut browser, "xml").await;
    let body = json!({ "id": id, "signature": sign_xml(&key("individual-old", "RSA256"), &data) });
    let number = browser
        .post("/api/documents/signature", body)
        .await
        .accepted()["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let signed = browser
        .open(&format!("/documents/{number}/signature"))
        .await
        .text;
    assert!(
        signed.contains("<text>Қарауды сұраймын &lt;&amp;&gt;</text>")
            && signed.contains("ds:Signature"),
        "{signed}"
    );
}

#[tokio::test]
async fn keys_that_must_not_sign_are_refused() {
    for (folder, prefix, refusal) in [
        ("individual-old", "AUTH_RSA256", "not-for-signing"),
        ("another-individual", "GOST512", "another-person"),
        ("company-head", "GOST512", "another-person"),
        ("information-system", "GOST512", "no-iin"),
        ("expired", "GOST512", "certificate-expired"),
        ("revoked", "RSA256", "certificate-revoked"),
        ("wrong-issuer", "GOST512", "unknown-issuer"),
    ] {
        let mut browser = cabinet().await;
        let (id, data) = new_document(&mut browser, "cms").await;
        let body = json!({ "id": id, "signature": sign_detached(&key(folder, prefix), &data) });
        assert_eq!(
            browser
                .post("/api/documents/signature", body)
                .await
                .refusal(),
            refusal,
            "{folder}/{prefix}"
        );
    }
}

#[tokio::test]
async fn a_signature_under_another_text_is_refused() {
    let mut browser = cabinet().await;
    let (id, data) = new_document(&mut browser, "cms").await;
    let other = STANDARD.encode([STANDARD.decode(&data).unwrap(), b"!".to_vec()].concat());
    let body = json!({ "id": id, "signature": sign_detached(&individual(), &other) });
    assert_eq!(
        browser
            .post("/api/documents/signature", body)
            .await
            .refusal(),
        "content-differs"
    );

    let (id, data) = new_document(&mut browser, "cms").await;
    let body = json!({ "id": id, "signature": sign_attached(&individual(), &data) });
    assert_eq!(
        browser
            .post("/api/documents/signature", body)
            .await
            .refusal(),
        "content-differs",
        "content inside"
    );
}

#[tokio::test]
async fn a_signature_is_taken_once() {
    let mut browser = cabinet().await;
    let (id, data) = new_document(&mut browser, "cms").await;
    let body = json!({ "id": id, "signature": sign_detached(&individual(), &data) });
    browser
        .post("/api/documents/signature", body.clone())
        .await
        .accepted();
    assert_eq!(
        browser
            .post("/api/documents/signature", body)
            .await
            .refusal(),
        "challenge-used"
    );
}

#[tokio::test]
async fn only_who_has_logged_in_signs_and_reads() {
    let portal = TestPortal::new();
    let mut stranger = portal.browser().await;
    let refusal = stranger
        .post("/api/documents", json!({ "form": "cms", "text": "text" }))
        .await
        .refusal();
    assert_eq!(refusal, "not-logged-in");

    let mut owner = portal.browser().await;
    owner.enter(&individual(), "individual").await;
    let (id, data) = new_document(&mut owner, "cms").await;
    let body = json!({ "id": id, "signature": sign_detached(&individual(), &data) });
    let number = owner
        .post("/api/documents/signature", body)
        .await
        .accepted()["number"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut other = portal.browser().await;
    other
        .enter(&key("another-individual", "GOST512"), "individual")
        .await;
    assert_eq!(
        other
            .open(&format!("/documents/{number}/content"))
            .await
            .refusal(),
        "not-found"
    );
    assert_eq!(
        stranger
            .open(&format!("/documents/{number}/content"))
            .await
            .refusal(),
        "not-logged-in"
    );
}

#[tokio::test]
async fn texts_that_are_no_documents_are_refused() {
    let mut browser = cabinet().await;
    for text in [
        String::new(),
        "  \n ".to_owned(),
        "a\0b".to_owned(),
        "\u{1b}[2J".to_owned(),
        "я".repeat(40_000),
    ] {
        let refusal = browser
            .post("/api/documents", json!({ "form": "xml", "text": text }))
            .await
            .refusal();
        assert_eq!(refusal, "bad-document");
    }
}
