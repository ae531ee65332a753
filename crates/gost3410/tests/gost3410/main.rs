//! GOST 34.10 from the outside: published vectors, other programs, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod encoding;
mod fixtures;
mod forgeries;
mod gost_engine;
mod refusals;
mod round_trip;
mod traits;
mod vectors;
