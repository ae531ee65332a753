//! One connection: TLS, the request head, then the status page or a WebSocket.

use std::net::SocketAddr;
use std::sync::Arc;

use agent::{Caller, Origin};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, ORIGIN,
    SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::http::HeaderValue;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::limits::HEAD_DEADLINE;
use crate::server::Shared;
use crate::{gate, page, socket};

type Page = Response<Full<Bytes>>;

/// Serves one accepted connection. `place` is given back when it, or the WebSocket that it became, ends.
pub(crate) async fn serve(
    tcp: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    place: Arc<OwnedSemaphorePermit>,
) {
    // Without this every connection waits 40 ms for a delayed acknowledgement.
    tcp.set_nodelay(true).ok();
    let tls = match timeout(HEAD_DEADLINE, shared.acceptor.accept(tcp)).await {
        Ok(Ok(tls)) => tls,
        Ok(Err(error)) => {
            return tracing::debug!(%error, "no TLS: does the browser trust the local CA?");
        }
        Err(_) => return tracing::debug!("a client did not finish the TLS handshake"),
    };
    let service = service_fn(|request| {
        let mut response = respond(request, peer, &shared, &place);
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            response = with(response, CONNECTION, "close");
        }
        async { Ok::<_, std::convert::Infallible>(response) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(tls), service)
        .with_upgrades();
    if let Ok(Err(error)) = timeout(2 * HEAD_DEADLINE, connection).await {
        tracing::debug!(%error, "a request was not readable");
    }
}

fn respond(
    request: Request<Incoming>,
    peer: SocketAddr,
    shared: &Arc<Shared>,
    place: &Arc<OwnedSemaphorePermit>,
) -> Page {
    let origin = match gate::admit(
        peer.ip(),
        shared.address.port(),
        request.uri(),
        request.headers(),
    ) {
        Ok(origin) => origin,
        Err(refusal) => {
            tracing::warn!(?refusal, "a request was refused");
            return plain(StatusCode::FORBIDDEN, refusal.text());
        }
    };
    if names(request.headers(), &UPGRADE, "websocket") {
        return upgrade(request, origin, shared, place);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return with(
            plain(StatusCode::METHOD_NOT_ALLOWED, "GET only."),
            ALLOW,
            "GET, HEAD",
        );
    }
    if request.headers().contains_key(ORIGIN) && request.uri().path() == "/" {
        // A page may fetch this to raise the browser's question about local addresses at a moment of its choice.
        // It learns what a WebSocket tells it too: that Tanba runs.
        return with(
            plain(StatusCode::NO_CONTENT, ""),
            ACCESS_CONTROL_ALLOW_ORIGIN,
            "*",
        );
    }
    page::status(request.headers())
}

/// The opening handshake of RFC 6455 section 4.2, on any path.
fn upgrade(
    mut request: Request<Incoming>,
    origin: Origin,
    shared: &Arc<Shared>,
    place: &Arc<OwnedSemaphorePermit>,
) -> Page {
    let headers = request.headers();
    if request.method() != Method::GET || !names(headers, &CONNECTION, "upgrade") {
        return plain(StatusCode::BAD_REQUEST, "Not a WebSocket handshake.");
    }
    if headers
        .get(SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return with(
            plain(StatusCode::UPGRADE_REQUIRED, "WebSocket version 13 only."),
            SEC_WEBSOCKET_VERSION,
            "13",
        );
    }
    let Some(key) = headers.get(SEC_WEBSOCKET_KEY).filter(|key| key.len() == 24) else {
        return plain(
            StatusCode::BAD_REQUEST,
            "Sec-WebSocket-Key is missing or malformed.",
        );
    };
    let accept = derive_accept_key(key.as_bytes());
    let caller = Caller {
        origin,
        connection: shared.next_connection(),
    };
    if !shared.agent.admits(&caller) {
        tracing::warn!(origin = %caller.origin, "the settings of this computer do not admit such a caller");
        return plain(
            StatusCode::FORBIDDEN,
            "The settings of this computer do not admit such a caller.",
        );
    }
    let Some(seat) = shared.seats.take(&caller.origin) else {
        return plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many sockets of this site are open.",
        );
    };

    let upgraded = hyper::upgrade::on(&mut request);
    let (shared_by_task, place) = (Arc::clone(shared), Arc::clone(place));
    shared.tasks.spawn(async move {
        let (_place, _seat) = (place, seat);
        let Ok(Ok(upgraded)) = timeout(HEAD_DEADLINE, upgraded).await else {
            return;
        };
        let Ok(parts) = upgraded.downcast::<TokioIo<TlsStream<TcpStream>>>() else {
            return;
        };
        let Shared {
            budget,
            agent,
            shutdown,
            ..
        } = &*shared_by_task;
        let stream = parts.io.into_inner();
        socket::serve(
            stream,
            parts.read_buf.to_vec(),
            budget,
            Arc::clone(agent),
            caller,
            shutdown.clone(),
        )
        .await;
    });

    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let response = with(with(response, CONNECTION, "Upgrade"), UPGRADE, "websocket");
    with(response, SEC_WEBSOCKET_ACCEPT, &accept)
}

/// Does a header's comma-separated list name `token`?
fn names(headers: &HeaderMap, header: &HeaderName, token: &str) -> bool {
    let lists = headers
        .get_all(header)
        .iter()
        .filter_map(|value| value.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .any(|item| item.trim().eq_ignore_ascii_case(token))
}

fn plain(status: StatusCode, text: &'static str) -> Page {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    with(response, CONTENT_TYPE, "text/plain; charset=utf-8")
}

fn with(mut response: Page, name: HeaderName, value: &str) -> Page {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
