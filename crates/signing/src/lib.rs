//! CMS/CAdES, XMLDSig and raw signatures: making and verifying; time stamps; reports on who signed what and when.

mod asn1;
mod base64_text;
pub mod cms;
mod digested;
mod error;
pub mod raw;
pub mod report;
mod signature;
pub mod timestamp;
mod warning;
pub mod xml;

pub use digested::Digested;
pub use error::Error;
pub use warning::Warning;
