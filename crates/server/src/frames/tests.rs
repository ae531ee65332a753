use super::*;

const MASK: [u8; 4] = [0x5a, 0xff, 0x00, 0x81];

fn frame(opcode: OpCode, is_final: bool, body: &[u8]) -> Vec<u8> {
    let head = FrameHeader {
        is_final,
        opcode,
        mask: Some(MASK),
        ..FrameHeader::default()
    };
    let mut bytes = Vec::new();
    head.format(body.len() as u64, &mut bytes).unwrap();
    let mut body = body.to_vec();
    for (index, byte) in body.iter_mut().enumerate() {
        *byte ^= MASK[index % 4];
    }
    bytes.extend(body);
    bytes
}

fn text(body: &[u8], is_final: bool) -> Vec<u8> {
    frame(OpCode::Data(Data::Text), is_final, body)
}

fn more(body: &[u8], is_final: bool) -> Vec<u8> {
    frame(OpCode::Data(Data::Continue), is_final, body)
}

/// A stream that gives at most `step` bytes at a time.
fn reader(bytes: &[u8], step: usize) -> Reader<tokio::io::DuplexStream> {
    let (ours, mut theirs) = tokio::io::duplex(step);
    let bytes = bytes.to_vec();
    tokio::spawn(async move { theirs.write_all(&bytes).await });
    Reader::new(ours, &[], &Budget::new())
}

#[tokio::test]
async fn a_message_is_the_same_however_it_is_cut() {
    let body = "Қол қою ".repeat(5_000);
    let body = body.as_bytes();
    for cut in [0, 1, 2, 3, 8_191, body.len() - 1, body.len()] {
        let (first, second) = body.split_at(cut);
        let ping = frame(OpCode::Control(Control::Ping), true, b"there?");
        let bytes = [text(first, false), ping, more(second, true)].concat();
        for step in [1, 7, 100_000] {
            let mut reader = reader(&bytes, step);
            let ping = reader.next().await.unwrap().unwrap();
            assert!(matches!(ping, Incoming::Ping(body) if body == b"there?"));
            let Some(Incoming::Text(text, _)) = reader.next().await.unwrap() else {
                panic!("no text");
            };
            assert_eq!(text.as_bytes(), body, "{cut} {step}");
            assert!(reader.next().await.unwrap().is_none());
        }
    }
}

#[tokio::test]
async fn a_large_message_takes_no_more_room_than_it_needs() {
    let body = vec![b'x'; 5 * TRUSTED_BYTES + 3];
    let mut reader = reader(&text(&body, true), 100_000);
    let Some(Incoming::Text(text, _)) = reader.next().await.unwrap() else {
        panic!("no text");
    };
    assert_eq!(text.len(), body.len());
    assert_eq!(text.capacity(), body.len());
}

#[tokio::test]
async fn what_is_no_message_ends_the_connection() {
    let mut unmasked = text(b"{}", true);
    unmasked[1] &= 0x7f;
    let mut reserved = text(b"{}", true);
    reserved[0] |= 0x40;
    for bytes in [
        unmasked,
        reserved,
        more(b"{}", true),
        [text(b"{", false), text(b"}", true)].concat(),
        frame(OpCode::Control(Control::Ping), false, b""),
        frame(OpCode::Control(Control::Ping), true, &[0; 126]),
        frame(OpCode::Control(Control::Close), true, &[3]),
        frame(OpCode::Control(Control::Close), true, &[3, 0xe8, 0xff]),
        frame(OpCode::Control(Control::Reserved(11)), true, b""),
        frame(OpCode::Data(Data::Reserved(3)), true, b""),
    ] {
        let ended = reader(&bytes, 100).next().await;
        assert!(
            matches!(ended, Err(Failure::Protocol)),
            "{bytes:x?}: {ended:?}"
        );
    }
    let cut_off = &text(b"{\"a\":1}", true)[..8];
    let ended = reader(cut_off, 100).next().await;
    assert!(matches!(ended, Err(Failure::Stream(_))), "{ended:?}");
    let ended = reader(&text(b"\xff", true), 100).next().await;
    assert!(matches!(ended, Err(Failure::NotUtf8)), "{ended:?}");
}

#[tokio::test]
async fn of_a_message_that_is_too_long_both_ends_are_kept() {
    let mut bytes = text(b"{\"module\":\"m\",\"data\":\"", false);
    bytes.extend(more(&vec![b'a'; 200 * 1024], false));
    // The mask of this one is left out: nobody looks at its middle.
    let head = FrameHeader {
        is_final: false,
        opcode: OpCode::Data(Data::Continue),
        mask: Some([0; 4]),
        ..FrameHeader::default()
    };
    head.format(MAX_MESSAGE_BYTES as u64, &mut bytes).unwrap();
    bytes.resize(bytes.len() + MAX_MESSAGE_BYTES, b'a');
    bytes.extend(more(b"\",\"uuid\":\"u\"}", true));
    bytes.extend(text(b"{}", true));
    let mut reader = reader(&bytes, 1 << 20);
    let Some(Incoming::TooLong(excerpt)) = reader.next().await.unwrap() else {
        panic!("it was taken");
    };
    assert!(
        excerpt
            .head
            .starts_with(b"{\"module\":\"m\",\"data\":\"aaa")
    );
    assert!(excerpt.tail.ends_with(b"aaa\",\"uuid\":\"u\"}"));
    assert!(excerpt.head.len() <= EXCERPT_BYTES && excerpt.tail.len() <= EXCERPT_BYTES);
    let next = reader.next().await.unwrap();
    assert!(matches!(next, Some(Incoming::Text(text, _)) if text == "{}"));
}

#[tokio::test]
async fn a_message_that_no_computer_could_hold_is_not_waited_for() {
    let head = FrameHeader {
        opcode: OpCode::Data(Data::Text),
        mask: Some(MASK),
        ..FrameHeader::default()
    };
    let mut bytes = Vec::new();
    head.format(1 << 50, &mut bytes).unwrap();
    let ended = reader(&bytes, 100).next().await;
    assert!(matches!(ended, Err(Failure::TooLong)), "{ended:?}");
}
