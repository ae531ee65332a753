//! The window of Tanba.

fn main() {}
