//! Makes keys and signatures with every secret byte marked as undefined: memcheck of valgrind then reports each branch
//! and each address that depends on one, as ctgrind does.
//!
//! `cargo xtask bench gost-constant-time` builds it with `--cfg gost3410_memcheck` and runs it under valgrind. With the
//! argument `leak` it looks up a table by a secret byte, which memcheck must report: otherwise its silence says nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a check that cannot run must not pass"
)]

use std::hint::black_box;

use gost3410::{Curve, SigningKey};
use signature::hazmat::RandomizedPrehashSigner;
use signature::rand_core::{TryCryptoRng, TryRng};

fn main() {
    #[cfg(gost3410_memcheck)]
    gost3410::memcheck::on_declassify(|condition| {
        let mut condition = [condition];
        valgrind::mark(&mut condition, valgrind::DEFINED);
        let [condition] = condition;
        condition
    });
    if std::env::args().any(|argument| argument == "leak") {
        let table = [3u8; 256];
        let [secret, ..] = secret_bytes::<1>(7);
        println!("{}", black_box(table)[usize::from(secret)] > 2);
        return;
    }
    for curve in Curve::ALL {
        let secret = secret_bytes::<64>(0x2b);
        let secret = &secret[..curve.field_bytes()];
        let key = SigningKey::from_le_bytes(curve, secret).unwrap();
        black_box(SigningKey::from_be_bytes(curve, secret).unwrap());
        for digest in [1, 0x80, 0xff] {
            let digest = vec![digest; curve.field_bytes()];
            let signature = key.sign_prehash_with_rng(&mut Undefined, &digest).unwrap();
            black_box(signature);
            let nonce = secret_bytes::<64>(0x1d);
            let nonce = &nonce[..curve.field_bytes()];
            black_box(key.sign_prehash_with_nonce(&digest, nonce).unwrap());
        }
        println!("{curve}: no branch and no address depends on a secret");
    }
}

fn secret_bytes<const N: usize>(seed: u8) -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes, seed);
    bytes
}

fn fill(bytes: &mut [u8], seed: u8) {
    for (byte, i) in bytes.iter_mut().zip(0u8..) {
        *byte = seed.wrapping_mul(i.wrapping_add(seed)) >> 2;
    }
    valgrind::mark(bytes, valgrind::UNDEFINED);
}

/// A random source whose bytes are undefined.
struct Undefined;

impl TryRng for Undefined {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_le_bytes(secret_bytes(5)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_le_bytes(secret_bytes(5)))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        fill(bytes, 5);
        Ok(())
    }
}

impl TryCryptoRng for Undefined {}

/// The client requests of memcheck.
///
/// `Source:` valgrind.h and memcheck.h of valgrind, for 64-bit x86.
mod valgrind {
    /// VG_USERREQ__MAKE_MEM_UNDEFINED.
    pub(super) const UNDEFINED: u64 = 0x4d43_0001;
    /// VG_USERREQ__MAKE_MEM_DEFINED.
    #[cfg_attr(
        not(gost3410_memcheck),
        expect(dead_code, reason = "the hook is not there")
    )]
    pub(super) const DEFINED: u64 = 0x4d43_0002;

    /// Does nothing outside valgrind.
    #[cfg(target_arch = "x86_64")]
    #[expect(unsafe_code, reason = "there is no other way to talk to valgrind")]
    pub(super) fn mark(bytes: &mut [u8], request: u64) {
        let arguments = [
            request,
            bytes.as_mut_ptr() as u64,
            bytes.len() as u64,
            0,
            0,
            0,
        ];
        // SAFETY: rotations that cancel out and an exchange of a register with itself; valgrind, where it runs the
        // program, knows them by sight, reads `arguments` and changes nothing but its own notes and rdx.
        unsafe {
            core::arch::asm!(
                "rol rdi, 3",
                "rol rdi, 13",
                "rol rdi, 61",
                "rol rdi, 51",
                "xchg rbx, rbx",
                in("rax") arguments.as_ptr(),
                inout("rdx") 0u64 => _,
                inout("rdi") 0u64 => _,
            );
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn mark(_: &mut [u8], _: u64) {}
}
