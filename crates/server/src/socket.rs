//! One WebSocket: greeting, heartbeats, requests in order, a clear end.

use std::io;
use std::sync::Arc;

use agent::{Agent, Caller};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;

use crate::limits::{
    Budget, CLOSE_DEADLINE, MAX_MESSAGE_BYTES, MAX_WAITING, Meter, Metered, OverBudget, Share,
    WRITE_DEADLINE,
};

/// Source: NCALayer 1.4 speaks first, with exactly this.
const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;
/// Source: NCALayer 1.4 echoes it.
const HEARTBEAT: &str = "--heartbeat--";
/// The library's own 128 KiB, for each of many idle sockets, would be most of the agent's memory.
const READ_BUFFER_BYTES: usize = 16 * 1024;

/// A message in the queue, with its share of the memory budget.
struct Job {
    text: Utf8Bytes,
    _share: Share,
}

/// How a connection ends.
enum Ending {
    /// The peer closed, or the connection broke.
    Peer,
    /// We close, and say why.
    Ours(CloseCode, &'static str),
}

/// Serves a socket whose opening handshake is done, until either side ends it or `shutdown` is cancelled.
/// `early` is what the peer sent behind its handshake.
pub(crate) async fn serve<S>(
    stream: S,
    early: Vec<u8>,
    budget: &Budget,
    agent: Arc<Agent>,
    caller: Caller,
    shutdown: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES));
    let meter = Meter::new(budget);
    let stream = Metered::new(stream, meter.clone());
    let mut socket =
        WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config)).await;
    if !matches!(
        timeout(WRITE_DEADLINE, socket.send(Message::text(GREETING))).await,
        Ok(Ok(()))
    ) {
        return;
    }
    agent.page_connected();

    let (mut sink, mut stream) = socket.split();
    let (jobs, waiting) = mpsc::channel(MAX_WAITING);
    let (replies, outgoing) = mpsc::channel(1);
    let gone = CancellationToken::new();
    let connection = async {
        let ending = tokio::select! {
            ending = read(&mut stream, &meter, jobs, replies.clone()) => ending,
            ending = write(&mut sink, outgoing) => ending,
            () = shutdown.cancelled() => Ending::Ours(CloseCode::Away, "Tanba is closing"),
        };
        // Before the closing handshake, which may take its time: the window must not outlive the page.
        gone.cancel();
        if let Ending::Ours(code, reason) = ending {
            tracing::debug!(%code, reason, "closing a socket");
            let frame = CloseFrame {
                code,
                reason: Utf8Bytes::from_static(reason),
            };
            timeout(CLOSE_DEADLINE, sink.send(Message::Close(Some(frame))))
                .await
                .ok();
            return true;
        }
        timeout(CLOSE_DEADLINE, sink.close()).await.ok();
        false
    };
    let (closed_by_us, ()) = tokio::join!(
        connection,
        answer_in_order(waiting, &replies, &agent, &caller, &gone)
    );
    if let Ok(mut socket) = stream.reunite(sink) {
        timeout(
            CLOSE_DEADLINE,
            part(socket.get_mut().stream_mut(), closed_by_us),
        )
        .await
        .ok();
    }
}

/// Reads until the connection ends; heartbeats are answered here, past the queue.
async fn read<S>(
    stream: &mut SplitStream<WebSocketStream<S>>,
    meter: &Meter,
    jobs: mpsc::Sender<Job>,
    replies: mpsc::Sender<Message>,
) -> Ending
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) if text.as_str() == HEARTBEAT => {
                meter.take();
                if replies.send(Message::Text(text)).await.is_err() {
                    return Ending::Peer;
                }
            }
            Some(Ok(Message::Text(text))) => {
                if jobs
                    .try_send(Job {
                        text,
                        _share: meter.take(),
                    })
                    .is_err()
                {
                    return Ending::Ours(
                        CloseCode::Policy,
                        "too many requests wait on this socket",
                    );
                }
            }
            Some(Ok(Message::Binary(_))) => {
                return Ending::Ours(CloseCode::Unsupported, "text messages only");
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => drop(meter.take()),
            // The library answers a close itself; the next turn of the loop sends that answer and ends.
            Some(Ok(Message::Close(_) | Message::Frame(_))) => {}
            Some(Err(error)) => return ending_of(&error),
            None => return Ending::Peer,
        }
    }
}

/// Writes replies; ends only when the peer does not take them.
async fn write<S>(
    sink: &mut SplitSink<WebSocketStream<S>, Message>,
    mut outgoing: mpsc::Receiver<Message>,
) -> Ending
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = outgoing.recv().await {
        if !matches!(
            timeout(WRITE_DEADLINE, sink.send(message)).await,
            Ok(Ok(()))
        ) {
            break;
        }
    }
    Ending::Peer
}

/// Hands the requests to the agent one after the other; a request under way when the peer leaves is told so and
/// waited for, the ones behind it are dropped.
async fn answer_in_order(
    mut waiting: mpsc::Receiver<Job>,
    replies: &mpsc::Sender<Message>,
    agent: &Agent,
    caller: &Caller,
    gone: &CancellationToken,
) {
    while let Some(Some(job)) = gone.run_until_cancelled(waiting.recv()).await {
        let Some(reply) = agent.answer(caller, job.text.as_str(), gone.clone()).await else {
            continue;
        };
        drop(job);
        if !matches!(
            gone.run_until_cancelled(replies.send(Message::text(reply)))
                .await,
            Some(Ok(()))
        ) {
            return;
        }
    }
}

/// What to tell the peer about an error.
fn ending_of(error: &Error) -> Ending {
    match error {
        Error::Capacity(_) => Ending::Ours(CloseCode::Size, "a message is longer than 256 MiB"),
        Error::Utf8(_) => Ending::Ours(CloseCode::Invalid, "a text message is not UTF-8"),
        Error::Protocol(_) => Ending::Ours(CloseCode::Protocol, "not a WebSocket frame"),
        Error::Io(error)
            if error
                .get_ref()
                .is_some_and(|inner| inner.is::<OverBudget>()) =>
        {
            Ending::Ours(
                CloseCode::Again,
                "too many large messages at once; try again",
            )
        }
        _ => Ending::Peer,
    }
}

/// Says goodbye in TLS. When we close, what is still on its way is read first: ending with unread bytes would reset
/// the connection before the peer has read our reason.
async fn part<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    closed_by_us: bool,
) -> io::Result<()> {
    stream.shutdown().await?;
    if closed_by_us {
        let mut buffer = vec![0; READ_BUFFER_BYTES];
        while stream.read(&mut buffer).await? > 0 {}
    }
    Ok(())
}
