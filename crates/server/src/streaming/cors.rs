//! Which page may read the answers: exactly the one that asks.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, HeaderMap, HeaderName,
    HeaderValue, ORIGIN, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Response, StatusCode};

use super::Answer;

/// What a page's browser must hear.
///
/// Source: the Fetch standard, CORS protocol: with credentials the origin is echoed exactly, never `*`.
pub(super) struct Cors {
    origin: Option<HeaderValue>,
    wants_local_network: bool,
}

impl Cors {
    /// For a request whose `Origin` was found well formed.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self {
            origin: headers.get(ORIGIN).cloned(),
            wants_local_network: headers.contains_key("access-control-request-private-network"),
        }
    }

    /// The answer to `OPTIONS`: a document with a media type of its own, or a `DELETE`, is asked about first.
    pub(super) fn preflight(&self) -> Answer {
        let mut answer = Response::new(Full::<Bytes>::default());
        *answer.status_mut() = StatusCode::NO_CONTENT;
        let headers = answer.headers_mut();
        if self.origin.is_some() {
            let methods = HeaderValue::from_static("GET, POST, DELETE");
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            let allowed = HeaderValue::from_static("content-type");
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
            if self.wants_local_network {
                let name = HeaderName::from_static("access-control-allow-private-network");
                headers.insert(name, HeaderValue::from_static("true"));
            }
        }
        self.allow(answer)
    }

    pub(super) fn allow(&self, mut answer: Answer) -> Answer {
        let headers = answer.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("Origin"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(origin) = &self.origin {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            let yes = HeaderValue::from_static("true");
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        answer
    }
}
