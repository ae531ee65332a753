//! Prints the table of trust anchors that `crates/pki/src/trust` holds, made from folders of certificate files:
//!
//! ```sh
//! cargo run -p pki --example trust_anchors -- NATIONAL FOLDER… > crates/pki/src/trust/national.rs
//! ```

mod table;

use std::{env, error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let name = arguments
        .next()
        .and_then(|name| name.into_string().ok())
        .ok_or("which table, and which folders?")?;
    let folders: Vec<PathBuf> = arguments.map(Into::into).collect();
    print!("{}", table::of_folders(&name, &folders)?);
    Ok(())
}
