//! Large documents by HTTP, as KAZTOKEN desktop takes them: a page begins an operation, sends each document in a request
//! of its own and gets its signature as the answer. Off unless the settings turn it on.
//!
//! Source: the client `ncalayer-js-client` 1.5.6; how an operation is given up is not published, here it is `DELETE`.

mod body;
mod cors;
mod operations;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use agent::{Caller, StreamedOperation, StreamedOutcome};
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue, SET_COOKIE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use self::body::BodyError;
use self::operations::{Operations, Refused};
use crate::gate;
use crate::limits::HEAD_DEADLINE;
use crate::server::Shared;

/// The port of KAZTOKEN desktop, where its clients look for it.
pub(crate) const DEFAULT_PORT: u16 = 24680;
/// Connections at once.
const MAX_CONNECTIONS: usize = 32;
/// After so long the port is tried for again when another program has it.
const RETRY: Duration = Duration::from_secs(30);

type Answer = Response<Full<Bytes>>;

/// Listens while the settings say so; never ends.
pub(crate) async fn keep(shared: Arc<Shared>, port: u16) {
    let mut wanted = shared.agent.streaming();
    loop {
        if wanted.wait_for(|wanted| *wanted).await.is_err() {
            return std::future::pending().await;
        }
        match TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => {
                tracing::info!(port, "listening for large documents");
                tokio::select! {
                    () = accept(&listener, &shared, port) => {}
                    _ = wanted.wait_for(|wanted| !*wanted) => {}
                }
            }
            Err(error) => {
                tracing::warn!(port, %error, "cannot listen for large documents");
                timeout(RETRY, wanted.changed()).await.ok();
            }
        }
    }
}

async fn accept(listener: &TcpListener, shared: &Arc<Shared>, port: u16) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let operations = Arc::new(Operations::default());
    loop {
        let Ok((tcp, peer)) = listener.accept().await else {
            // Out of file descriptors, most likely: others must end first.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            tracing::warn!("a connection for large documents was refused: too many are open");
            continue;
        };
        let desk = Desk {
            shared: Arc::clone(shared),
            operations: Arc::clone(&operations),
            port,
        };
        let shutdown = shared.shutdown.clone();
        shared.tasks.spawn(async move {
            shutdown
                .run_until_cancelled(serve(tcp, peer, desk, place))
                .await;
        });
    }
}

/// What one connection needs.
struct Desk {
    shared: Arc<Shared>,
    operations: Arc<Operations>,
    port: u16,
}

async fn serve(tcp: TcpStream, peer: SocketAddr, desk: Desk, _place: OwnedSemaphorePermit) {
    tcp.set_nodelay(true).ok();
    let Ok(Ok(tls)) = timeout(HEAD_DEADLINE, desk.shared.acceptor.accept(tcp)).await else {
        return tracing::debug!("no TLS: does the browser trust the local CA?");
    };
    let service = service_fn(|request| async {
        Ok::<_, std::convert::Infallible>(desk.respond(request, peer).await)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_DEADLINE)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(tls), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection for large documents broke");
    }
}

impl Desk {
    async fn respond(&self, request: Request<Incoming>, peer: SocketAddr) -> Answer {
        let headers = request.headers();
        let origin = match gate::admit(peer.ip(), self.port, request.uri(), headers) {
            Ok(origin) => origin,
            Err(refusal) => {
                tracing::warn!(?refusal, "a request was refused");
                return plain(StatusCode::FORBIDDEN, refusal.text());
            }
        };
        let cors = cors::Cors::of(headers);
        let caller = Caller {
            origin,
            connection: self.shared.next_connection(),
        };
        let answer = if !self.shared.agent.admits(&caller) {
            plain(
                StatusCode::FORBIDDEN,
                "The settings of this computer do not admit such a caller.",
            )
        } else if request.method() == Method::OPTIONS {
            return cors.preflight();
        } else {
            self.route(request, caller).await
        };
        cors.allow(answer)
    }

