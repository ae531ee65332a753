//! Sessions, CSRF, limits and headers.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use demo_portal::SESSION_LIFETIME;
use serde_json::json;

use crate::browser::TestPortal;
use crate::keys::individual;

#[tokio::test]
async fn the_cookie_is_closed_to_scripts_and_to_other_sites() {
    let mut browser = TestPortal::new().browser().await;
    browser.cookie.clear();
    let reply = browser.open("/").await;
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    for part in [
        "__Host-session=",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Strict",
        "; Path=/",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert_eq!(browser.cookie.len(), "__Host-session=".len() + 64);
}

#[tokio::test]
async fn actions_need_the_token_of_their_page() {
    let portal = TestPortal::new();
    let mut browser = portal.browser().await;
    let body = json!({ "purpose": "login", "form": "xml" });
    let token = std::mem::replace(&mut browser.csrf, portal.browser().await.csrf);
    assert_eq!(
        browser.post("/api/challenge", body.clone()).await.refusal(),
        "stale-page"
    );
    browser.csrf = String::new();
    assert_eq!(
        browser.post("/api/challenge", body.clone()).await.refusal(),
        "stale-page"
    );
    browser.csrf = token;
    browser.post("/api/challenge", body).await.accepted();
}

#[tokio::test]
async fn other_sites_and_other_hosts_are_refused() {
    let mut browser = TestPortal::new().browser().await;
    for (host, origin, status) in [
        (
            "localhost:8443",
            Some("https://localhost:8443"),
            StatusCode::OK,
        ),
        ("127.0.0.1:8443", None, StatusCode::OK),
        (
            "localhost:8443",
            Some("https://evil.example"),
            StatusCode::FORBIDDEN,
        ),
        (
            "localhost:8443",
            Some("https://localhost:8443.evil.example"),
            StatusCode::FORBIDDEN,
        ),
        (
            "localhost:8443",
            Some("http://localhost:8443"),
            StatusCode::FORBIDDEN,
        ),
        ("localhost:8443", Some("null"), StatusCode::FORBIDDEN),
        ("evil.example:8443", None, StatusCode::FORBIDDEN),
        ("localhost", None, StatusCode::FORBIDDEN),
    ] {
        let mut request = Request::get("/").header(header::HOST, host);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let reply = browser.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, status, "{host} {origin:?}");
    }
}

#[tokio::test]
async fn a_silent_visit_ends() {
    let portal = TestPortal::new();
    let mut browser = portal.browser().await;
    browser.enter(&individual(), "individual").await;
    portal.wait(SESSION_LIFETIME);
    assert_eq!(browser.open("/cabinet").await.status, StatusCode::OK);
    portal.wait(SESSION_LIFETIME + 1);
    assert_eq!(browser.open("/cabinet").await.headers["location"], "/login");
}

#[tokio::test]
async fn log_out_ends_the_visit_on_the_server() {
    let mut browser = TestPortal::new().browser().await;
    browser.enter(&individual(), "individual").await;
    let mut kept = browser.clone();
    browser.post("/api/logout", json!({})).await.accepted();
    assert_eq!(kept.open("/cabinet").await.headers["location"], "/login");
}

#[tokio::test]
async fn another_visit_of_the_same_person_can_be_ended() {
    let portal = TestPortal::new();
    let mut here = portal.browser().await;
    here.enter(&individual(), "individual").await;
    let mut there = portal.browser().await;
    there.log_in(&individual()).await.accepted();

    let cabinet = here.open("/cabinet").await.text;
    let label = cabinet
        .split("data-end-session=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(
        !there.cookie.contains(label),
        "the list must not give other visits' cookies away"
    );
    here.post("/api/sessions/end", json!({ "session": label }))
        .await
        .accepted();
    assert_eq!(there.open("/cabinet").await.headers["location"], "/login");
    assert_eq!(here.open("/cabinet").await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_asks_too_often_waits() {
    let portal = TestPortal::new();
    let mut browser = portal.browser().await;
    let body = json!({ "purpose": "login", "form": "xml" });
    let mut accepted = 0;
    while browser
        .post("/api/challenge", body.clone())
        .await
        .status
        .is_success()
    {
        accepted += 1;
        assert!(accepted < 1000, "there is no limit");
    }
    assert_eq!(
        browser.post("/api/challenge", body.clone()).await.refusal(),
        "too-many-requests"
    );
    portal
        .browser()
        .await
        .post("/api/challenge", body.clone())
        .await
        .accepted();
    portal.wait(60);
    browser.post("/api/challenge", body).await.accepted();
}

#[tokio::test]
async fn requests_of_the_wrong_shape_or_size_are_refused() {
    let mut browser = TestPortal::new().browser().await;
    let huge = "a".repeat(600 * 1024);
    for (path, body) in [
        (
            "/api/challenge",
            json!({ "purpose": "document", "form": "xml" }),
        ),
        ("/api/challenge", json!({ "purpose": "login" })),
        ("/api/challenge", json!("login")),
        ("/api/login", json!({ "id": 5, "signature": "" })),
        ("/api/login", json!({ "id": "", "signature": huge })),
    ] {
        let reply = browser.post(path, body).await;
        assert_eq!(reply.refusal(), "bad-request", "{path}");
    }
}
