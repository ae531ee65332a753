//! What each command does.

pub(crate) mod agent;
pub(crate) mod keys;
pub(crate) mod sign;
pub(crate) mod trust;
pub(crate) mod verify;
