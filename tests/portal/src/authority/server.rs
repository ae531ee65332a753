use std::{
    convert::Infallible,
    future::pending,
    sync::{Arc, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State as Shared},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use futures_util::stream;
use tokio::{net::TcpListener, sync::oneshot, time::sleep};

use super::{
    State,
    fault::{Fault, Service},
    ocsp, tsp,
};

const GIBIBYTE: u64 = 1 << 30;
const PAGE: &str = "<!DOCTYPE html><title>Maintenance</title><p>We will be back soon.";

/// Serves until told to stop.
pub(super) async fn run(
    listener: std::net::TcpListener,
    state: Arc<State>,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/ocsp", post(ask_ocsp))
        .route("/ocsp/", post(ask_ocsp))
        .route("/tsp", post(ask_tsp))
        .route("/tsp/", post(ask_tsp))
        .fallback(get(file))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(state);
    let server = axum::serve(TcpListener::from_std(listener)?, router);
    tokio::select! {
        outcome = server => outcome,
        _ = stopped => Ok(()),
    }
}

async fn ask_ocsp(Shared(state): Shared<Arc<State>>, uri: Uri, request: Bytes) -> Response {
    let fault = fault(&state, Service::Ocsp, &uri);
    let answer = ocsp::answer(&request, &state, fault);
    send(answer.into(), "application/ocsp-response", fault).await
}

async fn ask_tsp(Shared(state): Shared<Arc<State>>, uri: Uri, request: Bytes) -> Response {
    let fault = fault(&state, Service::Tsp, &uri);
    let answer = tsp::answer(&request, &state, fault);
    send(answer.into(), "application/timestamp-reply", fault).await
}

async fn file(Shared(state): Shared<Arc<State>>, uri: Uri) -> Response {
    let fault = fault(&state, Service::Files, &uri);
    let found = {
        let files = state.files.read().unwrap_or_else(PoisonError::into_inner);
        files.get(uri.path()).cloned()
    };
    match found {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(file) if uri.path().starts_with("/crl/") => {
            send(file, "application/pkix-crl", fault).await
        }
        Some(file) => send(file, "application/pkix-cert", fault).await,
    }
}

/// What is wrong with this exchange: the address may ask for a fault of its own.
fn fault(state: &State, service: Service, uri: &Uri) -> Option<Fault> {
    let asked = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .find_map(|pair| pair.strip_prefix("fault="));
    match asked {
        Some(name) => name.parse().ok(),
        None => state.faults.of(service),
    }
}

/// Sends the answer, as well as the fault allows.
async fn send(answer: Bytes, media_type: &'static str, fault: Option<Fault>) -> Response {
    let half = answer.slice(..answer.len() / 2);
    let length = answer.len() as u64;
    let (body, announced) = match fault {
        Some(Fault::Silent) => pending().await,
        Some(Fault::ServerError) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::Html) => {
            return ([(header::CONTENT_TYPE, "text/html")], PAGE).into_response();
        }
        Some(Fault::Slow) => (Body::from_stream(byte_by_byte(answer)), length),
        Some(Fault::Truncated) => (
            Body::from_stream(stream::iter([Ok::<_, Infallible>(half)])),
            length,
        ),
        Some(Fault::TooLarge) => {
            let piece = Bytes::from_static(&[0x30; 16 * 1024]);
            let endless = stream::repeat_with(move || Ok::<_, Infallible>(piece.clone()));
            (Body::from_stream(endless), GIBIBYTE)
        }
        Some(Fault::Half) => {
            let length = half.len() as u64;
            (half.into(), length)
        }
        _ => (answer.into(), length),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_LENGTH, announced.into());
    response
}

fn byte_by_byte(answer: Bytes) -> impl stream::Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(answer, |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        sleep(Duration::from_millis(100)).await;
        let byte = rest.split_to(1);
        Some((Ok(byte), rest))
    })
}
