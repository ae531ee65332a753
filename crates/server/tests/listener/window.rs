use std::sync::atomic::Ordering;

use futures_util::StreamExt;

use std::time::Duration;

use crate::support::{QUICK, Running};

/// A request that opens the window and waits for the person.
const SLOW: &str = r#"{"module":"kz.gov.pki.knca.commonUtils","method":"signXml","args":["PKCS12","SIGNATURE","<a>b</a>","",""]}"#;

#[tokio::test]
async fn heartbeats_are_echoed_while_a_request_waits_for_the_person() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client.send(SLOW).await;
    eventually("the window opens", || {
        server.screen.opened.load(Ordering::SeqCst) == 1
    })
    .await;
    for _ in 0..3 {
        client.send("--heartbeat--").await;
        assert_eq!(client.text().await, "--heartbeat--");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_connecting_page_warms_the_window_and_a_leaving_one_closes_it() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    eventually("the window is warmed", || {
        server.screen.warmed.load(Ordering::SeqCst) == 1
    })
    .await;
    client.send(SLOW).await;
    eventually("the window opens", || {
        server.screen.opened.load(Ordering::SeqCst) == 1
    })
    .await;
    assert_eq!(server.screen.closed.load(Ordering::SeqCst), 0);
    drop(client);
    eventually("the window closes", || {
        server.screen.closed.load(Ordering::SeqCst) == 1
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn stopping_closes_sockets_with_going_away_and_withdraws_the_window() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client.send(SLOW).await;
    eventually("the window opens", || {
        server.screen.opened.load(Ordering::SeqCst) == 1
    })
    .await;
    let closed = std::sync::Arc::clone(&server.screen.closed);
    let (code, ()) = tokio::join!(
        async {
            let code = client.close_reason().await.0;
            while client.0.next().await.is_some() {}
            code
        },
        server.stop()
    );
    assert_eq!(code, 1001);
    eventually("the window closes", || closed.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn too_many_waiting_requests_close_with_policy_violation() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client.send(SLOW).await;
    eventually("the window opens", || {
        server.screen.opened.load(Ordering::SeqCst) == 1
    })
    .await;
    for _ in 0..32 {
        client.send(QUICK).await;
    }
    client.send("--heartbeat--").await;
    assert_eq!(
        client.text().await,
        "--heartbeat--",
        "a full queue is still in order"
    );
    client.send(QUICK).await;
    assert_eq!(
        client.close_reason().await,
        (1008, "too many requests wait on this socket".to_owned())
    );
    eventually("the window closes", || {
        server.screen.closed.load(Ordering::SeqCst) == 1
    })
    .await;
    server.stop().await;
}

pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}
