//! RSA of 2048 bits, one figure a line: name, tab, operations a second. `cargo xtask bench gost` runs it beside OpenSSL.

#![allow(clippy::unwrap_used, reason = "a measurement without its key is none")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
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
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    measure("RSA-2048 verify", time, || {
        public
            .verify_digest(black_box(&digest), &signature)
            .unwrap();
    });
}

fn measure(name: &str, time: Duration, mut work: impl FnMut()) {
    work();
    let start = Instant::now();
    let mut count = 0.0;
    let passed = loop {
        work();
        count += 1.0;
        let passed = start.elapsed();
        if passed >= time {
            break passed;
        }
    };
    println!("{name}\t{:.3}", count / passed.as_secs_f64());
}
