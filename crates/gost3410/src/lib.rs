#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod curve;
mod digest_number;
mod error;
mod field;
mod group;
mod hash;
mod nonce;
mod params;
mod scalar;
mod scheme;
mod signature;
mod signing_key;
#[cfg(test)]
mod testing;
mod traits;
mod verifying_key;

pub use curve::Curve;
pub use error::Error;
pub use hash::{Gost341195, Streebog256, Streebog512};
pub use signature::Signature;
pub use signing_key::SigningKey;
pub use verifying_key::VerifyingKey;

/// The hash functions' traits (`Digest`, `Update` and others) that this crate's types implement.
pub use digest;
