//! A PKCS#11 module for tests: tokens that behave, and tokens that do not.
//!
//! The test writes a script (JSON, [`script::Script`]) and names it in the environment variable `MOCK_PKCS11`. The module
//! reads it anew at every call, so that the test pulls and inserts tokens by writing it again. What the tokens themselves
//! remember (tries, PINs) stands in a file beside it, and so do the calls. Signatures are real ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unnecessary_cast,
    unreachable_pub,
    reason = "tests only: whatever goes wrong here must end the test; C's numbers differ by system; functions are found by name"
)]

pub mod script;

mod calls;
mod objects;
mod state;
mod table;
