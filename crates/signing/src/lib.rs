//! CMS/CAdES, XMLDSig and raw signatures: making and verifying.

mod asn1;
mod base64_text;
pub mod cms;
mod error;
pub mod raw;
mod signature;
pub mod xml;

pub use error::Error;