    async fn route(&self, request: Request<Incoming>, caller: Caller) -> Answer {
        let path = request.uri().path().to_owned();
        let id = path.trim_start_matches('/');
        match (request.method(), id) {
            (&Method::GET | &Method::HEAD, "") => plain(StatusCode::OK, "Tanba"),
            (&Method::POST, "") => self.begin(request, &caller).await,
            (&Method::POST, id) => self.document(request, id, caller).await,
            (&Method::DELETE, id) if !id.is_empty() => {
                match self.operations.end(id, &caller.origin, request.headers()) {
                    true => plain(StatusCode::NO_CONTENT, ""),
                    false => unauthorized(),
                }
            }
            _ => plain(StatusCode::METHOD_NOT_ALLOWED, "No such request."),
        }
    }

    async fn begin(&self, request: Request<Incoming>, caller: &Caller) -> Answer {
        let asked = match body::small(request.into_body()).await {
            Ok(text) => StreamedOperation::parse(&text),
            Err(_) => None,
        };
        let Some(asked) = asked else {
            return plain(StatusCode::BAD_REQUEST, "Not an operation.");
        };
        let Some((id, cookie)) = self.operations.begin(&caller.origin, asked) else {
            return plain(StatusCode::CONFLICT, "Too many operations are under way.");
        };
        self.shared.agent.page_connected();
        let mut answer = plain(StatusCode::OK, id);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            answer.headers_mut().insert(SET_COOKIE, cookie);
        }
        answer
    }

    async fn document(&self, request: Request<Incoming>, id: &str, caller: Caller) -> Answer {
        let (parts, mut incoming) = request.into_parts();
        let turn = match self.operations.document(id, &caller.origin, &parts.headers) {
            Ok(turn) => turn,
            Err(refused) => {
                body::drain(&mut incoming).await;
                return match refused {
                    Refused::Unauthorized => unauthorized(),
                    Refused::Busy => plain(StatusCode::CONFLICT, "Another document is on its way."),
                };
            }
        };
        let agent = &self.shared.agent;
        let streaming = match agent.stream(turn.operation()) {
            Ok(streaming) => streaming,
            Err(error) => return failed(&error),
        };
        let share = self.shared.budget.share();
        let (document, share) =
            match body::stream(incoming, streaming, share, turn.operation()).await {
                Ok(arrived) => arrived,
                Err(BodyError::Document(error)) => return failed(&error),
                Err(BodyError::OverBudget) => {
                    return plain(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "Too many large documents at once.",
                    );
                }
                // Most likely nobody reads this.
                Err(BodyError::Broken) => {
                    return plain(StatusCode::BAD_REQUEST, "The document did not arrive.");
                }
            };
        // Dropped with this future when the page leaves: the window is withdrawn then.
        let gone = turn.over().child_token();
        let guard = gone.clone().drop_guard();
        let agent = Arc::clone(agent);
        // The ceremony must hear of it, so it does not end with this future.
        let signing =
            tokio::spawn(async move { agent.sign_streamed(&caller, document, gone).await });
        let outcome = signing.await;
        drop((guard, share));
        match outcome {
            Ok(Ok(StreamedOutcome::Signed(cms))) => {
                let base64 = turn.operation().base64;
                turn.signed();
                if base64 {
                    text(body::to_base64(&cms))
                } else {
                    bytes(cms)
                }
            }
            Ok(Ok(StreamedOutcome::Cancelled | StreamedOutcome::Gone)) => {
                turn.cancelled();
                unauthorized()
            }
            Ok(Err(error)) => failed(&error),
            Err(_) => plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The agent failed inside.",
            ),
        }
    }
}

/// Source: the client takes 401 for a cancel; it is also what it gets without its cookie.
fn unauthorized() -> Answer {
    plain(
        StatusCode::UNAUTHORIZED,
        "The operation was cancelled, is over, or its cookie is missing.",
    )
}

fn failed(error: &agent::Error) -> Answer {
    let status = match error {
        agent::Error::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        agent::Error::Base64(_) => StatusCode::BAD_REQUEST,
        agent::Error::Busy => StatusCode::CONFLICT,
        agent::Error::NotAdmitted => StatusCode::FORBIDDEN,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    plain(status, error.to_string())
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut answer = self::text(text);
    *answer.status_mut() = status;
    answer
}

fn text(text: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::from(text.into()));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, plain);
    answer
}

fn bytes(bytes: Vec<u8>) -> Answer {
    let mut answer = Response::new(Full::from(bytes));
    let kind = HeaderValue::from_static("application/octet-stream");
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}
