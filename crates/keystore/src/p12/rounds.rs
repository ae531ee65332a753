use crate::{Error, MAX_ROUNDS, Part};
use der::asn1::IntRef;

/// How often a key derivation repeats: 1 to [`MAX_ROUNDS`].
#[derive(Clone, Copy)]
pub(super) struct Rounds(u32);

impl Rounds {
    /// What MacData means when it says nothing. Source: RFC 7292 section 4.
    pub(super) const ONE: Self = Self(1);

    /// Reads an iteration count; `part` is where it stands.
    pub(super) fn from_integer(integer: IntRef<'_>, part: Part) -> Result<Self, Error> {
        let bytes = integer.as_bytes();
        if bytes.first().is_some_and(|first| first & 0x80 != 0) {
            return Err(Error::Damaged(part));
        }
        let count = bytes.iter().fold(0_u32, |count, &byte| {
            count.saturating_mul(0x100).saturating_add(byte.into())
        });
        match count {
            0 => Err(Error::Damaged(part)),
            1..=MAX_ROUNDS => Ok(Self(count)),
            _ => Err(Error::TooManyRounds),
        }
    }

    pub(super) fn count(self) -> u32 {
        self.0
    }

    /// What a derivation of several blocks costs, each of which takes all the rounds.
    pub(super) fn for_blocks(self, blocks: usize) -> Self {
        let blocks = u32::try_from(blocks).unwrap_or(u32::MAX);
        Self(self.0.saturating_mul(blocks))
    }
}

/// The rounds that opening one file may still take, so that many small counts cannot do what one large may not.
pub(super) struct Budget(u32);

impl Budget {
    pub(super) fn new() -> Self {
        Self(MAX_ROUNDS)
    }

    /// Takes `rounds` out before they are spent.
    pub(super) fn spend(&mut self, rounds: Rounds) -> Result<(), Error> {
        self.0 = self
            .0
            .checked_sub(rounds.count())
            .ok_or(Error::TooManyRounds)?;
        Ok(())
    }
}
