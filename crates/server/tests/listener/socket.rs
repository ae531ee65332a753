use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::support::{GREETING, QUICK, QUICK_REPLY, Running, TOKENS};

#[tokio::test]
async fn the_greeting_comes_first_and_byte_for_byte() {
    let server = Running::start().await;
    for path in ["/", "", "/basics", "/any/path?and=query"] {
        let mut client = server.open(path, &[]).await.unwrap();
        assert_eq!(client.text().await, GREETING, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn requests_sent_before_the_greeting_was_read_are_answered() {
    let server = Running::start().await;
    let mut client = server.open("/", &[]).await.unwrap();
    client.send(QUICK).await;
    assert_eq!(client.text().await, GREETING);
    assert_eq!(client.text().await, QUICK_REPLY);
    server.stop().await;
}

#[tokio::test]
async fn replies_come_in_the_order_of_the_requests() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    for round in 0..20 {
        client
            .send(if round % 3 == 0 { TOKENS } else { QUICK })
            .await;
    }
    for round in 0..20 {
        let reply = client.text().await;
        assert_eq!(reply != QUICK_REPLY, round % 3 == 0, "{round}: {reply}");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_empty_object_is_not_answered() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client.send("{}").await;
    client.send(QUICK).await;
    assert_eq!(client.text().await, QUICK_REPLY);
    server.stop().await;
}

#[tokio::test]
async fn pings_are_answered() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client
        .0
        .send(Message::Ping(Bytes::from_static(b"there?")))
        .await
        .unwrap();
    assert_eq!(
        client.next().await,
        Message::Pong(Bytes::from_static(b"there?"))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_fragmented_message_is_one_request() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    let (first, second) = QUICK.split_at(10);
    let part = |text: &str, code, last| {
        Message::Frame(Frame::message(text.to_owned(), OpCode::Data(code), last))
    };
    client.0.send(part(first, Data::Text, false)).await.unwrap();
    client.send_ping_between().await;
    client
        .0
        .send(part(second, Data::Continue, true))
        .await
        .unwrap();
    assert!(matches!(client.next().await, Message::Pong(_)));
    assert_eq!(client.text().await, QUICK_REPLY);
    server.stop().await;
}

impl crate::support::Client {
    async fn send_ping_between(&mut self) {
        self.0.send(Message::Ping(Bytes::new())).await.unwrap();
    }
}

#[tokio::test]
async fn a_close_is_answered_with_a_close() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client.0.close(None).await.unwrap();
    assert!(matches!(client.next().await, Message::Close(_)));
    assert!(client.0.next().await.is_none(), "then the connection ends");
    server.stop().await;
}
