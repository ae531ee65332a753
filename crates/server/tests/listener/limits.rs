use std::time::Duration;

use futures_util::SinkExt;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::support::{Client, QUICK, QUICK_REPLY, Running, status};

#[tokio::test]
async fn binary_messages_close_with_unsupported() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client
        .0
        .send(Message::Binary(Bytes::from_static(b"{}")))
        .await
        .unwrap();
    assert_eq!(
        client.close_reason().await,
        (1003, "text messages only".to_owned())
    );
    server.stop().await;
}

#[tokio::test]
async fn text_that_is_not_utf_8_closes_with_invalid_payload() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    let frame = Frame::message(
        Bytes::from_static(b"{\"a\":\"\xff\"}"),
        OpCode::Data(Data::Text),
        true,
    );
    client.0.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(
        client.close_reason().await,
        (1007, "a text message is not UTF-8".to_owned())
    );
    server.stop().await;
}

#[tokio::test]
async fn a_frame_that_announces_too_much_closes_with_message_too_big() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    // Final text frame, masked, 64-bit length of more than 1 GiB; the mask; a little of the content.
    let mut head = vec![0x81, 0xff];
    head.extend_from_slice(&(1024 * 1024 * 1024 + 1_u64).to_be_bytes());
    head.extend_from_slice(&[0; 4]);
    head.extend_from_slice(&[b' '; 100_000]);
    client.0.get_mut().write_all(&head).await.unwrap();
    assert_eq!(
        client.close_reason().await,
        (1009, "a message is longer than 256 MiB".to_owned())
    );
    server.stop().await;
}

/// Sends a text of `length` bytes in one frame: `start`, blanks, `end`.
async fn send_long(client: &mut Client, start: &str, end: &str, length: usize) {
    let stream = client.0.get_mut();
    let mut head = vec![0x81, 0xff];
    head.extend_from_slice(&(length as u64).to_be_bytes());
    // A mask of zeros changes nothing.
    head.extend_from_slice(&[0; 4]);
    head.extend_from_slice(start.as_bytes());
    stream.write_all(&head).await.unwrap();
    let blanks = vec![b' '; 1024 * 1024];
    let mut left = length - start.len() - end.len();
    while left > 0 {
        let piece = left.min(blanks.len());
        stream.write_all(&blanks[..piece]).await.unwrap();
        left -= piece;
    }
    stream.write_all(end.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
}

const LIMIT: usize = 256 * 1024 * 1024;

#[tokio::test]
async fn a_message_of_256_mib_is_taken() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    let (start, end) = QUICK.split_at(QUICK.len() - 1);
    send_long(&mut client, start, end, LIMIT).await;
    assert_eq!(client.text().await, QUICK_REPLY);
    server.stop().await;
}

#[tokio::test]
async fn a_longer_message_is_refused_as_its_caller_expects_and_the_next_one_is_answered() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    for (start, end, reply) in [
        (
            r#"{"module":"kz.gov.pki.knca.commonUtils","method":"signXml","uuid":"u1","args":["#,
            "]}",
            r#"{"code":"500","message":"the request is longer than 256 MiB","uuid":"u1"}"#,
        ),
        (
            r#"{"method":"sign","args":{"data":""#,
            r#""},"module" : "kz.gov.pki.knca.basics"}"#,
            concat!(
                r#"{"status":false,"code":"INVALID_SIGNING_PARAMS","message":"Invalid signing parameters.","#,
                r#""details":"the request is longer than 256 MiB"}"#
            ),
        ),
        (r#"{"module":"kz.example.nobody"#, "\"}", QUICK_REPLY),
    ] {
        send_long(&mut client, start, end, LIMIT + 1).await;
        assert_eq!(client.text().await, reply);
    }
    client.send(QUICK).await;
    assert_eq!(client.text().await, QUICK_REPLY);
    server.stop().await;
}

#[tokio::test]
async fn a_large_message_in_many_frames_is_one_request() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    let text = format!("{QUICK}{}", " ".repeat(64 * 1024 * 1024));
    let pieces = text.as_bytes().chunks(1_000_001);
    let last = pieces.len() - 1;
    for (index, piece) in pieces.enumerate() {
        let code = if index == 0 {
            Data::Text
        } else {
            Data::Continue
        };
        let frame = Frame::message(piece.to_vec(), OpCode::Data(code), index == last);
        client.0.send(Message::Frame(frame)).await.unwrap();
    }
    assert_eq!(client.text().await, QUICK_REPLY);
    server.stop().await;
}

#[tokio::test]
async fn garbage_instead_of_frames_closes_with_protocol_error() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    client
        .0
        .get_mut()
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(client.close_reason().await.0, 1002);
    server.stop().await;
}

#[tokio::test]
async fn a_large_message_is_taken_in_one_frame() {
    let server = Running::start().await;
    let mut client = server.socket().await;
    // More than the library's own limit of 16 MiB for a frame.
    let padding = " ".repeat(20 * 1024 * 1024);
    client.send(&format!("{QUICK}{padding}")).await;
    assert_eq!(client.text().await, QUICK_REPLY);
    server.stop().await;
}

#[tokio::test]
async fn a_site_has_64_sockets_and_other_sites_are_not_locked_out() {
    let server = Running::start().await;
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(
            server
                .open("/", &[("Origin", "https://many.example")])
                .await
                .unwrap(),
        );
    }
    let refused = server
        .open("/", &[("Origin", "https://many.example")])
        .await
        .err()
        .unwrap();
    assert!(refused.to_string().contains("503"), "{refused}");
    for mut client in [
        server
            .open("/", &[("Origin", "https://other.example")])
            .await
            .unwrap(),
        server.socket().await,
    ] {
        client.send("--heartbeat--").await;
        while client.text().await != "--heartbeat--" {}
    }
    drop(open);
    for _ in 0..1000 {
        if server
            .open("/", &[("Origin", "https://many.example")])
            .await
            .is_ok()
        {
            return server.stop().await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("seats are not given back");
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let server = Running::start().await;
    let head = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nX: {}",
        server.host(),
        "x".repeat(200_000)
    );
    let answer = server.raw(&head).await;
    assert!(status(&answer).contains(" 431 "), "{answer:.80}");
    server.stop().await;
}

#[tokio::test]
async fn silent_connections_do_not_keep_others_from_being_served() {
    let server = Running::start().await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(
            tokio::net::TcpStream::connect(server.address)
                .await
                .unwrap(),
        );
    }
    server.socket().await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_never_finishes_its_handshake_is_dropped() {
    use tokio::io::AsyncReadExt;
    let server = Running::start().await;
    let mut half = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    half.write_all(&[0x16, 0x03]).await.unwrap();
    let mut tls = server.tls().await;
    tls.write_all(b"GET / HT").await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(15), async {
        let mut rest = Vec::new();
        half.read_to_end(&mut rest).await.ok();
        tls.read_to_end(&mut rest).await.ok();
    });
    ended.await.expect("both are dropped after ten seconds");
    server.stop().await;
}
