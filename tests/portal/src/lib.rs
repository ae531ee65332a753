//! A demo portal as a careful one would be: registration, log-in and documents signed through the agent.
//!
//! Nothing is stored: an account lives as long as the process. The portal shares no code with the agent but the crates that
//! read certificates and check signatures. [`authority`] is the demo CA's side: OCSP, revocation lists, time stamps.

mod account;
mod api;
pub mod authority;
mod challenge;
mod document;
mod limit;
mod page;
mod portal;
mod random;
mod refusal;
mod session;
mod signature;
mod template;
mod texts;
mod tls;
mod trust;
mod visit;

pub use challenge::LIFETIME as CHALLENGE_LIFETIME;
pub use portal::{Clock, Options, Portal};
pub use refusal::Refusal;
pub use session::IDLE as SESSION_LIFETIME;
pub use texts::{Language, Texts};
pub use tls::TlsFiles;
pub use trust::Trust;
