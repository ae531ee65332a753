//! Who is asking: the session's cookie, the CSRF token, the language.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::session::{Login, Session};
use crate::{Language, Portal, Refusal};

/// `__Host-` makes browsers insist on Secure, on Path=/ and on no Domain.
const SESSION_COOKIE: &str = "__Host-session";
const LANGUAGE_COOKIE: &str = "language";

/// A visitor of a page. One without a session gets it with the page.
pub(crate) struct Visitor {
    pub(crate) session: Session,
    pub(crate) language: Language,
    /// The cookie to set, for a new session.
    pub(crate) cookie: Option<HeaderValue>,
}

impl FromRequestParts<Arc<Portal>> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Refusal> {
        let headers = &parts.headers;
        let language = Language::of(headers, cookie(headers, LANGUAGE_COOKIE));
        let now = portal.now();
        let mut store = portal.store();
        if let Some(id) = cookie(headers, SESSION_COOKIE)
            && let Some(session) = store.sessions.find(id, now)
        {
            return Ok(Self {
                session: session.clone(),
                language,
                cookie: None,
            });
        }
        if !store.by_all.allows("", now) {
            return Err(Refusal::TooManyRequests);
        }
        let browser = headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let (id, session) = store
            .sessions
            .begin(browser, now)
            .map_err(|_| Refusal::TooManyRequests)?;
        Ok(Self {
            session: session.clone(),
            language,
            cookie: session_cookie(&id),
        })
    }
}

/// Somebody who acts: has a session, and the page's CSRF token in `X-CSRF-Token`, and has not asked too often.
pub(crate) struct Actor {
    /// The cookie's secret.
    pub(crate) id: String,
    pub(crate) session: Session,
}

impl FromRequestParts<Arc<Portal>> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Refusal> {
        let now = portal.now();
        let mut store = portal.store();
        let id = cookie(&parts.headers, SESSION_COOKIE).ok_or(Refusal::StalePage)?;
        let session = store
            .sessions
            .find(id, now)
            .ok_or(Refusal::StalePage)?
            .clone();
        let token = parts
            .headers
            .get("x-csrf-token")
            .map(HeaderValue::as_bytes)
            .unwrap_or_default();
        if !equal(token, session.csrf.as_bytes()) {
            return Err(Refusal::StalePage);
        }
        if !store.by_session.allows(id, now) || !store.by_all.allows("", now) {
            return Err(Refusal::TooManyRequests);
        }
        Ok(Self {
            id: id.to_owned(),
            session,
        })
    }
}

impl Actor {
    /// The log-in of this session.
    pub(crate) fn login(&self) -> Result<&Login, Refusal> {
        self.session.login.as_ref().ok_or(Refusal::NotLoggedIn)
    }
}

/// The cookie of a session.
pub(crate) fn session_cookie(id: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "{SESSION_COOKIE}={id}; Path=/; Secure; HttpOnly; SameSite=Strict"
    ))
    .ok()
}

/// The cookie that takes a session away.
pub(crate) fn no_session_cookie() -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
    ))
    .ok()
}

/// The cookie of a chosen language, for a year.
pub(crate) fn language_cookie(language: Language) -> Option<HeaderValue> {
    let code = language.code();
    HeaderValue::from_str(&format!(
        "{LANGUAGE_COOKIE}={code}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000"
    ))
    .ok()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Compares without telling by time where the difference is.
fn equal(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0, |difference, (l, r)| difference | (l ^ r))
            == 0
}
