//! WebSocket messages in and out, each in one buffer (RFC 6455).
//!
//! The library reads and writes frame heads. The bodies are handled here: a message of 256 MiB is received into a single
//! buffer, which the agent then decodes where it lies, and a reply goes to TLS as it becomes text. The library's
//! own buffers hold both a second time, and the received one for as long as the socket is open.

use std::io::{self, Cursor};

use agent::Reply;
use bytes::{Buf, BufMut, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Error as HeadError;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};

use crate::limits::{Budget, EXCERPT_BYTES, MAX_DRAINED_BYTES, MAX_MESSAGE_BYTES, Share};

/// What is read ahead: the library's own 128 KiB, for each of many idle sockets, would be most of the agent's memory.
const READ_BYTES: usize = 16 * 1024;
/// Room for a message is made in steps until this much of it has come; then all that its frame announces.
const TRUSTED_BYTES: usize = 1024 * 1024;
/// Longest body of a control frame.
const CONTROL_BYTES: u64 = 125;
/// Pieces of a reply up to this size leave together.
const SMALL_BYTES: usize = 8 * 1024;

/// Something the peer said.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A complete text message, with its share of the memory budget.
    Text(String, Share),
    /// A text message longer than is taken. It was read to its end and not kept.
    TooLong(Excerpt),
    /// A binary message begins.
    Binary,
    Ping(Vec<u8>),
    Pong,
    /// The peer closes; the code to answer with.
    Close(Option<CloseCode>),
}

/// The two ends of a message that was not kept.
#[derive(Debug, Default)]
pub(crate) struct Excerpt {
    pub(crate) head: Vec<u8>,
    pub(crate) tail: Vec<u8>,
}

/// Why nothing more can be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("not a WebSocket frame")]
    Protocol,
    #[error("a text message is not UTF-8")]
    NotUtf8,
    #[error("a message is longer than 256 MiB")]
    TooLong,
    #[error("too many large messages at once; try again")]
    OverBudget,
    #[error(transparent)]
    Stream(#[from] io::Error),
}

/// Reads messages.
pub(crate) struct Reader<S> {
    stream: S,
    ahead: BytesMut,
    budget: Budget,
    /// The message whose frames are coming in.
    message: Option<Partial>,
}

/// A message that is not complete.
struct Partial {
    bytes: Vec<u8>,
    share: Share,
    /// Of one that is too long: what is kept, and how many bytes it has so far.
    refused: Option<(Excerpt, u64)>,
}

impl<S: AsyncRead + Unpin> Reader<S> {
    /// `early`: what came behind the opening handshake.
    pub(crate) fn new(stream: S, early: &[u8], budget: &Budget) -> Self {
        Self {
            stream,
            ahead: BytesMut::from(early),
            budget: budget.clone(),
            message: None,
        }
    }

    pub(crate) fn into_stream(self) -> S {
        self.stream
    }

    /// What comes next; none at the end of the stream. Not to be dropped half-way.
    ///
    /// # Errors
    /// See [`Failure`]; nothing more is to be read then.
    pub(crate) async fn next(&mut self) -> Result<Option<Incoming>, Failure> {
        loop {
            let Some((head, length)) = self.head().await? else {
                return Ok(None);
            };
            let mask = head.mask.ok_or(Failure::Protocol)?;
            if head.rsv1 || head.rsv2 || head.rsv3 {
                return Err(Failure::Protocol);
            }
            let begins = match head.opcode {
                OpCode::Control(control) => {
                    if length > CONTROL_BYTES || !head.is_final {
                        return Err(Failure::Protocol);
                    }
                    return self.control(control, length, mask).await.map(Some);
                }
                OpCode::Data(Data::Text) => true,
                OpCode::Data(Data::Binary) => return Ok(Some(Incoming::Binary)),
                OpCode::Data(Data::Continue) => false,
                OpCode::Data(Data::Reserved(_)) => return Err(Failure::Protocol),
            };
            let mut message = match (self.message.take(), begins) {
                (None, true) => Partial {
                    bytes: Vec::new(),
                    share: self.budget.share(),
                    refused: None,
                },
                (Some(message), false) => message,
                _ => return Err(Failure::Protocol),
            };
            self.body(&mut message, length, mask).await?;
            if head.is_final {
                return message.complete().map(Some);
            }
            self.message = Some(message);
        }
    }

