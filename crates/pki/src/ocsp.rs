//! Asking an issuer about one certificate: OCSP (RFC 6960, nonces as RFC 9654).
//!
//! [`OcspRequest`] is what is sent, [`OcspResponse`] what comes back; [`OcspResponse::check`] says what it is worth.
//! Source for Kazakhstan's responders: recorded answers of `ocsp.pki.gov.kz` and of the test authority. They take
//! CertID by SHA-256, repeat a nonce of 8 bytes, sign by a certificate made for that, name no nextUpdate, and call
//! certificates that they do not know «revoked on 1970-01-01, certificateHold».

mod check;
mod request;
mod response;

pub use self::{
    check::{CertStatus, OcspAnswer},
    request::OcspRequest,
    response::OcspResponse,
};

/// The media type of a request.
pub const REQUEST_TYPE: &str = "application/ocsp-request";
/// The greatest size of a response: honest ones have two kilobytes.
pub const MAX_BYTES: usize = 64 << 10;
