//! A demo portal: registration and log-in by a signature.

fn main() {}
