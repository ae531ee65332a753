//! A message whose content is not copied into it.

use bytes::Bytes;

/// A signed message in DER: one piece, or several that follow one another.
///
/// A content that was given as [`Bytes`] is a piece of its own, shared with whoever else holds it: of a large document
/// there is one copy in memory, and none is made.
#[derive(Clone)]
pub struct Message(Vec<Bytes>);

impl Message {
    pub(super) fn of<const PIECES: usize>(pieces: [Bytes; PIECES]) -> Self {
        Self(pieces.into())
    }

    /// The pieces, in their order.
    pub fn pieces(&self) -> &[Bytes] {
        &self.0
    }

    /// Bytes of the whole message.
    pub fn size(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    /// The whole message in one piece: copied only when it is not.
    pub fn into_vec(self) -> Vec<u8> {
        match <[Bytes; 1]>::try_from(self.0) {
            Ok([whole]) => whole.into(),
            Err(pieces) => pieces.concat(),
        }
    }
}

impl From<Bytes> for Message {
    fn from(whole: Bytes) -> Self {
        Self::of([whole])
    }
}

impl From<Vec<u8>> for Message {
    fn from(whole: Vec<u8>) -> Self {
        Bytes::from(whole).into()
    }
}

/// Messages do not belong into logs.
impl core::fmt::Debug for Message {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Message")
            .field("bytes", &self.size())
            .finish_non_exhaustive()
    }
}
