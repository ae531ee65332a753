//! One child from its start to its end: lines in, lines out, and every way in which it can go wrong.

use std::fmt;
use std::io::Cursor;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use window_messages::{FromWindow, ToWindow};

use super::lines::{BadLine, Lines};

/// A window that does not take a line for so long hangs.
const WRITE_DEADLINE: Duration = Duration::from_secs(30);
/// What a child that has ended may still have said.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How long a window may take to leave when it was told to.
const QUIT_DEADLINE: Duration = Duration::from_secs(2);
/// How much of the child's log is read at a time.
const MAX_LOG_PIECE: usize = 1024;

/// One conversation of the agent with the window.
pub(super) struct Visit {
    pub(super) shown: mpsc::Receiver<ToWindow>,
    pub(super) person: mpsc::Sender<FromWindow>,
}

/// Why a child is not served any more.
pub(super) enum Ending {
    /// Nobody needed it for long enough.
    Idle,
    /// The agent closes.
    Leaving,
    /// It crashed, hung or said something that is no message.
    Lost(Loss),
}

#[derive(Debug)]
pub(super) enum Loss {
    Ended,
    Hangs,
    Line(BadLine),
    Floods,
    Pipe(std::io::Error),
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("it ended by itself"),
            Self::Hangs => write!(
                f,
                "it did not take a message within {} s",
                WRITE_DEADLINE.as_secs()
            ),
            Self::Line(bad) => bad.fmt(f),
            Self::Floods => f.write_str("it said more than anyone asked for"),
            Self::Pipe(error) => error.fmt(f),
        }
    }
}

/// Carries messages both ways until the child is to go; it is then told to quit, unless it is lost.
///
/// Dropping the conversation under way is how its request learns that the window is lost. `retire` is asked before an
/// idle window goes, whether it may.
pub(super) async fn attend(
    child: &mut Child,
    visitors: &mut mpsc::UnboundedReceiver<Visit>,
    knocks: &mut mpsc::Receiver<()>,
    idle: Duration,
    leave: &CancellationToken,
    retire: impl Fn(&mpsc::UnboundedReceiver<Visit>) -> bool,
) -> Ending {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Ending::Lost(Loss::Ended);
    };
    let log = child
        .stderr
        .take()
        .map(|stderr| tokio::spawn(pass_log_on(stderr)));
    let mut lines = Lines::new(stdout);
    let mut visit: Option<Visit> = None;
    let mut unwritten = Cursor::new(Vec::new());
    let mut deadline = Instant::now() + idle;
    let ending = loop {
        let writing = !is_written(&unwritten);
        tokio::select! {
            () = leave.cancelled() => break Ending::Leaving,
            // A later conversation takes the window over: the earlier one ends here.
            Some(next) = visitors.recv() => visit = Some(next),
            Some(()) = knocks.recv(), if visit.is_none() && !writing => deadline = Instant::now() + idle,
            message = next_message(&mut visit), if !writing => match message {
                Some(message) => {
                    unwritten = Cursor::new(line_of(&message));
                    deadline = Instant::now() + WRITE_DEADLINE;
                }
                None => {
                    visit = None;
                    deadline = Instant::now() + idle;
                }
            },
            written = stdin.write_buf(&mut unwritten), if writing => match written {
                Ok(_) => deadline = Instant::now() + if is_written(&unwritten) { idle } else { WRITE_DEADLINE },
                Err(error) => break Ending::Lost(Loss::Pipe(error)),
            },
            line = lines.next() => match line {
                Ok(Some(message)) => if let Err(loss) = hand_over(message, &mut visit) { break Ending::Lost(loss) },
                Ok(None) => break Ending::Lost(Loss::Ended),
                Err(bad) => break Ending::Lost(Loss::Line(bad)),
            },
            _ = child.wait() => {
                while let Ok(Ok(Some(message))) = timeout(LAST_WORDS, lines.next()).await {
                    if hand_over(message, &mut visit).is_err() {
                        break;
                    }
                }
                break Ending::Lost(Loss::Ended);
            }
            () = sleep_until(deadline), if writing || visit.is_none() => {
                if writing {
                    break Ending::Lost(Loss::Hangs);
                }
                if retire(visitors) {
                    break Ending::Idle;
                }
            }
        }
    };
    drop(visit);
    if !matches!(ending, Ending::Lost(_)) {
        timeout(LAST_WORDS, stdin.write_all(&line_of(&ToWindow::Quit)))
            .await
            .ok();
        // The end of its input says the same once more.
        drop(stdin);
        // Until it is gone or has said all: a full pipe would keep it from leaving.
        timeout(QUIT_DEADLINE, async {
            while let Ok(Some(_)) = lines.next().await {}
        })
        .await
        .ok();
    }
    if let Some(log) = log {
        log.abort();
    }
    ending
}

/// Waits for a child that was told to quit, or closed its pipes; ends it when it stays.
pub(super) async fn end(mut child: Child, lost: bool) {
    if !lost && timeout(QUIT_DEADLINE, child.wait()).await.is_ok() {
        return;
    }
    if let Err(error) = child.kill().await {
        tracing::debug!(%error, "the window had ended");
    }
}

/// The next message for the window; waits for ever when nobody speaks with it.
async fn next_message(visit: &mut Option<Visit>) -> Option<ToWindow> {
    match visit {
        Some(visit) => visit.shown.recv().await,
        None => std::future::pending().await,
    }
}

/// Gives a message to the conversation; what a window says to nobody is dropped.
fn hand_over(message: FromWindow, visit: &mut Option<Visit>) -> Result<(), Loss> {
    let Some(open) = visit else { return Ok(()) };
    match open.person.try_send(message) {
        // A conversation whose receiving half is gone ends with its other half.
        Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        Err(mpsc::error::TrySendError::Full(_)) => Err(Loss::Floods),
    }
}

fn is_written(line: &Cursor<Vec<u8>>) -> bool {
    usize::try_from(line.position()).is_ok_and(|position| position >= line.get_ref().len())
}

fn line_of(message: &ToWindow) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).unwrap_or_default();
    line.push(b'\n');
    line
}

/// The child's log goes into ours, in pieces of bounded length; what went over the pipes is not in it.
async fn pass_log_on(mut stderr: ChildStderr) {
    let mut buffer = [0; MAX_LOG_PIECE];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        let piece = String::from_utf8_lossy(buffer.get(..read).unwrap_or_default());
        for line in piece.lines().filter(|line| !line.trim().is_empty()) {
            tracing::debug!(target: "tanba_window", "{}", line.escape_debug());
        }
    }
}
