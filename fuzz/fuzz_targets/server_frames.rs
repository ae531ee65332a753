//! What a client may send behind the WebSocket handshake: however the stream cuts it, and whoever reads it, we or the
//! library with its own buffers, the same is understood. The input's first byte is how much the stream gives at a time.
#![no_main]

use std::io::{self, Cursor, Read, Write};

use libfuzzer_sys::fuzz_target;
use tokio_tungstenite::tungstenite::{Message, WebSocket, protocol::Role};

fuzz_target!(|data: &[u8]| {
    let Some((step, frames)) = data.split_first() else {
        return;
    };
    let found = server::read_frames(frames, usize::from(*step));
    assert_eq!(found, server::read_frames(frames, usize::MAX));
    assert_eq!(found.0, texts_of_library(frames));
});

/// Only the texts: a text that is no UTF-8 ends the connection at its first frame there, at its last one here.
fn texts_of_library(frames: &[u8]) -> Vec<String> {
    let stream = Stream(Cursor::new(frames));
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, None);
    let mut found = Vec::new();
    loop {
        match socket.read() {
            Ok(Message::Text(text)) => found.push(text.to_string()),
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            _ => return found,
        }
    }
}

/// Reads what is there; what is written is not kept.
struct Stream<'a>(Cursor<&'a [u8]>);

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
