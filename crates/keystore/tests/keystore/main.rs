//! Key files and stores from outside: files that others made, files that OpenSSL makes here, files made to deceive.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may say what they expect"
)]

mod ber;
mod conformance;
mod contents;
mod demo_keys;
mod encryption;
mod finding;
mod fixtures;
mod make;
mod rounds;
mod suite;

use keystore::Password;
use zeroize::Zeroizing;

fn password(text: &str) -> Password {
    Password::new(Zeroizing::new(text.to_owned()))
}
