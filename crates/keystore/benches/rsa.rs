//! RSA of 2048 bits, one figure a line: name, tab, operations a second. `cargo xtask bench gost` runs it beside OpenSSL.

#![allow(clippy::unwrap_used, reason = "a measurement without its key is none")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
};

fn main() {
    let milliseconds = std::env::args().find_map(|argument| argument.parse().ok());
    let time = Duration::from_millis(milliseconds.unwrap_or(1000));
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let digest = digest(&SHA256, b"what is signed");
    let mut signature = vec![0; key.public_modulus_len()];
    measure("RSA-2048 sign", time, || {
        let digest = black_box(&digest);
        key.sign_digest(&RSA_PKCS1_SHA256, digest, &mut signature)
            .unwrap();
    });
    let public =
        ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref()).unwrap();
    measure("RSA-2048 verify", time, || {
        public
            .verify_digest_sig(black_box(&digest), &signature)
            .unwrap();
    });
}

/// Repeats `work` for the given time and prints how often it was done a second in the best tenth of it.
fn measure(name: &str, time: Duration, mut work: impl FnMut()) {
    let start = Instant::now();
    let mut best = 0.0f64;
    while start.elapsed() < time {
        let tenth = Instant::now();
        let mut count = 0.0;
        while tenth.elapsed() < time / 10 {
            work();
            count += 1.0;
        }
        best = best.max(count / tenth.elapsed().as_secs_f64());
    }
    println!("{name}\t{:.3}", best);
}
