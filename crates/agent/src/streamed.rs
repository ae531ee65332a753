//! Documents that arrive piece by piece and are hashed on their way: a file of 4 GB is never in memory.
//!
//! Which digest is signed depends on the key, and the person chooses that after seeing the document, when the body is
//! gone. So the digests of all families are made at once, on two threads: SHA-256 (for RSA keys, and what the window
//! shows), GOST 34.11-2015 with 512 and with 256 bits. GOST 34.311-95 is three times as slow as these together and its
//! keys have had their time: it is made only where this computer is known to have such a key. Asking for the key first
//! would be cheaper, but then a person would consent to what they have not seen.

use std::{
    fmt,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use bytes::Bytes;
use pki::{DigestAlgorithm, Hasher};

use crate::{base64, error::Error, limits};

/// What is hashed at a time.
const PIECE: usize = 256 * 1024;
/// What is kept of the beginning: to tell the kind of the document and to show it.
const BEGINNING: usize = limits::TEXT_PREVIEW_BYTES;

/// A document in the making.
pub struct Streaming {
    base64: Option<Base64Stream>,
    sink: Sink,
}

enum Sink {
    Whole(Vec<u8>),
    Hashing(Box<Hashing>),
}

/// A document that has arrived.
pub struct Streamed(pub(crate) Arrived);

pub(crate) enum Arrived {
    Whole(Bytes),
    Hashed(Hashed),
}

/// Documents do not belong into logs.
impl fmt::Debug for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole(_) => "Whole(..)",
            Self::Hashed(_) => "Hashed(..)",
        })
    }
}

/// What is left of a document that was hashed on its way.
#[derive(Clone)]
pub(crate) struct Hashed {
    pub(crate) size: u64,
    /// The first bytes of it.
    pub(crate) beginning: Vec<u8>,
    digests: Vec<(DigestAlgorithm, Vec<u8>)>,
}

impl Hashed {
    /// The digest by this algorithm, if it was made.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Option<&[u8]> {
        let mut digests = self.digests.iter();
        digests
            .find(|(made, _)| *made == algorithm)
            .map(|(_, digest)| digest.as_slice())
    }
}

impl Streaming {
    /// `base64`: the pieces are base64 text. `whole`: the signature holds the document. `old_keys`: some key of this
    /// computer needs GOST 34.311-95.
    pub(crate) fn new(base64: bool, whole: bool, old_keys: bool) -> Result<Self, Error> {
        Ok(Self {
            base64: base64.then(Base64Stream::default),
            sink: if whole {
                Sink::Whole(Vec::new())
            } else {
                Sink::Hashing(Box::new(Hashing::start(old_keys)?))
            },
        })
    }

    /// Takes the next piece (blocking: of a large document this is most of the work).
    ///
    /// # Errors
    /// [`Error::Base64`], and [`Error::TooLong`] for a document that would have to be kept and is too large for that.
    pub fn update(&mut self, piece: &[u8]) -> Result<(), Error> {
        let decoded;
        let bytes = match &mut self.base64 {
            None => piece,
            Some(stream) => {
                decoded = stream.decode(piece)?;
                &decoded
            }
        };
        self.sink.take(bytes)
    }

    /// The document is complete.
    ///
    /// # Errors
    /// [`Error::Base64`] when its end is missing.
    pub fn finish(mut self) -> Result<Streamed, Error> {
        if let Some(stream) = self.base64.take() {
            let rest = stream.finish()?;
            self.sink.take(&rest)?;
        }
        Ok(Streamed(match self.sink {
            Sink::Whole(bytes) => Arrived::Whole(bytes.into()),
            Sink::Hashing(hashing) => Arrived::Hashed(hashing.finish()?),
        }))
    }
}

impl Sink {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Whole(whole) => {
                if whole.len() + bytes.len() > limits::MESSAGE_BYTES {
                    return Err(Error::TooLong);
                }
                whole.extend_from_slice(bytes);
                Ok(())
            }
            Self::Hashing(hashing) => hashing.take(bytes),
        }
    }
}

/// All digests of one document, half of them on a thread of its own.
struct Hashing {
    size: u64,
    beginning: Vec<u8>,
    piece: Vec<u8>,
    ours: Vec<(DigestAlgorithm, Hasher)>,
    pieces: SyncSender<Bytes>,
    theirs: JoinHandle<Vec<(DigestAlgorithm, Vec<u8>)>>,
}

impl Hashing {
    fn start(old_keys: bool) -> Result<Self, Error> {
        let hashers = |algorithms: &[DigestAlgorithm]| -> Vec<_> {
            let algorithms = algorithms.iter();
            algorithms.map(|it| (*it, it.hasher())).collect()
        };
        let mut theirs = hashers(&[DigestAlgorithm::Streebog256]);
        if old_keys {
            theirs.extend(hashers(&[DigestAlgorithm::Gost341195]));
        }
        let (pieces, arriving) = sync_channel(2);
        let theirs = thread::Builder::new()
            .name("digests".into())
            .spawn(move || hash_all(theirs, &arriving))
            .map_err(|_| Error::Inside)?;
        Ok(Self {
            size: 0,
            beginning: Vec::new(),
            piece: Vec::with_capacity(PIECE),
            ours: hashers(&[DigestAlgorithm::Sha256, DigestAlgorithm::Streebog512]),
            pieces,
            theirs,
        })
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size += bytes.len() as u64;
        let missing = BEGINNING - self.beginning.len();
        let start = bytes.get(..missing).unwrap_or(bytes);
        self.beginning.extend_from_slice(start);
        for part in bytes.chunks(PIECE) {
            self.piece.extend_from_slice(part);
            if self.piece.len() >= PIECE {
                self.hash()?;
            }
        }
        Ok(())
    }

