//! What each command does.

pub(crate) mod agent;
pub(crate) mod keys;
pub(crate) mod pin;
pub(crate) mod sign;
pub(crate) mod tokens;
pub(crate) mod trust;
pub(crate) mod verify;
