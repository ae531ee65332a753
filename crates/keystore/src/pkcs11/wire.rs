//! What the agent and the worker of a module say to each other: frames over the worker's stdin and stdout.
//!
//! A frame is the length of a JSON text (32 bits, little-endian), the text, the number of secrets (one byte), and each
//! secret with its length before it. PINs travel as secrets, beside the JSON, so that no parser makes copies of them.

use super::{PinState, token::TokenId};
use crate::TokenError;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// More than any listing.
const MAX_TEXT_BYTES: usize = 16 << 20;
/// More than any PIN.
const MAX_SECRET_BYTES: usize = 4096;
/// Old and new PIN.
const MAX_SECRETS: usize = 2;

/// PINs as the token takes them: UTF-8 bytes.
pub(super) type Secrets = Vec<Zeroizing<Vec<u8>>>;

/// From the agent to the worker.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// What is plugged in?
    List,
    /// How many tries are left?
    Pin { token: TokenId },
    /// Has a token come or gone since this was asked last?
    Changed,
    /// Log in (secret: PIN; none at a PIN pad) and find the private key of a certificate (DER); without a certificate,
    /// the only one that the token shows after the log-in.
    Unlock {
        token: TokenId,
        certificate: Option<Vec<u8>>,
        last_try_agreed: bool,
    },
    /// Sign a digest with an unlocked key; the message, where the key makes the digest by itself.
    Sign {
        key: u32,
        digest: Vec<u8>,
        message: Option<Vec<u8>>,
    },
    /// The PIN for one more signature (secret: PIN).
    GivePin { key: u32 },
    /// The key is not needed any more. The only one without an answer.
    Close { key: u32 },
    /// Set another PIN (secrets: old, new; none at a PIN pad).
    ChangePin {
        token: TokenId,
        last_try_agreed: bool,
    },
    /// Set a PIN on a locked token (secrets: PUK, new; none at a PIN pad).
    Unblock { token: TokenId },
}

/// From the worker to the agent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// The module is loaded and initialised.
    Ready,
    Tokens(Vec<ListedToken>),
    Pin(PinState),
    Changed(bool),
    Unlocked {
        key: u32,
        certificate: Vec<u8>,
        label: String,
        pin_each_time: bool,
        /// The key signs messages and no digests.
        hashes: bool,
    },
    Signature(Vec<u8>),
    Done,
    /// Certificates (DER) that showed only after the log-in, of which one must be chosen.
    Several(Vec<ListedCertificate>),
    Failed(TokenError),
}

/// A token as a module lists it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ListedToken {
    pub(super) id: TokenId,
    /// The slot's description: the reader's name, cut to 64 bytes.
    pub(super) reader: String,
    pub(super) pin: PinState,
    pub(super) certificates: Vec<ListedCertificate>,
    /// Labels of private keys that show without a PIN and have no certificate.
    pub(super) bare_keys: Vec<String>,
}

/// A certificate on a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ListedCertificate {
    pub(super) label: String,
    /// CKA_ID.
    pub(super) id: Vec<u8>,
    pub(super) der: Vec<u8>,
    /// Whether the private key is there, where that shows without a PIN.
    pub(super) has_key: Option<bool>,
}

/// Writes a frame.
pub(super) fn write(
    out: &mut impl Write,
    message: &impl Serialize,
    secrets: &[&[u8]],
) -> io::Result<()> {
    let text = serde_json::to_vec(message)?;
    out.write_all(&length(&text)?)?;
    out.write_all(&text)?;
    out.write_all(&[u8::try_from(secrets.len()).map_err(|_| invalid())?])?;
    for secret in secrets {
        out.write_all(&length(secret)?)?;
        out.write_all(secret)?;
    }
    out.flush()
}

/// Reads a frame; `None` at the end of the stream.
pub(super) fn read<T: DeserializeOwned>(input: &mut impl Read) -> io::Result<Option<(T, Secrets)>> {
    let mut first = [0];
    if input.read(&mut first)? == 0 {
        return Ok(None);
    }
    let mut rest = [0; 3];
    input.read_exact(&mut rest)?;
    let [a] = first;
    let [b, c, d] = rest;
    let text = read_bytes(input, u32::from_le_bytes([a, b, c, d]), MAX_TEXT_BYTES)?;
    let mut count = [0];
    input.read_exact(&mut count)?;
    let [count] = count.map(usize::from);
    if count > MAX_SECRETS {
        return Err(invalid());
    }
    let mut secrets = Secrets::with_capacity(count);
    for _ in 0..count {
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        let bytes = read_bytes(input, u32::from_le_bytes(length), MAX_SECRET_BYTES)?;
        secrets.push(Zeroizing::new(bytes));
    }
    Ok(Some((serde_json::from_slice(&text)?, secrets)))
}

fn read_bytes(input: &mut impl Read, length: u32, limit: usize) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).map_err(|_| invalid())?;
    if length > limit {
        return Err(invalid());
    }
    // Of its final size from the start: a growing buffer would leave copies of a PIN behind.
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn length(bytes: &[u8]) -> io::Result<[u8; 4]> {
    u32::try_from(bytes.len())
        .map(u32::to_le_bytes)
        .map_err(|_| invalid())
}

fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(message: &Request, secrets: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, message, secrets).unwrap();
        bytes
    }

    #[test]
    fn frames_come_out_as_they_went_in() {
        let bytes = [
            frame(&Request::GivePin { key: 7 }, &[b"123456"]),
            frame(&Request::List, &[]),
        ]
        .concat();
        let mut input = &bytes[..];
        let (request, secrets) = read::<Request>(&mut input).unwrap().unwrap();
        assert!(matches!(request, Request::GivePin { key: 7 }));
        assert_eq!(secrets.len(), 1);
        assert_eq!(&secrets[0][..], b"123456");
        let (request, secrets) = read::<Request>(&mut input).unwrap().unwrap();
        assert!(matches!(request, Request::List) && secrets.is_empty());
        assert!(read::<Request>(&mut input).unwrap().is_none());
    }

    #[test]
    fn a_frame_that_is_cut_or_too_long_is_an_error() {
        let bytes = frame(&Request::GivePin { key: 7 }, &[b"123456"]);
        for length in 1..bytes.len() {
            read::<Request>(&mut &bytes[..length]).unwrap_err();
        }
        read::<Request>(&mut &[0xff; 64][..]).unwrap_err();
        read::<Request>(&mut &[2, 0, 0, 0, b'{', b'}', 9][..]).unwrap_err();
    }

    #[test]
    fn no_secret_stands_in_the_text() {
        let bytes = frame(&Request::GivePin { key: 7 }, &[b"8642097531"]);
        let text = String::from_utf8_lossy(&bytes);
        let (before, _) = text.rsplit_once("8642097531").unwrap();
        assert!(!before.contains("8642097531"));
    }
}