    fn hash(&mut self) -> Result<(), Error> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let piece = Bytes::from(piece);
        self.pieces.send(piece.clone()).map_err(|_| Error::Inside)?;
        for (_, hasher) in &mut self.ours {
            hasher.update(&piece);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Hashed, Error> {
        self.hash()?;
        drop(self.pieces);
        let mut digests = finished(self.ours);
        digests.extend(self.theirs.join().map_err(|_| Error::Inside)?);
        Ok(Hashed {
            size: self.size,
            beginning: self.beginning,
            digests,
        })
    }
}

fn hash_all(
    mut hashers: Vec<(DigestAlgorithm, Hasher)>,
    arriving: &Receiver<Bytes>,
) -> Vec<(DigestAlgorithm, Vec<u8>)> {
    for piece in arriving {
        for (_, hasher) in &mut hashers {
            hasher.update(&piece);
        }
    }
    finished(hashers)
}

fn finished(hashers: Vec<(DigestAlgorithm, Hasher)>) -> Vec<(DigestAlgorithm, Vec<u8>)> {
    let hashers = hashers.into_iter();
    hashers
        .map(|(algorithm, hasher)| (algorithm, hasher.finish()))
        .collect()
}

/// Base64 text in pieces that are cut anywhere, with white space anywhere.
#[derive(Default)]
struct Base64Stream {
    /// Text that is not decoded yet: what may be the last unit, padded or short.
    rest: Vec<u8>,
}

impl Base64Stream {
    fn decode(&mut self, piece: &[u8]) -> Result<Vec<u8>, Error> {
        let mut text = std::mem::take(&mut self.rest);
        text.extend_from_slice(piece);
        let bare = base64::strip_white_space(&mut text);
        text.truncate(bare);
        let ready = bare.saturating_sub(4) / 4 * 4;
        self.rest = text.split_off(ready);
        // What is not the end holds no padding.
        if text.contains(&b'=') {
            return Err(base64::Base64Error::Padding.into());
        }
        let length = base64::decode_in_place(&mut text)?;
        text.truncate(length);
        Ok(text)
    }

    fn finish(mut self) -> Result<Vec<u8>, Error> {
        let length = base64::decode_in_place(&mut self.rest)?;
        self.rest.truncate(length);
        Ok(self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(pieces: &[&[u8]], base64: bool) -> Result<Hashed, Error> {
        let mut streaming = Streaming::new(base64, false, true).unwrap();
        for piece in pieces {
            streaming.update(piece)?;
        }
        match streaming.finish()?.0 {
            Arrived::Hashed(hashed) => Ok(hashed),
            Arrived::Whole(_) => panic!("kept"),
        }
    }

    #[test]
    fn the_digests_are_those_of_the_whole_document_however_it_arrives() {
        let document: Vec<u8> = (0..3 * PIECE + 17)
            .map(|index| (index % 251) as u8)
            .collect();
        let text = base64_simd::STANDARD.encode_to_string(&document);
        let broken = text.replace('A', "A\r\n");
        for step in [1_000, 65_537, PIECE, usize::MAX / 2] {
            for (body, base64) in [
                (document.as_slice(), false),
                (text.as_bytes(), true),
                (broken.as_bytes(), true),
            ] {
                let pieces: Vec<&[u8]> = body.chunks(step).collect();
                let hashed = hashed(&pieces, base64).unwrap();
                assert_eq!(hashed.size, document.len() as u64);
                assert_eq!(hashed.beginning, document[..BEGINNING]);
                for algorithm in [
                    DigestAlgorithm::Sha256,
                    DigestAlgorithm::Streebog512,
                    DigestAlgorithm::Streebog256,
                    DigestAlgorithm::Gost341195,
                ] {
                    let expected = algorithm.digest(&document);
                    assert_eq!(hashed.digest(algorithm), Some(expected.as_slice()));
                }
            }
        }
    }

    #[test]
    fn what_is_not_base64_is_refused_wherever_it_is_cut() {
        for text in ["QUJD=QUJD", "QQ==QUJDQUJD", "QUJD-UJDQUJD", "QUJDQ", "Q"] {
            for step in 1..=text.len() {
                let pieces: Vec<&[u8]> = text.as_bytes().chunks(step).collect();
                assert!(hashed(&pieces, true).is_err(), "{text} {step}");
            }
        }
        assert_eq!(hashed(&[b"QU", b"JDRA="], true).unwrap().size, 4);
        assert_eq!(hashed(&[], true).unwrap().size, 0);
    }

    #[test]
    fn a_document_that_must_be_kept_has_a_limit() {
        let mut streaming = Streaming::new(false, true, false).unwrap();
        let piece = vec![0; 64 * 1024 * 1024];
        for _ in 0..4 {
            streaming.update(&piece).unwrap();
        }
        assert!(matches!(streaming.update(b"x"), Err(Error::TooLong)));
    }
}
