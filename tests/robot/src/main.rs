//! A window without a person: picks the key and types the password that it was told.

fn main() {}
