//! One WebSocket: greeting, heartbeats, requests in order, a clear end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use agent::{Agent, Caller};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_util::sync::CancellationToken;

use crate::frames::{self, Excerpt, Failure, Incoming, Outgoing, Reader};
use crate::limits::{Budget, CLOSE_DEADLINE, MAX_WAITING, Share, WRITE_DEADLINE};

/// Source: NCALayer 1.4 speaks first, with exactly this.
const GREETING: &str = r#"{"result":{"version":"1.4"}}"#;
/// Source: NCALayer 1.4 echoes it.
const HEARTBEAT: &str = "--heartbeat--";
/// What is read of a peer that does not matter any more.
const REST_BYTES: usize = 16 * 1024;

/// A message in the queue.
enum Job {
    /// With its share of the memory budget.
    Request(String, Share),
    /// Too long to be kept.
    TooLong(Excerpt),
}

/// How a connection ends.
enum Ending {
    /// The connection broke.
    Broken,
    /// The peer closes, with this code to be answered.
    Peer(Option<CloseCode>),
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
    let (stream, mut sink) = tokio::io::split(stream);
    let mut reader = Reader::new(stream, &early, budget);
    drop(early);
    let greeting = Outgoing::Text(GREETING.into());
    if !matches!(
        timeout(WRITE_DEADLINE, frames::write(&mut sink, &greeting)).await,
        Ok(Ok(()))
    ) {
        return;
    }
    agent.page_connected();

    let (jobs, waiting) = mpsc::channel(MAX_WAITING);
    let (replies, outgoing) = mpsc::channel(1);
    let gone = CancellationToken::new();
    let writing = AtomicBool::new(false);
    let connection = async {
        let ending = tokio::select! {
            ending = read(&mut reader, jobs, replies.clone()) => ending,
            ending = write(&mut sink, outgoing, &writing) => ending,
            () = shutdown.cancelled() => Ending::Ours(CloseCode::Away, "Tanba is closing"),
        };
        // Before the closing handshake, which may take its time: the window must not outlive the page.
        gone.cancel();
        let (goodbye, closed_by_us) = match ending {
            Ending::Broken => return false,
            Ending::Peer(code) => (code.map(|code| (code, "")), false),
            Ending::Ours(code, reason) => {
                tracing::debug!(%code, reason, "closing a socket");
                (Some((code, reason)), true)
            }
        };
        // Into the middle of a reply it must not go.
        if !writing.load(Ordering::Relaxed) {
            let goodbye = Outgoing::Close(goodbye);
            timeout(CLOSE_DEADLINE, frames::write(&mut sink, &goodbye))
                .await
                .ok();
        }
        closed_by_us
    };
    let (closed_by_us, ()) = tokio::join!(
        connection,
        answer_in_order(waiting, &replies, &agent, &caller, &gone)
    );
    let mut stream = reader.into_stream().unsplit(sink);
    timeout(CLOSE_DEADLINE, part(&mut stream, closed_by_us))
        .await
        .ok();
}

/// Reads until the connection ends; heartbeats are answered here, past the queue.
async fn read<S>(
    reader: &mut Reader<ReadHalf<S>>,
    jobs: mpsc::Sender<Job>,
    replies: mpsc::Sender<Outgoing>,
) -> Ending
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let job = match reader.next().await {
            Ok(Some(Incoming::Text(text, share))) if text != HEARTBEAT => Job::Request(text, share),
            Ok(Some(Incoming::TooLong(excerpt))) => Job::TooLong(excerpt),
            Ok(Some(Incoming::Text(text, _))) => {
                if replies.send(Outgoing::Text(text.into())).await.is_err() {
                    return Ending::Broken;
                }
                continue;
            }
            Ok(Some(Incoming::Ping(body))) => {
                if replies.send(Outgoing::Pong(body)).await.is_err() {
                    return Ending::Broken;
                }
                continue;
            }
            Ok(Some(Incoming::Pong)) => continue,
            Ok(Some(Incoming::Binary)) => {
                return Ending::Ours(CloseCode::Unsupported, "text messages only");
            }
            Ok(Some(Incoming::Close(code))) => return Ending::Peer(code),
            Ok(None) => return Ending::Broken,
            Err(failure) => return ending_of(&failure),
        };
        if jobs.try_send(job).is_err() {
            return Ending::Ours(CloseCode::Policy, "too many requests wait on this socket");
        }
    }
}

/// Writes replies; ends only when the peer does not take them. `writing` is true in the middle of one.
async fn write<S>(
    sink: &mut WriteHalf<S>,
    mut outgoing: mpsc::Receiver<Outgoing>,
    writing: &AtomicBool,
) -> Ending
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = outgoing.recv().await {
        writing.store(true, Ordering::Relaxed);
        if !matches!(
            timeout(WRITE_DEADLINE, frames::write(sink, &message)).await,
            Ok(Ok(()))
        ) {
            break;
        }
        writing.store(false, Ordering::Relaxed);
    }
    Ending::Broken
}

/// Hands the requests to the agent one after the other; a request under way when the peer leaves is told so and
/// waited for, the ones behind it are dropped.
async fn answer_in_order(
    mut waiting: mpsc::Receiver<Job>,
    replies: &mpsc::Sender<Outgoing>,
    agent: &Agent,
    caller: &Caller,
    gone: &CancellationToken,
) {
    while let Some(Some(job)) = gone.run_until_cancelled(waiting.recv()).await {
        let reply = match job {
            Job::Request(text, _share) => agent.answer(caller, text, gone.clone()).await,
            Job::TooLong(excerpt) => {
                Some(agent.refuse_too_long(caller, &excerpt.head, &excerpt.tail))
            }
        };
        let Some(reply) = reply else { continue };
        if !matches!(
            gone.run_until_cancelled(replies.send(Outgoing::Text(reply)))
                .await,
            Some(Ok(()))
        ) {
            return;
        }
    }
}

/// What to tell the peer about a failure.
fn ending_of(failure: &Failure) -> Ending {
    match failure {
        Failure::TooLong => Ending::Ours(CloseCode::Size, "a message is longer than 256 MiB"),
        Failure::NotUtf8 => Ending::Ours(CloseCode::Invalid, "a text message is not UTF-8"),
        Failure::Protocol => Ending::Ours(CloseCode::Protocol, "not a WebSocket frame"),
        Failure::OverBudget => Ending::Ours(
            CloseCode::Again,
            "too many large messages at once; try again",
        ),
        Failure::Stream(_) => Ending::Broken,
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
        let mut buffer = vec![0; REST_BYTES];
        while stream.read(&mut buffer).await? > 0 {}
    }
    Ok(())
}
