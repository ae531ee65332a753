//! Logging in: by XML as egov.kz asks for it, by CMS, and every way in which it must fail.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use demo_portal::{CHALLENGE_LIFETIME, Trust};
use serde_json::json;
use signing::cms;

use crate::browser::{Browser, TestPortal};
use crate::keys::{self, individual, key, sign_attached, sign_xml};

/// A browser of somebody who has registered with the individual's key.
async fn registered(portal: &TestPortal) -> Browser {
    let mut browser = portal.browser().await;
    browser
        .register(&individual(), "individual")
        .await
        .accepted();
    browser
}

#[tokio::test]
async fn a_registered_person_gets_in_by_an_xml_signature() {
    let mut browser = registered(&TestPortal::new()).await;
    assert_eq!(
        browser.log_in(&individual()).await.accepted()["next"],
        "/cabinet"
    );
    let cabinet = browser.open("/cabinet").await;
    assert!(
        cabinet.text.contains("ТЕСТОВ ТЕСТ ТЕСТОВИЧ") && cabinet.text.contains("123456789011"),
        "{}",
        cabinet.text
    );
}

#[tokio::test]
async fn a_registered_person_gets_in_by_a_cms_signature() {
    let mut browser = registered(&TestPortal::new()).await;
    let (id, data) = browser.challenge("login", "cms").await;
    let reply = browser
        .post(
            "/api/login",
            json!({ "id": id, "signature": sign_attached(&individual(), &data) }),
        )
        .await;
    assert_eq!(reply.accepted()["next"], "/cabinet");
}

#[tokio::test]
async fn the_challenge_has_the_shape_of_egov() {
    let mut browser = TestPortal::new().browser().await;
    let (_, data) = browser.challenge("login", "xml").await;
    let nonce = data
        .split("<sessionid>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    assert_eq!(
        data,
        format!(
            "<login><timeTicket>1795219200000</timeTicket><sessionid>{nonce}</sessionid></login>"
        )
    );
    assert_eq!(nonce.len(), 64);
}

#[tokio::test]
async fn every_family_of_keys_gets_in() {
    for (folder, prefix) in [
        ("individual-old", "AUTH_RSA256"),
        ("gost256", "GOST256"),
        ("no-eku", "GOST512"),
    ] {
        let mut browser = registered(&TestPortal::new()).await;
        browser.log_in(&key(folder, prefix)).await.accepted();
    }
}

#[tokio::test]
async fn a_stranger_is_told_to_register() {
    let mut browser = TestPortal::new().browser().await;
    assert_eq!(
        browser.log_in(&individual()).await.refusal(),
        "not-registered"
    );
}

#[tokio::test]
async fn a_signature_is_good_once() {
    let portal = TestPortal::new();
    let mut browser = registered(&portal).await;
    let (id, data) = browser.challenge("login", "xml").await;
    let body = json!({ "id": id, "signature": sign_xml(&key("wrong-issuer", "GOST512"), &data) });
    assert_eq!(
        browser.post("/api/login", body.clone()).await.refusal(),
        "unknown-issuer"
    );
    assert_eq!(
        browser.post("/api/login", body).await.refusal(),
        "challenge-used",
        "a failed try uses the nonce up too"
    );
}

#[tokio::test]
async fn a_log_in_that_was_overheard_does_not_work_again() {
    let portal = TestPortal::new();
    let mut browser = registered(&portal).await;
    let (id, data) = browser.challenge("login", "xml").await;
    let body = json!({ "id": id, "signature": sign_xml(&individual(), &data) });
    browser.post("/api/login", body.clone()).await.accepted();
    browser.open("/cabinet").await;
    assert_eq!(
        browser.post("/api/login", body.clone()).await.refusal(),
        "unknown-challenge"
    );
    let mut thief = portal.browser().await;
    assert_eq!(
        thief.post("/api/login", body.clone()).await.refusal(),
        "unknown-challenge"
    );
    let (id, _) = thief.challenge("login", "xml").await;
    let signature = body["signature"].clone();
    assert_eq!(
        thief
            .post("/api/login", json!({ "id": id, "signature": signature }))
            .await
            .refusal(),
        "content-differs"
    );
}

#[tokio::test]
async fn a_signature_that_comes_late_is_refused() {
    let portal = TestPortal::new();
    let mut browser = registered(&portal).await;
    let (id, data) = browser.challenge("login", "xml").await;
    portal.wait(CHALLENGE_LIFETIME + 1);
    let body = json!({ "id": id, "signature": sign_xml(&individual(), &data) });
    assert_eq!(
        browser.post("/api/login", body).await.refusal(),
        "challenge-expired"
    );
}

