#![doc = include_str!("../README.md")]
#![no_std]
#![deny(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod constant_time;
mod curve;
mod digest_number;
#[cfg(feature = "pkcs8")]
mod encoding;
mod error;
mod field;
mod group;
mod hash;
mod nonce;
mod params;
mod scalar;
mod scheme;
#[cfg(feature = "serde")]
mod serde;
mod signature_value;
mod signing_key;
#[cfg(test)]
mod testing;
mod traits;
mod verifying_key;

#[cfg(gost3410_memcheck)]
pub use constant_time::memcheck;
pub use curve::Curve;
pub use error::Error;
pub use hash::{Gost341195, Streebog256, Streebog512};
pub use signature_value::Signature;
pub use signing_key::SigningKey;
pub use verifying_key::VerifyingKey;

/// The hash functions' traits (`Digest`, `Update` and others) that this crate's types implement.
pub use digest;
#[cfg(feature = "pkcs8")]
/// The traits `DecodePublicKey` and `DecodePrivateKey`, which the keys implement.
pub use pkcs8;
/// The traits of signatures, which the keys implement.
pub use signature;
