//! Windows made of shell scripts.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use agent::{Screen, ScreenLink};
use tempfile::TempDir;
use tokio::time::timeout;
use window_messages::{FromWindow, ToWindow};

use super::{ChildScreen, WindowProgram};

const PATIENCE: Duration = Duration::from_secs(20);
const LONG: Duration = Duration::from_secs(600);
/// Answers every line with the same message, until its input ends.
const TALKING: &str = r#"while read -r line; do echo '{"type":"painted","request":7}'; done"#;

struct Desk {
    screen: ChildScreen,
    folder: TempDir,
}

impl Desk {
    /// A window that runs `script`; it writes its process id down at each start.
    fn with(script: &str, idle: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("window.sh");
        fs::write(
            &file,
            format!(
                "cd '{}'\necho $$ >> starts\n{script}\n",
                folder.path().display()
            ),
        )
        .unwrap();
        let program = WindowProgram::parse(&format!("sh '{}'", file.display())).unwrap();
        Self {
            screen: ChildScreen::new(program, idle),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn starts(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("starts")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    async fn eventually(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !holds(self) {
            assert!(started.elapsed() < PATIENCE, "never: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn is_running(process: &str) -> bool {
    // A zombie has ended, too.
    fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn said(link: &mut ScreenLink) -> Option<FromWindow> {
    timeout(PATIENCE, link.from.recv()).await.unwrap()
}

#[tokio::test]
async fn messages_go_both_ways() {
    let desk = Desk::with(TALKING, LONG);
    let mut link = desk.screen.open().unwrap();
    for _ in 0..3 {
        link.to.send(ToWindow::Done { request: 7 }).await.unwrap();
        assert!(matches!(
            said(&mut link).await,
            Some(FromWindow::Painted { request: 7 })
        ));
    }
    desk.screen.close().await;
    assert!(
        said(&mut link).await.is_none(),
        "closing ends the conversation"
    );
}

#[tokio::test]
async fn one_window_serves_one_conversation_after_the_other() {
    let desk = Desk::with(TALKING, LONG);
    desk.screen.warm();
    desk.screen.warm();
    for _ in 0..2 {
        let mut link = desk.screen.open().unwrap();
        link.to.send(ToWindow::Done { request: 7 }).await.unwrap();
        assert!(said(&mut link).await.is_some());
    }
    assert_eq!(desk.starts().len(), 1);
    desk.screen.close().await;
}

#[tokio::test]
async fn a_later_conversation_takes_the_window_over() {
    let desk = Desk::with(TALKING, LONG);
    let mut first = desk.screen.open().unwrap();
    let mut second = desk.screen.open().unwrap();
    assert!(said(&mut first).await.is_none());
    second.to.send(ToWindow::Done { request: 7 }).await.unwrap();
    assert!(said(&mut second).await.is_some());
    desk.screen.close().await;
}

#[tokio::test]
async fn a_crash_ends_the_conversation_and_the_next_one_gets_a_new_window() {
    let desk = Desk::with("read -r line; kill -SEGV $$", LONG);
    for round in 1..=2 {
        let mut link = desk.screen.open().unwrap();
        link.to.send(ToWindow::Done { request: 7 }).await.unwrap();
        assert!(said(&mut link).await.is_none());
        assert_eq!(desk.starts().len(), round);
    }
    desk.screen.close().await;
}

#[tokio::test]
async fn what_a_window_said_before_it_ended_is_heard() {
    let desk = Desk::with(
        r#"read -r line; echo '{"type":"cancel","request":7}'"#,
        LONG,
    );
    let mut link = desk.screen.open().unwrap();
    link.to.send(ToWindow::Done { request: 7 }).await.unwrap();
    assert!(matches!(
        said(&mut link).await,
        Some(FromWindow::Cancel { request: 7 })
    ));
    assert!(said(&mut link).await.is_none());
    desk.screen.close().await;
}

#[tokio::test]
async fn garbage_ends_the_conversation_and_the_window() {
    for garbage in [
        "echo nonsense",
        r#"echo '{"type":"unknown"}'"#,
        "head -c 600000 /dev/zero",
        "while echo '{\"type\":\"painted\",\"request\":7}'; do :; done",
    ] {
        let desk = Desk::with(
            &format!("read -r line; {garbage}; while :; do sleep 1; done"),
            LONG,
        );
        let mut link = desk.screen.open().unwrap();
        link.to.send(ToWindow::Done { request: 7 }).await.unwrap();
        // Nobody listens to the flood: the queue is full before the first message is read.
        tokio::time::sleep(Duration::from_millis(300)).await;
        while said(&mut link).await.is_some() {}
        let process = desk.starts().remove(0);
        desk.eventually(garbage, |_| !is_running(&process)).await;
        desk.screen.close().await;
    }
}

#[tokio::test]
async fn an_idle_window_is_told_to_quit() {
    let script =
        r#"while read -r line; do case "$line" in *quit*) echo told > quit; exit;; esac; done"#;
    let desk = Desk::with(script, Duration::from_millis(200));
    desk.screen.warm();
    desk.eventually("it quits", |desk| desk.path("quit").exists())
        .await;
    let process = desk.starts().remove(0);
    desk.eventually("it ends", |_| !is_running(&process)).await;

    let link = desk.screen.open().unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(desk.starts().len(), 2);
    assert!(is_running(&desk.starts()[1]), "a window in use is not idle");
    drop(link);
    let process = desk.starts().remove(1);
    desk.eventually("it ends when the conversation has", |_| {
        !is_running(&process)
    })
    .await;
    desk.screen.close().await;
}

#[tokio::test]
async fn a_window_that_does_not_leave_is_ended() {
    let desk = Desk::with("trap '' TERM HUP INT; while :; do sleep 1; done", LONG);
    desk.screen.warm();
    desk.eventually("it starts", |desk| !desk.starts().is_empty())
        .await;
    let started = Instant::now();
    desk.screen.close().await;
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(!is_running(&desk.starts()[0]));
    assert!(desk.screen.open().is_err(), "a closed screen stays closed");
}

#[tokio::test]
async fn a_window_that_cannot_be_started_is_an_error() {
    let program = WindowProgram::parse("/nonexistent/window").unwrap();
    let screen = ChildScreen::new(program, LONG);
    screen.warm();
    assert!(screen.open().is_err());
    screen.close().await;
}

#[tokio::test]
async fn a_large_message_reaches_a_slow_window_whole() {
    let desk = Desk::with(
        "sleep 0.3; head -n 1 | wc -c > size; echo '{\"type\":\"ready\"}'; cat > /dev/null",
        LONG,
    );
    let mut link = desk.screen.open().unwrap();
    let preview = window_messages::Preview::Text {
        text: "x".repeat(5_000_000),
        truncated: false,
    };
    let message = ToWindow::Preview {
        request: 1,
        document: 0,
        preview,
    };
    let size = serde_json::to_string(&message).unwrap().len() + 1;
    link.to.send(message).await.unwrap();
    assert!(matches!(said(&mut link).await, Some(FromWindow::Ready)));
    assert_eq!(
        fs::read_to_string(desk.path("size")).unwrap().trim(),
        size.to_string()
    );
    desk.screen.close().await;
}