#[tokio::test]
async fn a_challenge_of_another_visit_is_refused_and_stays_good_for_its_own() {
    let portal = TestPortal::new();
    let mut browser = registered(&portal).await;
    let (id, data) = browser.challenge("login", "xml").await;
    let body = json!({ "id": id, "signature": sign_xml(&individual(), &data) });
    let mut other = portal.browser().await;
    assert_eq!(
        other.post("/api/login", body.clone()).await.refusal(),
        "another-session"
    );
    browser.post("/api/login", body).await.accepted();
}

#[tokio::test]
async fn a_signature_made_to_register_does_not_log_in() {
    let mut browser = registered(&TestPortal::new()).await;
    let (id, data) = browser.challenge("registration", "xml").await;
    let body = json!({ "id": id, "signature": sign_xml(&individual(), &data) });
    assert_eq!(
        browser.post("/api/login", body).await.refusal(),
        "another-purpose"
    );
}

#[tokio::test]
async fn changed_content_is_refused() {
    for (from, to) in [
        ("<timeTicket>1795219200000<", "<timeTicket>1795219200001<"),
        ("<login>", "<login><!-- --><a/>"),
    ] {
        let mut browser = registered(&TestPortal::new()).await;
        let (id, data) = browser.challenge("login", "xml").await;
        let signature = sign_xml(&individual(), &data).replacen(from, to, 1);
        let refusal = browser
            .post("/api/login", json!({ "id": id, "signature": signature }))
            .await
            .refusal();
        assert_eq!(refusal, "invalid-signature", "{to}");
    }
}

#[tokio::test]
async fn a_good_signature_over_something_else_is_refused() {
    for document in [
        "<login><timeTicket>1795219200000</timeTicket><sessionid>0</sessionid></login>",
        "<registration/>",
        "<login a=\"1\"/>",
    ] {
        let mut browser = registered(&TestPortal::new()).await;
        let (id, _) = browser.challenge("login", "xml").await;
        let body = json!({ "id": id, "signature": sign_xml(&individual(), document) });
        assert_eq!(
            browser.post("/api/login", body).await.refusal(),
            "content-differs"
        );

        let (id, _) = browser.challenge("login", "cms").await;
        let signature = sign_attached(&individual(), &STANDARD.encode(document));
        let body = json!({ "id": id, "signature": signature });
        assert_eq!(
            browser.post("/api/login", body).await.refusal(),
            "content-differs"
        );
    }
}

#[tokio::test]
async fn a_cms_without_its_content_is_refused() {
    let mut browser = registered(&TestPortal::new()).await;
    let (id, data) = browser.challenge("login", "cms").await;
    let body = json!({ "id": id, "signature": keys::sign_detached(&individual(), &data) });
    assert_eq!(
        browser.post("/api/login", body).await.refusal(),
        "invalid-signature"
    );
}

#[tokio::test]
async fn two_signatures_are_one_too_many() {
    let mut browser = registered(&TestPortal::new()).await;
    let (id, data) = browser.challenge("login", "xml").await;
    let once = sign_xml(&individual(), &data);
    let twice = sign_xml(&key("another-individual", "GOST512"), &once);
    let refusal = browser
        .post("/api/login", json!({ "id": id, "signature": twice }))
        .await
        .refusal();
    assert_eq!(refusal, "several-signatures");
}

#[tokio::test]
async fn no_signature_is_too_few() {
    let mut browser = registered(&TestPortal::new()).await;
    let (id, data) = browser.challenge("login", "xml").await;
    let refusal = browser
        .post("/api/login", json!({ "id": id, "signature": data }))
        .await
        .refusal();
    assert_eq!(refusal, "no-signature");
}

#[tokio::test]
async fn unreadable_things_are_refused() {
    let bomb =
        "<!DOCTYPE login [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><login>&b;</login>";
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    let external = "<!DOCTYPE login SYSTEM \"file:///etc/passwd\"><login/>";
    for (form, signature) in [
        ("xml", bomb),
        ("xml", &deep),
        ("xml", external),
        ("xml", ""),
        ("xml", "<login>"),
        ("xml", "not XML"),
        ("cms", ""),
        ("cms", "MIIB"),
        ("cms", "-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n"),
        ("cms", "Қазақ"),
    ] {
        let mut browser = registered(&TestPortal::new()).await;
        let (id, _) = browser.challenge("login", form).await;
        let refusal = browser
            .post("/api/login", json!({ "id": id, "signature": signature }))
            .await
            .refusal();
        assert_eq!(
            refusal,
            "unreadable-signature",
            "{form} {}",
            signature.get(..40).unwrap_or(signature)
        );
    }
}