    /// The next frame's head; none at the end of the stream.
    async fn head(&mut self) -> Result<Option<(FrameHeader, u64)>, Failure> {
        loop {
            let mut cursor = Cursor::new(&self.ahead);
            let parsed = FrameHeader::parse(&mut cursor).map_err(|error| match error {
                HeadError::Io(error) => Failure::Stream(error),
                _ => Failure::Protocol,
            })?;
            if let Some(found) = parsed {
                let read = usize::try_from(cursor.position()).unwrap_or_default();
                self.ahead.advance(read);
                return Ok(Some(found));
            }
            self.ahead.reserve(READ_BYTES);
            if self.stream.read_buf(&mut self.ahead).await? == 0 {
                return if self.ahead.is_empty() && self.message.is_none() {
                    Ok(None)
                } else {
                    Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
                };
            }
        }
    }

    async fn control(
        &mut self,
        control: Control,
        length: u64,
        mask: [u8; 4],
    ) -> Result<Incoming, Failure> {
        let length = usize::try_from(length).unwrap_or_default();
        let mut body = Vec::with_capacity(length);
        self.fill(&mut body, length).await?;
        unmask(&mut body, mask, 0);
        match control {
            Control::Ping => Ok(Incoming::Ping(body)),
            Control::Pong => Ok(Incoming::Pong),
            Control::Close => match body.as_slice() {
                [] => Ok(Incoming::Close(None)),
                [high, low, reason @ ..] if std::str::from_utf8(reason).is_ok() => {
                    let code = CloseCode::from(u16::from_be_bytes([*high, *low]));
                    Ok(Incoming::Close(Some(if code.is_allowed() {
                        code
                    } else {
                        CloseCode::Protocol
                    })))
                }
                _ => Err(Failure::Protocol),
            },
            Control::Reserved(_) => Err(Failure::Protocol),
        }
    }

    /// Reads a data frame's body behind what the message has.
    async fn body(
        &mut self,
        message: &mut Partial,
        length: u64,
        mask: [u8; 4],
    ) -> Result<(), Failure> {
        let total = length.saturating_add(message.length());
        if total > MAX_MESSAGE_BYTES as u64 {
            if total > MAX_DRAINED_BYTES {
                return Err(Failure::TooLong);
            }
            message.refuse();
            return self.drain(message, length, mask).await;
        }
        // Of a message that comes in many frames each brings little: room grows with the message then.
        let first = message.bytes.is_empty();
        let start = message.bytes.len();
        let end = start + usize::try_from(length).unwrap_or(usize::MAX);
        let mut clear = start;
        while message.bytes.len() < end {
            let have = message.bytes.len();
            if message.bytes.capacity() == have {
                let missing = end - have;
                match (first, have < TRUSTED_BYTES) {
                    (true, false) => message.bytes.reserve_exact(missing),
                    (true, true) => {
                        let step = missing.min(have.max(READ_BYTES));
                        message.bytes.reserve_exact(step);
                    }
                    (false, _) => message.bytes.reserve(missing.min(TRUSTED_BYTES)),
                }
            }
            let room = (message.bytes.capacity() - have).min(end - have);
            let wanted = have + room;
            self.fill_some(&mut message.bytes, wanted).await?;
            message
                .share
                .cover(message.bytes.len())
                .map_err(|_| Failure::OverBudget)?;
            // While it is in the processor's cache.
            if let Some(fresh) = message.bytes.get_mut(clear..) {
                unmask(fresh, mask, clear - start);
            }
            clear = message.bytes.len();
        }
        Ok(())
    }

    /// Reads a data frame's body of which only an excerpt is kept.
    async fn drain(
        &mut self,
        message: &mut Partial,
        length: u64,
        mask: [u8; 4],
    ) -> Result<(), Failure> {
        let mut piece = Vec::with_capacity(READ_BYTES);
        let mut read = 0;
        while read < length {
            piece.clear();
            let wanted = usize::try_from(length - read).map_or(READ_BYTES, |it| it.min(READ_BYTES));
            self.fill_some(&mut piece, wanted).await?;
            // Only what may be kept is worth looking at.
            if message.has_short_head() || length - read <= 2 * READ_BYTES as u64 {
                unmask(
                    &mut piece,
                    mask,
                    usize::try_from(read % 4).unwrap_or_default(),
                );
                message.keep_excerpt(&piece);
            } else {
                message.pass_over(piece.len());
            }
            read += piece.len() as u64;
        }
        Ok(())
    }

    /// Reads until `bytes` has `wanted` of them.
    async fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<(), Failure> {
        while bytes.len() < wanted {
            self.fill_some(bytes, wanted).await?;
        }
        Ok(())
    }

    /// Reads some bytes, at most until there are `wanted`; there must be room for them.
    async fn fill_some(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<(), Failure> {
        let missing = wanted.saturating_sub(bytes.len());
        if !self.ahead.is_empty() {
            let ready = self.ahead.len().min(missing);
            bytes.extend_from_slice(&self.ahead.split_to(ready));
            return Ok(());
        }
        if self.stream.read_buf(&mut bytes.limit(missing)).await? == 0 && missing > 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(())
    }
}

impl Partial {
    fn length(&self) -> u64 {
        match &self.refused {
            None => self.bytes.len() as u64,
            Some((_, length)) => *length,
        }
    }

