//! Signing, verifying and hashing, one figure a line: name, tab, number (a second, or megabytes of 10^6 bytes a second).
//!
//! `cargo xtask bench gost` runs it beside other programs; alone: `cargo bench -p gost3410 --bench gost -- 1000`, where
//! the argument is how many milliseconds each figure may take.

#![allow(clippy::unwrap_used, reason = "a measurement without its key is none")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use gost3410::digest::Digest;
use gost3410::{Curve, Gost341195, SigningKey, Streebog256, Streebog512, VerifyingKey};

const CURVES: [(&str, Curve); 5] = [
    ("512-A", Curve::Gost512A),
    ("256-A", Curve::Gost256A),
    ("2004-A", Curve::CryptoProA),
    ("CryptoPro-B", Curve::CryptoProB),
    ("CryptoPro-C", Curve::CryptoProC),
];

fn main() {
    let milliseconds = std::env::args().find_map(|argument| argument.parse().ok());
    let time = Duration::from_millis(milliseconds.unwrap_or(1000));
    for (name, curve) in CURVES {
        let key = SigningKey::generate(curve).unwrap();
        let digest = vec![7; curve.field_bytes()];
        let signature = key.sign_prehash(&digest).unwrap();
        let public = key.verifying_key();
        let bytes = public.to_xy_le();
        measure(&format!("{name} sign"), time, 1.0, || {
            black_box(key.sign_prehash(black_box(&digest)).unwrap());
        });
        measure(&format!("{name} verify"), time, 1.0, || {
            public
                .verify_prehash(black_box(&digest), black_box(&signature))
                .unwrap();
        });
        measure(&format!("{name} read public key"), time, 1.0, || {
            black_box(VerifyingKey::from_xy_le(curve, black_box(&bytes)).unwrap());
        });
    }
    let message = vec![0x5a; 64 << 20];
    hash::<Streebog512>("Streebog-512", time, &message);
    hash::<Streebog256>("Streebog-256", time, &message);
    hash::<Gost341195>("34.311-95", time, &message);
}

fn hash<D: Digest>(name: &str, time: Duration, message: &[u8]) {
    let megabytes = message.len() as f64 / 1e6;
    measure(name, time, megabytes, || {
        black_box(D::digest(black_box(message)));
    });
}

/// Repeats `work` for the given time and prints how often it was done a second in the best tenth of it, times `unit`.
fn measure(name: &str, time: Duration, unit: f64, mut work: impl FnMut()) {
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
    println!("{name}\t{:.3}", unit * best);
}
