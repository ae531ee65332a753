//! The portal's state and its routes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use crate::account::Accounts;
use crate::challenge::Challenges;
use crate::limit::RateLimit;
use crate::session::Sessions;
use crate::{Refusal, Trust, api, page};

/// Tells the time, seconds UTC. Tests have their own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The largest request: a signature over the longest document, in base64, with room.
const MAX_BODY: usize = 512 * 1024;

/// What differs between one portal and another.
#[derive(Clone)]
pub struct Options {
    /// The port that browsers use: part of the only Host and Origin that are served.
    pub port: u16,
    /// The port where pages look for the agent.
    pub agent_port: u16,
    /// The time.
    pub clock: Clock,
}

impl Options {
    /// A portal on `port` that expects the agent on NCALayer's port and goes by the computer's clock.
    #[must_use]
    pub fn new(port: u16) -> Self {
        let clock = || {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
        };
        Self {
            port,
            agent_port: 13_579,
            clock: Arc::new(clock),
        }
    }
}

/// The portal.
pub struct Portal {
    pub(crate) options: Options,
    pub(crate) trust: Trust,
    state: Mutex<Store>,
}

/// Everything that changes.
pub(crate) struct Store {
    pub(crate) sessions: Sessions,
    pub(crate) challenges: Challenges,
    pub(crate) accounts: Accounts,
    pub(crate) by_session: RateLimit,
    pub(crate) by_all: RateLimit,
    pub(crate) documents: u32,
}

impl Portal {
    /// A portal with nobody in it.
    #[must_use]
    pub fn new(options: Options, trust: Trust) -> Arc<Self> {
        let state = Store {
            sessions: Sessions::default(),
            challenges: Challenges::default(),
            accounts: Accounts::default(),
            by_session: RateLimit::new(30, 60),
            by_all: RateLimit::new(200, 1200),
            documents: 0,
        };
        Arc::new(Self {
            options,
            trust,
            state: Mutex::new(state),
        })
    }

    /// Everything that it answers to.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/", get(page::home))
            .route("/login", get(page::login))
            .route("/register", get(page::register))
            .route("/agreement", get(page::agreement))
            .route("/help", get(page::help))
            .route("/cabinet", get(page::cabinet))
            .route("/language/{code}", get(page::language))
            .route("/assets/{name}", get(page::asset))
            .route("/documents/{number}/{part}", get(page::document))
            .route("/api/challenge", post(api::challenge))
            .route("/api/login", post(api::login))
            .route(
                "/api/registration/certificate",
                post(api::registration_certificate),
            )
            .route("/api/registration", post(api::registration))
            .route("/api/documents", post(api::new_document))
            .route("/api/documents/signature", post(api::document_signature))
            .route("/api/sessions/end", post(api::end_session))
            .route("/api/logout", post(api::logout))
            .fallback(page::not_found)
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(middleware::from_fn_with_state(self.clone(), guard))
            .with_state(self.clone())
    }

    /// The time, seconds UTC.
    pub(crate) fn now(&self) -> i64 {
        (self.options.clock)()
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name that browsers know the portal by.
    pub(crate) fn origin(&self) -> String {
        format!("https://localhost:{}", self.options.port)
    }

    /// Browsers send Origin with every POST; what sends none cannot have a browser's cookie.
    fn is_own_request(&self, headers: &HeaderMap) -> bool {
        let text =
            |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let own_host = text(header::HOST).is_some_and(|host| self.is_own_host(host));
        let own_origin = text(header::ORIGIN).is_none_or(|origin| {
            origin
                .strip_prefix("https://")
                .is_some_and(|host| self.is_own_host(host))
        });
        own_host && own_origin
    }

    fn is_own_host(&self, host: &str) -> bool {
        let port = self.options.port;
        host == format!("localhost:{port}") || host == format!("127.0.0.1:{port}")
    }
}

/// Refuses foreign Hosts and Origins before anything else, and puts the headers that keep pages closed on every reply.
async fn guard(State(portal): State<Arc<Portal>>, request: Request, next: Next) -> Response {
    let own = portal.is_own_request(request.headers());
    let mut response = if own {
        next.run(request).await
    } else {
        Refusal::StalePage.into_response()
    };
    let agent = portal.options.agent_port;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self' wss://127.0.0.1:{agent}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    response
}