    /// Gives the memory back and goes on with an excerpt.
    fn refuse(&mut self) {
        if self.refused.is_none() {
            self.refused = Some((Excerpt::default(), 0));
            let bytes = std::mem::take(&mut self.bytes);
            self.share.give_back();
            self.keep_excerpt(&bytes);
        }
    }

    fn has_short_head(&self) -> bool {
        let refused = self.refused.as_ref();
        refused.is_some_and(|(excerpt, _)| excerpt.head.len() < EXCERPT_BYTES)
    }

    fn pass_over(&mut self, bytes: usize) {
        if let Some((_, length)) = &mut self.refused {
            *length += bytes as u64;
        }
    }

    fn keep_excerpt(&mut self, piece: &[u8]) {
        let Some((excerpt, length)) = &mut self.refused else {
            return;
        };
        *length += piece.len() as u64;
        let missing = EXCERPT_BYTES.saturating_sub(excerpt.head.len());
        let (head, rest) = piece.split_at_checked(missing).unwrap_or((piece, &[]));
        excerpt.head.extend_from_slice(head);
        let last = rest.len().saturating_sub(EXCERPT_BYTES);
        excerpt
            .tail
            .extend_from_slice(rest.get(last..).unwrap_or_default());
        let surplus = excerpt.tail.len().saturating_sub(EXCERPT_BYTES);
        excerpt.tail.drain(..surplus);
    }

    fn complete(self) -> Result<Incoming, Failure> {
        match self.refused {
            Some((excerpt, _)) => Ok(Incoming::TooLong(excerpt)),
            None => String::from_utf8(self.bytes)
                .map(|text| Incoming::Text(text, self.share))
                .map_err(|_| Failure::NotUtf8),
        }
    }
}

/// Takes the mask off bytes of which the first is number `offset` of its frame's body. Source: RFC 6455 section 5.3.
fn unmask(bytes: &mut [u8], mut mask: [u8; 4], offset: usize) {
    mask.rotate_left(offset % 4);
    let [a, b, c, d] = mask;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}

/// Something for the peer.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Text(Reply),
    Pong(Vec<u8>),
    Close(Option<(CloseCode, &'static str)>),
}

/// Writes one message in one frame.
///
/// # Errors
/// Those of the stream.
pub(crate) async fn write<S: AsyncWrite + Unpin>(
    stream: &mut S,
    message: &Outgoing,
) -> io::Result<()> {
    match message {
        Outgoing::Text(reply) => write_text(stream, reply).await?,
        Outgoing::Pong(body) => write_control(stream, Control::Pong, body).await?,
        Outgoing::Close(reason) => {
            let body = reason.map_or_else(Vec::new, |(code, reason)| {
                [&u16::from(code).to_be_bytes(), reason.as_bytes()].concat()
            });
            write_control(stream, Control::Close, &body).await?;
        }
    }
    stream.flush().await
}

async fn write_text<S: AsyncWrite + Unpin>(stream: &mut S, reply: &Reply) -> io::Result<()> {
    // What is small leaves together with what is before it.
    let mut waiting = head(OpCode::Data(Data::Text), reply.size())?;
    for chunk in reply.chunks() {
        if waiting.len() + chunk.len() > SMALL_BYTES {
            stream.write_all(&waiting).await?;
            waiting.clear();
        }
        if chunk.len() > SMALL_BYTES {
            stream.write_all(chunk.as_bytes()).await?;
        } else {
            waiting.extend_from_slice(chunk.as_bytes());
        }
    }
    stream.write_all(&waiting).await
}

async fn write_control<S: AsyncWrite + Unpin>(
    stream: &mut S,
    control: Control,
    body: &[u8],
) -> io::Result<()> {
    let mut frame = head(OpCode::Control(control), body.len())?;
    frame.extend_from_slice(body);
    stream.write_all(&frame).await
}

/// The head of the one frame of a message.
fn head(opcode: OpCode, body: usize) -> io::Result<Vec<u8>> {
    let head = FrameHeader {
        is_final: true,
        rsv1: false,
        rsv2: false,
        rsv3: false,
        opcode,
        mask: None,
    };
    let mut bytes = Vec::new();
    head.format(body as u64, &mut bytes)
        .map_err(io::Error::other)?;
    Ok(bytes)
}

mod fuzz;
#[cfg(test)]
mod tests;

#[doc(hidden)]
pub use fuzz::read_frames;
