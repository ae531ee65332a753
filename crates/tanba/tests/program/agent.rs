use std::net::{Ipv4Addr, TcpListener};

use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Running, eventually, is_running, run};

/// A window that takes every line and says nothing.
const SILENT: &str = "cat > shown";

#[tokio::test]
async fn a_page_connects_and_the_window_is_warmed() {
    let agent = Running::with_window(SILENT);
    assert!(agent.windows().is_empty(), "no window before a page comes");
    let _page = agent.page().await;
    eventually("the window starts", || agent.windows().len() == 1).await;
    agent.signal("TERM");
    let (status, rest) = agent.ended();
    assert!(status.success());
    assert_eq!(rest, "", "one line and no more");
}

#[tokio::test]
async fn signals_end_it_cleanly_with_its_window() {
    for signal in ["TERM", "INT", "HUP"] {
        let agent = Running::with_window(SILENT);
        let page = agent.page().await;
        eventually("the window starts", || agent.windows().len() == 1).await;
        let window = agent.windows().remove(0);
        agent.signal(signal);
        drop(page);
        let (status, _) = agent.ended();
        assert_eq!(status.code(), Some(0), "{signal}");
        assert!(!is_running(&window), "{signal}");
    }
}

/// A request that opens the window and waits for the person.
const REQUEST: &str = r#"{"module":"kz.gov.pki.knca.commonUtils","method":"signXml","args":["PKCS12","SIGNATURE","<a>b</a>","",""]}"#;

#[tokio::test]
async fn a_window_that_crashes_or_talks_nonsense_is_an_error_for_the_page_and_the_next_request_gets_another()
 {
    for end in [
        "kill -SEGV $$",
        "exit 0",
        "echo nonsense; cat > rest",
        "head -c 600000 /dev/zero; cat > rest",
    ] {
        let agent = Running::with_window(&format!("read -r line; {end}"));
        let mut page = agent.page().await;
        for round in 1..=2 {
            page.0.send(Message::text(REQUEST)).await.unwrap();
            let reply: serde_json::Value = serde_json::from_str(&page.text().await).unwrap();
            assert_eq!(reply["code"], "500", "{end}: {reply}");
            assert_eq!(agent.windows().len(), round, "{end}");
        }
        agent.signal("TERM");
        drop(page);
        assert!(agent.ended().0.success(), "{end}");
    }
}

#[tokio::test]
async fn a_typed_password_is_in_no_log() {
    let script = r#"
        read -r line
        number=$(echo "$line" | sed 's/.*"request":\([0-9]*\).*/\1/')
        echo '{"type":"sign","request":'$number',"key":"unknown","password":"Secret-Qwerty9"}'
        echo said > said
        read -r line
        echo '{"type":"sign","password":"Secret-Qwerty9"'
    "#;
    let agent = Running::start(script, |command| {
        command.args(["--port", "0", "--log", "trace"]);
    });
    let mut page = agent.page().await;
    page.0.send(Message::text(REQUEST)).await.unwrap();
    let said = agent.home.path().join("said");
    eventually("the password is typed", || said.exists()).await;
    page.0.close(None).await.unwrap();
    let window = agent.windows().remove(0);
    agent.signal("TERM");
    eventually("the window ends", || !is_running(&window)).await;
    let log = agent.log();
    assert!(
        log.contains("listening") && !log.contains("Secret-Qwerty9"),
        "{log}"
    );
    assert!(agent.ended().0.success());
}

#[tokio::test]
async fn a_window_that_stays_idle_is_ended() {
    let agent = Running::start(SILENT, |command| {
        command.args(["--port", "0", "--window-idle", "0.3"]);
    });
    let _page = agent.page().await;
    eventually("the window starts", || agent.windows().len() == 1).await;
    let window = agent.windows().remove(0);
    eventually("the window ends", || !is_running(&window)).await;
    agent.signal("TERM");
    assert!(agent.ended().0.success());
}

#[test]
fn a_taken_port_has_an_exit_code_and_an_explanation() {
    let holder = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let home = tempfile::tempdir().unwrap();
    let (code, out, err) = run(home.path(), &["agent", "--port", &port]);
    assert_eq!(code, 4);
    assert_eq!(out, "");
    assert!(
        err.contains(&port) && err.contains("NCALayer") && err.contains("--port"),
        "{err}"
    );
}

#[tokio::test]
async fn the_port_may_come_from_ncalayers_variable() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let agent = Running::start(SILENT, |command| {
        command.env("NCALAYERPORT", free.to_string());
    });
    assert_eq!(agent.port, free);
    agent.page().await;
    agent.signal("TERM");
    assert!(agent.ended().0.success());
}

#[test]
fn wrong_use_is_told_and_nothing_is_started() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        &["agent", "--port", "70000"][..],
        &["agent", "--window", ""],
        &["agent", "--window", "'robot"],
        &["agent", "--window-idle", "-1"],
        &["agent", "--password", "x"],
        &["frobnicate"],
        &[],
    ] {
        let (code, out, err) = run(home.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
        assert!(out.is_empty() && !err.is_empty(), "{arguments:?}");
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn its_memory_is_not_for_others() {
    let agent = Running::with_window(SILENT);
    let _page = agent.page().await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", agent.child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    // A process that may be neither dumped nor traced by its own user belongs to root.
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(format!("/proc/{}/mem", agent.child.id()))
        .unwrap()
        .uid();
    assert_eq!(owner, 0);
    agent.signal("TERM");
    assert!(agent.ended().0.success());
}

#[tokio::test]
async fn the_log_says_where_it_listens_and_that_it_ended() {
    let agent = Running::with_window(SILENT);
    let port = agent.port;
    let log = agent.home.path().join("log");
    let kept = tempfile::tempdir().unwrap();
    agent.signal("TERM");
    let copy = kept.path().join("log");
    eventually("the last line", || {
        std::fs::read_to_string(&log).is_ok_and(|log| log.contains("ended"))
    })
    .await;
    std::fs::copy(&log, &copy).unwrap();
    assert!(agent.ended().0.success());
    assert!(
        std::fs::read_to_string(copy)
            .unwrap()
            .contains(&format!("127.0.0.1:{port}"))
    );
}
