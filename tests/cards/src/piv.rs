//! A PIV card in software, put into a virtual reader: two RSA keys, a PIN with three tries, an unblocking code.
//!
//! Source: NIST SP 800-73-4 part 2; the reader's protocol is that of vsmartcard's vpcd.

use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::linux::net::TcpStreamExt as _,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use keystore::OpenKey;
use pki::Signer as _;

use crate::fixture;

/// The answer to reset, which says nothing of what it is.
const ATR: [u8; 5] = [0x3b, 0x80, 0x80, 0x01, 0x01];
/// The same in hexadecimal.
pub const ATR_HEX: &str = "3b80800101";
const AID: [u8; 5] = [0xa0, 0x00, 0x00, 0x03, 0x08];
const FULL_AID: [u8; 11] = [
    0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00,
];
const TRIES: u8 = 3;
/// How long a reader may take to see a card.
const PATIENCE: Duration = Duration::from_secs(20);

/// The key for log-ins (9A): the PIN once.
pub const AUTHENTICATION: &str =
    "individual-old/AUTH_RSA256_41d30c84f0e35ff625f70cf20ce38cd51b96c920.p12";
/// The key for signatures (9C): the PIN before each.
pub const SIGNATURE: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";

/// A card; clones are the same card.
#[derive(Clone)]
pub struct Card(Arc<Mutex<Inner>>, Arc<Condvar>);

struct Inner {
    atr: Vec<u8>,
    keys: HashMap<u8, OpenKey>,
    objects: HashMap<Vec<u8>, Vec<u8>>,
    pin: Vec<u8>,
    puk: Vec<u8>,
    tries: u8,
    verified: bool,
    noticed: bool,
    command: Vec<u8>,
    response: Vec<u8>,
}

impl Card {
    /// A fresh one: PIN 123456, unblocking code 12345678.
    pub fn fresh() -> Self {
        let keys = HashMap::from([(0x9a, fixture(AUTHENTICATION)), (0x9c, fixture(SIGNATURE))]);
        let object = |key: u8| {
            let der = keys[&key].certificate().der();
            tlv(
                0x53,
                &[tlv(0x70, der), tlv(0x71, &[0]), tlv(0xfe, &[])].concat(),
            )
        };
        let chuid = [
            tlv(0x30, &[0; 25]),
            tlv(0x34, b"tanba test card "),
            tlv(0x35, b"20351231"),
            tlv(0x3e, &[]),
            tlv(0xfe, &[]),
        ];
        let discovery = [
            vec![0x4f, 11],
            FULL_AID.to_vec(),
            vec![0x5f, 0x2f, 2, 0x40, 0],
        ];
        let objects = HashMap::from([
            (vec![0x5f, 0xc1, 0x02], tlv(0x53, &chuid.concat())),
            (vec![0x5f, 0xc1, 0x05], object(0x9a)),
            (vec![0x5f, 0xc1, 0x0a], object(0x9c)),
            (vec![0x7e], tlv(0x7e, &discovery.concat())),
        ]);
        let inner = Arc::new(Mutex::new(Inner {
            atr: ATR.to_vec(),
            keys,
            objects,
            pin: padded(b"123456"),
            puk: padded(b"12345678"),
            tries: TRIES,
            verified: false,
            noticed: false,
            command: Vec::new(),
            response: Vec::new(),
        }));
        Self(inner, Arc::default())
    }

    /// One with another answer to reset.
    pub fn with_atr(atr: &[u8]) -> Self {
        let card = Self::fresh();
        card.0.lock().unwrap().atr = atr.to_vec();
        card
    }

    /// Tries that are left.
    pub fn tries(&self) -> u8 {
        self.0.lock().unwrap().tries
    }

    /// Waits until a reader has asked it for its answer to reset.
    pub fn wait_until_noticed(&self) {
        let inner = self.0.lock().unwrap();
        let waited = self
            .1
            .wait_timeout_while(inner, PATIENCE, |inner| !inner.noticed);
        assert!(!waited.unwrap().1.timed_out(), "no reader asked the card");
    }

    /// Answers the reader until the card is taken out.
    pub(crate) fn serve(&self, mut reader: TcpStream) {
        let mut message = || -> std::io::Result<()> {
            let mut length = [0; 2];
            reader.read_exact(&mut length)?;
            // The driver holds the body back until the length is acknowledged, which the system does late.
            reader.set_quickack(true)?;
            let mut body = vec![0; usize::from(u16::from_be_bytes(length))];
            reader.read_exact(&mut body)?;
            let mut card = self.0.lock().unwrap();
            let answer = match body[..] {
                [4] => {
                    card.noticed = true;
                    self.1.notify_all();
                    card.atr.clone()
                }
                [_] => {
                    card.verified = false;
                    return Ok(());
                }
                _ => card.apdu(&body),
            };
            let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
            reader.write_all(&[&length[..], &answer].concat())
        };
        while message().is_ok() {}
        self.0.lock().unwrap().verified = false;
    }
}

