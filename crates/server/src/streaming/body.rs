//! Bodies as they arrive.

use std::time::Duration;

use agent::{Streamed, StreamedOperation, Streaming};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::limits::{OverBudget, Share};

/// A body that stands still for so long is given up.
const STILL: Duration = Duration::from_secs(60);
/// The first request of an operation is a line.
const SMALL_BYTES: usize = 4096;
/// Pieces that wait to be hashed.
const WAITING: usize = 8;

/// Why a document did not arrive.
pub(super) enum BodyError {
    /// It is not what it should be.
    Document(agent::Error),
    OverBudget,
    Broken,
}

/// A body of a few words.
pub(super) async fn small(body: Incoming) -> Result<String, BodyError> {
    let whole = timeout(STILL, Limited::new(body, SMALL_BYTES).collect());
    let whole = whole
        .await
        .map_err(|_| BodyError::Broken)?
        .map_err(|_| BodyError::Broken)?;
    String::from_utf8(whole.to_bytes().into()).map_err(|_| BodyError::Broken)
}

/// Hands a document over as it arrives; what has to be kept of it is counted in the share.
pub(super) async fn stream(
    mut body: Incoming,
    mut streaming: Streaming,
    mut share: Share,
    operation: StreamedOperation,
) -> Result<(Streamed, Share), BodyError> {
    let (pieces, mut arriving) = mpsc::channel::<Bytes>(WAITING);
    let hashing = tokio::task::spawn_blocking(move || {
        let mut whole = false;
        while let Some(piece) = arriving.blocking_recv() {
            if piece.is_empty() {
                whole = true;
                break;
            }
            streaming.update(&piece).map_err(BodyError::Document)?;
        }
        // Of a body that broke off nothing is signed.
        if !whole {
            return Err(BodyError::Broken);
        }
        streaming.finish().map_err(BodyError::Document)
    });
    let mut kept = 0_usize;
    let end = loop {
        let frame = match timeout(STILL, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => break Ok(()),
            Ok(Some(Err(_))) | Err(_) => break Err(BodyError::Broken),
        };
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        kept = kept.saturating_add(piece.len());
        if operation.attached
            && let Err(OverBudget) = share.cover(kept)
        {
            drain(&mut body).await;
            break Err(BodyError::OverBudget);
        }
        // When nobody takes it any more, what went wrong is told below.
        if !piece.is_empty() && pieces.send(piece).await.is_err() {
            drain(&mut body).await;
            break Ok(());
        }
    };
    if end.is_ok() {
        // An empty piece stands for the end.
        pieces.send(Bytes::new()).await.ok();
    }
    drop(pieces);
    let hashed = hashing.await.unwrap_or(Err(BodyError::Broken));
    end?;
    Ok((hashed?, share))
}

/// Reads a body that is not wanted to its end: closing before would keep the caller from reading why.
pub(super) async fn drain(body: &mut Incoming) {
    while let Ok(Some(Ok(_))) = timeout(STILL, body.frame()).await {}
}

pub(super) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
