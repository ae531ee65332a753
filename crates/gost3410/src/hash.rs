//! The hash functions that go with the curves.

pub use gost94::Gost94Test as Gost341195;
pub use streebog::{Streebog256, Streebog512};
