//! Signing, verifying and hashing: `cargo bench -p gost3410`.

#![allow(clippy::unwrap_used, reason = "a measurement without its key is none")]
#![allow(missing_docs, reason = "the measurements' names say what they are")]

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use gost3410::digest::Digest;
use gost3410::{Curve, Gost341195, SigningKey, Streebog256, Streebog512, VerifyingKey};

fn main() {
    divan::main();
}

#[divan::bench(args = Curve::ALL)]
fn sign(bencher: Bencher<'_, '_>, curve: Curve) {
    let key = SigningKey::generate(curve).unwrap();
    let digest = vec![7; curve.field_bytes()];
    bencher.bench(|| key.sign_prehash(black_box(&digest)).unwrap());
}

#[divan::bench(args = Curve::ALL)]
fn verify(bencher: Bencher<'_, '_>, curve: Curve) {
    let key = SigningKey::generate(curve).unwrap();
    let digest = vec![7; curve.field_bytes()];
    let signature = key.sign_prehash(&digest).unwrap();
    let public = key.verifying_key();
    bencher.bench(|| {
        public
            .verify_prehash(black_box(&digest), &signature)
            .unwrap()
    });
}

#[divan::bench(args = Curve::ALL)]
fn read_public_key(bencher: Bencher<'_, '_>, curve: Curve) {
    let bytes = SigningKey::generate(curve)
        .unwrap()
        .verifying_key()
        .to_xy_le();
    bencher.bench(|| VerifyingKey::from_xy_le(curve, black_box(&bytes)).unwrap());
}

#[divan::bench(types = [Gost341195, Streebog256, Streebog512])]
fn hash<D: Digest>(bencher: Bencher<'_, '_>) {
    let message = vec![0x5a; 1 << 20];
    bencher
        .counter(BytesCount::of_slice(&message))
        .bench(|| D::digest(black_box(&message)));
}
