//! Prints what PC/SC shows, one line for each change, until stdin ends.

use keystore::pcsc::{CardState, ReaderWatch};
use std::io::Read as _;

fn main() {
    let watch = ReaderWatch::start(|snapshot| {
        let mut line = format!("{:?}", snapshot.service);
        for reader in &snapshot.readers {
            let card = match &reader.card {
                CardState::Present { atr } => {
                    atr.iter().map(|byte| format!("{byte:02x}")).collect()
                }
                other => format!("{other:?}"),
            };
            line.push_str(&format!("; {} = {card}", reader.name));
        }
        println!("{line}");
    });
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    drop(watch);
    println!("ended");
}
