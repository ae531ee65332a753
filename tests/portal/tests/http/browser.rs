//! A browser without a screen, a portal with a clock of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use demo_portal::{Options, Portal, Trust};
use keystore::OpenKey;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::keys;

/// 21 November 2026.
const NOW: i64 = 1_795_219_200;

/// A portal that trusts the demo CA, and its clock.
#[derive(Clone)]
pub(crate) struct TestPortal {
    router: Router,
    clock: Arc<AtomicI64>,
}

impl TestPortal {
    pub(crate) fn new() -> Self {
        Self::trusting(Trust::read(&keys::fixtures().join("ca")).unwrap())
    }

    pub(crate) fn trusting(trust: Trust) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW));
        let time = clock.clone();
        let options = Options {
            clock: Arc::new(move || time.load(Ordering::SeqCst)),
            ..Options::new(8443)
        };
        Self {
            router: Portal::new(options, trust).router(),
            clock,
        }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A browser that has opened the page for logging in.
    pub(crate) async fn browser(&self) -> Browser {
        let mut browser = Browser {
            portal: self.clone(),
            cookie: String::new(),
            csrf: String::new(),
        };
        browser.open("/login").await;
        browser
    }
}

/// A reply: status, headers, text.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Why the portal refused; panics when it did not.
    pub(crate) fn refusal(&self) -> String {
        assert!(!self.status.is_success(), "accepted: {}", self.text);
        self.json()["error"].as_str().expect("a reason").to_owned()
    }

    pub(crate) fn accepted(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.json()
    }
}

/// One browser: keeps the cookie and the page's CSRF token.
#[derive(Clone)]
pub(crate) struct Browser {
    portal: TestPortal,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser {
    /// Lets time pass on the portal's clock.
    pub(crate) fn wait(&self, seconds: i64) {
        self.portal.wait(seconds);
    }

    pub(crate) async fn open(&mut self, path: &str) -> Reply {
        let request = Request::get(path)
            .header(header::HOST, "localhost:8443")
            .header(header::COOKIE, &self.cookie);
        let reply = self
            .send(
                request
                    .header(header::ACCEPT_LANGUAGE, "ru-KZ,ru;q=0.9")
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        if let Some((_, rest)) = reply.text.split_once("<meta name=\"csrf\" content=\"") {
            self.csrf = rest.split('"').next().unwrap().to_owned();
        }
        reply
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Reply {
        let request = Request::post(path)
            .header(header::HOST, "localhost:8443")
            .header(header::ORIGIN, "https://localhost:8443")
            .header(header::COOKIE, &self.cookie)
            .header("x-csrf-token", &self.csrf)
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&mut self, request: Request<Body>) -> Reply {
        let response = self.portal.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            if pair.starts_with("__Host-session=") {
                self.cookie = pair.to_owned();
            }
        }
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Asks for something to sign: its identifier and text.
    pub(crate) async fn challenge(&mut self, purpose: &str, form: &str) -> (String, String) {
        let reply = self
            .post(
                "/api/challenge",
                json!({ "purpose": purpose, "form": form }),
            )
            .await
            .accepted();
        (
            reply["id"].as_str().unwrap().to_owned(),
            reply["data"].as_str().unwrap().to_owned(),
        )
    }

    pub(crate) async fn log_in(&mut self, key: &OpenKey) -> Reply {
        let (id, data) = self.challenge("login", "xml").await;
        self.post(
            "/api/login",
            json!({ "id": id, "signature": keys::sign_xml(key, &data) }),
        )
        .await
    }

    pub(crate) async fn show_certificate(&mut self, key: &OpenKey, kind: &str) -> Reply {
        let (id, data) = self.challenge("registration", "xml").await;
        let body = json!({ "kind": kind, "id": id, "signature": keys::sign_xml(key, &data) });
        self.post("/api/registration/certificate", body).await
    }

    pub(crate) async fn register(&mut self, key: &OpenKey, kind: &str) -> Reply {
        self.show_certificate(key, kind).await.accepted();
        self.post(
            "/api/registration",
            json!({ "email": "test@example.kz", "agreement": true }),
        )
        .await
    }

    /// Registers, logs in and opens the cabinet.
    pub(crate) async fn enter(&mut self, key: &OpenKey, kind: &str) -> Reply {
        self.register(key, kind).await.accepted();
        self.log_in(key).await.accepted();
        self.open("/cabinet").await
    }
}
