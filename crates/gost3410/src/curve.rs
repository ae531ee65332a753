//! The curves, by the names that Kazakhstan's and Russia's documents give them.

use core::fmt;

/// A curve of GOST 34.10.
///
/// `Source:` GOST R 34.10-2012 parameter sets of RFC 7836 (appendices A.1, A.2) and RFC 4357 section 11.4.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Curve {
    /// kz-2015-512-A, every NUC key since 2022: id-tc26-gost-3410-12-512-paramSetA, 1.2.398.3.10.1.1.2.2.1.
    Gost512A,
    /// kz-2015-256-A: id-tc26-gost-3410-2012-256-paramSetA, 1.2.398.3.10.1.1.2.1.1. Cofactor 4, q is close to 2^254.
    Gost256A,
    /// kz-2004-A, the NUC keys of 2015 to 2022: id-GostR3410-2001-CryptoPro-A-ParamSet, 1.2.398.3.10.1.1.1.1.1.
    CryptoProA,
    /// id-GostR3410-2001-CryptoPro-B-ParamSet, 1.2.643.2.2.35.2.
    CryptoProB,
    /// id-GostR3410-2001-CryptoPro-C-ParamSet, 1.2.643.2.2.35.3.
    CryptoProC,
}

impl Curve {
    /// All curves of this crate.
    pub const ALL: [Self; 5] = [
        Self::Gost512A,
        Self::Gost256A,
        Self::CryptoProA,
        Self::CryptoProB,
        Self::CryptoProC,
    ];

    /// How many bytes a coordinate, a private key, r, s and a digest have: 64 or 32.
    #[must_use]
    pub const fn field_bytes(self) -> usize {
        match self {
            Self::Gost512A => 64,
            Self::Gost256A | Self::CryptoProA | Self::CryptoProB | Self::CryptoProC => 32,
        }
    }

    /// The curve's usual name, such as `kz-2015-512-A`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gost512A => "kz-2015-512-A",
            Self::Gost256A => "kz-2015-256-A",
            Self::CryptoProA => "kz-2004-A",
            Self::CryptoProB => "cryptopro-B",
            Self::CryptoProC => "cryptopro-C",
        }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