impl Inner {
    fn apdu(&mut self, apdu: &[u8]) -> Vec<u8> {
        let [class, instruction, p1, p2] = apdu[..4] else {
            return vec![0x67, 0x00];
        };
        let data = match &apdu[4..] {
            [] | [_] => &[],
            [0, high, low, rest @ ..] => &rest[..usize::from(u16::from_be_bytes([*high, *low]))],
            [length, rest @ ..] => &rest[..usize::from(*length)],
        };
        if instruction == 0xc0 {
            return self.more();
        }
        if class & 0x10 != 0 {
            self.command.extend(data);
            return vec![0x90, 0x00];
        }
        let mut command = std::mem::take(&mut self.command);
        command.extend(data);
        match (instruction, p1, p2) {
            (0xa4, ..) if command.starts_with(&AID) => {
                let inner = [tlv(0x4f, &FULL_AID[5..]), tlv(0x79, &tlv(0x4f, &AID))];
                self.reply(tlv(0x61, &inner.concat()))
            }
            (0xa4, ..) => vec![0x6a, 0x82],
            (0xcb, ..) => {
                let object = command.get(2..).and_then(|tag| self.objects.get(tag));
                match object.cloned() {
                    Some(object) => self.reply(object),
                    None => vec![0x6a, 0x82],
                }
            }
            (0x20, _, 0x80) if command.is_empty() && self.verified => vec![0x90, 0x00],
            (0x20, _, 0x80) if command.is_empty() => vec![0x63, 0xc0 | self.tries],
            (0x20, _, 0x80) => self.check(&command),
            (0x24, _, 0x80) if command.len() == 16 => {
                let checked = self.check(&command[..8]);
                if checked == [0x90, 0x00] {
                    self.pin = command[8..].to_vec();
                }
                checked
            }
            (0x2c, _, 0x80) if command.len() == 16 => {
                if command[..8] != self.puk {
                    return vec![0x63, 0xc2];
                }
                self.pin = command[8..].to_vec();
                self.tries = TRIES;
                vec![0x90, 0x00]
            }
            (0x87, 0x07, 0x9a | 0x9c) => self.sign(p2, &command),
            _ => vec![0x6d, 0x00],
        }
    }

    fn check(&mut self, pin: &[u8]) -> Vec<u8> {
        if self.tries == 0 {
            return vec![0x69, 0x83];
        }
        self.verified = pin == self.pin;
        if self.verified {
            self.tries = TRIES;
            return vec![0x90, 0x00];
        }
        self.tries -= 1;
        vec![0x63, 0xc0 | self.tries]
    }

    fn sign(&mut self, slot: u8, command: &[u8]) -> Vec<u8> {
        if !self.verified {
            return vec![0x69, 0x82];
        }
        // The block is padded as PKCS#1 says; its last bytes are the digest.
        let begin = command
            .windows(4)
            .position(|part| part == [0x81, 0x82, 1, 0]);
        let Some(block) = begin.and_then(|at| command.get(at + 4..at + 4 + 256)) else {
            return vec![0x6a, 0x80];
        };
        assert!(block.starts_with(&[0, 1, 0xff]), "padding");
        let signature = self.keys[&slot].sign_digest(&block[224..]).unwrap();
        if slot == 0x9c {
            self.verified = false;
        }
        self.reply(tlv(0x7c, &tlv(0x82, &signature)))
    }

    fn reply(&mut self, response: Vec<u8>) -> Vec<u8> {
        self.response = response;
        self.more()
    }

    fn more(&mut self) -> Vec<u8> {
        let rest = self.response.split_off(self.response.len().min(256));
        let mut part = std::mem::replace(&mut self.response, rest);
        match self.response.len() {
            0 => part.extend([0x90, 0x00]),
            left => part.extend([0x61, u8::try_from(left).unwrap_or(0)]),
        }
        part
    }
}

fn padded(pin: &[u8]) -> Vec<u8> {
    let mut pin = pin.to_vec();
    pin.resize(8, 0xff);
    pin
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match value.len() {
        short @ 0..=0x7f => element.push(short as u8),
        medium @ 0x80..=0xff => element.extend([0x81, medium as u8]),
        long => element.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    element.extend(value);
    element
}
