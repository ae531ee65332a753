//! Tanba: a desktop signing agent.

fn main() {}
