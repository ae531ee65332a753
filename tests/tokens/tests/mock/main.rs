//! Tokens through the module made for tests: what no soft token offers, and everything that goes wrong.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may say what they expect"
)]
#![cfg(unix)]

mod conformance;
mod faults;
mod listing;
mod pins;
mod removal;
mod signing;
#[path = "../../../../crates/keystore/tests/keystore/suite.rs"]
mod suite;
mod world;

use keystore::Password;
use zeroize::Zeroizing;

fn password(text: &str) -> Password {
    Password::new(Zeroizing::new(text.to_owned()))
}
