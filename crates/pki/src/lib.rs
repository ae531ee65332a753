//! Certificates of Kazakhstan's PKI: whose they are, what they may be used for, who issued them.
//!
//! [`Certificate`] reads an X.509 certificate once and answers from memory afterwards; [`PublicKey`] checks signatures
//! made with RSA and with Kazakhstan's GOST 34.10; [`Signer`] is what a key store offers to those who make signatures.
//! [`trust`] says whom to believe and [`chain`] finds the way from a certificate to them.
//! Nothing here knows the time of day, sees a private key, or reaches the network but through [`Fetch`].
//!
//! Byte orders follow Kazakhstan's practice: a GOST signature is `r ‖ s`, each little-endian, wherever it stands
//! (X.509, CMS, XML, raw).

mod algorithm;
mod asn1;
mod certificate;
pub mod chain;
pub mod crl;
mod digest_algorithm;
mod error;
mod fetch;
mod name;
pub mod ocsp;
pub mod oid;
mod pem;
mod public_key;
pub mod revocation;
mod signer;
pub mod trust;

pub use algorithm::{Algorithm, SignatureAlgorithm};
pub use certificate::{Certificate, Extension, KeyUsage, Owner, Purpose, Role};
pub use const_oid::ObjectIdentifier;
pub use digest_algorithm::{DigestAlgorithm, Hasher};
pub use error::Error;
pub use fetch::{Fetch, FetchBody, FetchError, FetchRequest};
pub use name::{Attribute, Name};
pub use public_key::PublicKey;
pub use signer::{Signer, SignerError};
