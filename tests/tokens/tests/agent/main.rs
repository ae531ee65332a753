//! The agent with tokens, through the module made for tests and with a window by script.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests may say what they expect, and are shared"
)]
#![cfg(unix)]

mod batches;
mod choosing;
mod desk;
mod judged;
mod pins;
mod removal;
#[cfg(target_os = "linux")]
mod silent;
mod wire;
#[path = "../mock/world.rs"]
mod world;

use keystore::Password;
use zeroize::Zeroizing;

fn password(text: &str) -> Password {
    Password::new(Zeroizing::new(text.to_owned()))
}