#[tokio::test]
async fn duplicate_identifiers_in_a_signed_document_are_refused() {
    let mut browser = registered(&TestPortal::new()).await;
    let (id, data) = browser.challenge("login", "xml").await;
    let doubled = sign_xml(&individual(), &data)
        .replace("<timeTicket>", "<timeTicket Id=\"a\">")
        .replace("<sessionid>", "<sessionid Id=\"a\">");
    let body = json!({ "id": id, "signature": doubled });
    assert_eq!(
        browser.post("/api/login", body).await.refusal(),
        "invalid-signature"
    );
}

#[tokio::test]
async fn changed_bytes_of_a_cms_are_noticed() {
    let mut browser = registered(&TestPortal::new()).await;
    for part in 0..16 {
        let (id, data) = browser.challenge("login", "cms").await;
        let mut message = cms::sign_attached(
            &individual(),
            &STANDARD.decode(&data).unwrap(),
            1_790_000_000,
        )
        .unwrap();
        let position = message.len() * part / 16;
        message[position] ^= 1;
        let reply = browser
            .post(
                "/api/login",
                json!({ "id": id, "signature": STANDARD.encode(&message) }),
            )
            .await;
        assert!(
            !reply.status.is_success(),
            "byte {position} was changed and nobody noticed"
        );
        browser.wait(10);
    }
}

#[tokio::test]
async fn certificates_that_must_not_be_accepted_are_not() {
    for (folder, prefix, refusal) in [
        ("wrong-issuer", "GOST512", "unknown-issuer"),
        ("wrong-issuer", "AUTH_RSA256", "unknown-issuer"),
        ("expired", "GOST512", "certificate-expired"),
        ("expired", "AUTH_RSA256", "certificate-expired"),
        ("not-yet-valid", "GOST512", "certificate-not-yet-valid"),
        ("revoked", "GOST512", "certificate-revoked"),
        ("revoked", "AUTH_RSA256", "certificate-revoked"),
        ("individual-old", "RSA256", "not-for-login"),
        ("company-old", "GOSTKNCA", "not-for-login"),
        ("information-system", "GOST512", "no-iin"),
    ] {
        let mut browser = registered(&TestPortal::new()).await;
        assert_eq!(
            browser.log_in(&key(folder, prefix)).await.refusal(),
            refusal,
            "{folder}/{prefix}"
        );
    }
}

#[tokio::test]
async fn without_a_revocation_list_nobody_gets_in() {
    let folder = tempfile::tempdir().unwrap();
    let root = "tanba_demo_gost.cer";
    std::fs::copy(
        keys::fixtures().join("ca").join(root),
        folder.path().join(root),
    )
    .unwrap();
    let portal = TestPortal::trusting(Trust::read(folder.path()).unwrap());
    let mut browser = portal.browser().await;
    let refusal = browser
        .show_certificate(&individual(), "individual")
        .await
        .refusal();
    assert_eq!(refusal, "status-unknown");
}

#[tokio::test]
async fn a_revocation_list_out_of_date_is_none() {
    let portal = TestPortal::new();
    let mut browser = portal.browser().await;
    // Past the list's nextUpdate and, on the same day, the end of the certificate: the roots live on.
    portal.wait(2_082_758_400 - 1_795_219_200);
    browser.open("/login").await;
    browser
        .show_certificate(&individual(), "individual")
        .await
        .accepted();
    portal.wait(1);
    let refusal = browser
        .show_certificate(&key("not-yet-valid", "GOST512"), "individual")
        .await
        .refusal();
    assert_eq!(refusal, "status-unknown");
}

#[tokio::test]
async fn an_account_of_a_company_and_one_of_the_person_are_two() {
    let portal = TestPortal::new();
    let mut browser = registered(&portal).await;
    assert_eq!(
        browser
            .log_in(&key("company-head", "GOST512"))
            .await
            .refusal(),
        "not-registered"
    );
}

#[tokio::test]
async fn the_session_has_a_new_name_after_the_log_in() {
    let mut browser = registered(&TestPortal::new()).await;
    let mut planted = browser.clone();
    browser.log_in(&individual()).await.accepted();
    assert_ne!(planted.cookie, browser.cookie);
    assert_eq!(planted.open("/cabinet").await.headers["location"], "/login");
}
