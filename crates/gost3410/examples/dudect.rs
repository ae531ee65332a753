//! Whether the time of a signature tells the key or the nonce, as dudect asks: signatures with one fixed key and nonce
//! and with random ones, in random order, and Welch's t-test of the two sets of times.
//!
//! `cargo xtask bench gost-constant-time` runs it; the argument is how many samples to take (10^6 without one). A |t|
//! of 4.5 or more on any curve is a failure. With the argument `leak` a multiplication that stops at the highest bit is
//! measured instead, which must fail: otherwise a small |t| says nothing.
//!
//! `Source:` Reparaz, Balasch, Verbauwhede, "Dude, is my code constant time?" (2016).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a check that cannot run must not pass"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use gost3410::{Curve, SigningKey};

const LIMIT: f64 = 4.5;
/// Keys and nonces of each class; both classes lie in memory alike.
const POOL: usize = 256;
/// Times above these parts of the first samples are left out, for what the system does beside shows in the longest.
const CROPS: [f64; 6] = [1.0, 0.99, 0.95, 0.9, 0.75, 0.5];

fn main() -> ExitCode {
    let mut samples = 1_000_000;
    let mut leak = false;
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(number) => samples = number,
            Err(_) => leak |= argument == "leak",
        }
    }
    let mut random = Random::new();
    let mut worst = 0.0f64;
    for curve in [Curve::Gost512A, Curve::Gost256A, Curve::CryptoProA] {
        let pools = [Pool::new(curve, None), Pool::new(curve, Some(&mut random))];
        let t = largest_t(samples, &mut random, |class, at| {
            if leak {
                pools[class].leak(at)
            } else {
                pools[class].sign(at)
            }
        });
        println!("{curve}\t{samples} samples\t|t| = {t:.2}");
        worst = worst.max(t);
    }
    if worst < LIMIT {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Pool {
    items: Vec<(SigningKey, Vec<u8>)>,
    digest: Vec<u8>,
}

impl Pool {
    /// The same key and nonce in every place, or other ones.
    fn new(curve: Curve, mut random: Option<&mut Random>) -> Self {
        let size = curve.field_bytes();
        // Below 2^(n - 8), which is below every order.
        let mut number = || {
            let mut bytes = vec![0x35; size];
            if let Some(random) = &mut random {
                bytes.fill_with(|| random.next() as u8);
            }
            bytes[size - 1] = 0;
            bytes
        };
        let items = (0..POOL)
            .map(|_| {
                let key = SigningKey::from_le_bytes(curve, &number()).unwrap();
                (key, number())
            })
            .collect();
        let digest = vec![0x5a; size];
        Self { items, digest }
    }

    fn sign(&self, at: usize) -> f64 {
        let (key, nonce) = &self.items[at];
        let start = Instant::now();
        black_box(key.sign_prehash_with_nonce(black_box(&self.digest), nonce)).unwrap();
        start.elapsed().as_nanos() as f64
    }

    /// Double and add without care.
    fn leak(&self, at: usize) -> f64 {
        let (_, nonce) = &self.items[at];
        let start = Instant::now();
        let mut product = 1u64;
        for byte in nonce {
            for bit in 0..8 {
                product = black_box(product.wrapping_mul(3));
                if byte >> bit & 1 == 1 {
                    product = black_box(product.wrapping_mul(5));
                }
            }
        }
        black_box(product);
        start.elapsed().as_nanos() as f64
    }
}

/// The largest |t| of the samples, cropped or not.
fn largest_t(samples: usize, random: &mut Random, time: impl Fn(usize, usize) -> f64) -> f64 {
    let sample = |random: &mut Random| {
        let class = (random.next() >> 40 & 1) as usize;
        (class, time(class, random.next() as usize % POOL))
    };
    let mut first: Vec<f64> = (0..10_000.min(samples)).map(|_| sample(random).1).collect();
    first.sort_by(f64::total_cmp);
    let limit = |part: f64| {
        let at = (part * first.len() as f64) as usize;
        first.get(at).copied().unwrap_or(f64::INFINITY)
    };
    let mut tests = CROPS.map(|part| (limit(part), Welch::default()));
    for _ in 0..samples {
        let (class, time) = sample(random);
        for (limit, test) in &mut tests {
            if time <= *limit {
                test.add(class, time);
            }
        }
    }
    tests
        .iter()
        .map(|(_, test)| test.t().abs())
        .fold(0.0, f64::max)
}

/// Counts, means and sums of squared distances of two classes.
#[derive(Default)]
struct Welch([(f64, f64, f64); 2]);

impl Welch {
    fn add(&mut self, class: usize, value: f64) {
        let (count, mean, squares) = &mut self.0[class];
        *count += 1.0;
        let distance = value - *mean;
        *mean += distance / *count;
        *squares += distance * (value - *mean);
    }

    fn t(&self) -> f64 {
        let [(n0, mean0, squares0), (n1, mean1, squares1)] = self.0;
        let variance = |n: f64, squares: f64| squares / (n - 1.0) / n;
        (mean0 - mean1) / (variance(n0, squares0) + variance(n1, squares1)).sqrt()
    }
}

/// xorshift64*, seeded by the clock: it must be quick, not secret.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(now.unwrap().as_nanos() as u64 | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}
