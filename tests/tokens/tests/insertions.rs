//! Tokens come and go a thousand times, and nothing of it stays. A test program of its own: it counts its own threads and files.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "helpers of tests may say what they expect, and are shared"
)]
#![cfg(target_os = "linux")]

#[path = "mock/world.rs"]
mod world;

use keystore::{Password, TokenError};
use std::{fs, thread, time::Duration};
use world::{GOST512, World, object, one, signs, token};
use zeroize::Zeroizing;

fn password(text: &str) -> Password {
    Password::new(Zeroizing::new(text.to_owned()))
}

/// Threads, open files and resident kilobytes of a process.
fn footprint(process: &str) -> (usize, usize, u64) {
    let count = |folder: &str| {
        fs::read_dir(format!("/proc/{process}/{folder}"))
            .unwrap()
            .count()
    };
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap();
    (count("task"), count("fd"), resident)
}

#[test]
fn insertions_and_removals_leave_nothing_behind() {
    a_thousand_that_are_only_listed();
    a_hundred_while_a_key_is_open();
}

fn a_thousand_that_are_only_listed() {
    let there = one(token([object(GOST512)]));
    let mut empty = there.clone();
    empty.slots[0].token = None;
    let world = World::new(&there);
    let cycle = || {
        world.play(&there);
        assert_eq!(world.tokens.list(&[]).tokens.len(), 1);
        world.play(&empty);
        assert_eq!(world.tokens.list(&[]).tokens.len(), 0);
    };
    for _ in 0..50 {
        cycle();
    }
    let worker = world.tokens.process_ids()[0].to_string();
    let before = [footprint("self"), footprint(&worker)];
    for _ in 0..1000 {
        cycle();
    }
    assert_eq!(world.tokens.process_ids()[0].to_string(), worker);
    let after = [footprint("self"), footprint(&worker)];
    println!("threads, files, kB resident; agent and worker: {before:?} -> {after:?}");
    for (before, after) in before.iter().zip(after) {
        assert_eq!((before.0, before.1), (after.0, after.1));
        assert!(after.2 < before.2 + 1024, "{before:?} -> {after:?}");
    }
}

/// After each, the module's process is another one.
fn a_hundred_while_a_key_is_open() {
    let there = one(token([object(GOST512)]));
    let mut empty = there.clone();
    empty.slots[0].token = None;
    let world = World::new(&there);
    let cycle = || {
        world.play(&there);
        let key = world.open().unwrap();
        world.play(&empty);
        assert_eq!(signs(&key), Err(TokenError::Removed.into()));
        drop(key);
        assert_eq!(world.tokens.list(&[]).tokens.len(), 0);
    };
    cycle();
    let settle = || thread::sleep(Duration::from_millis(500));
    settle();
    let before = footprint("self");
    for _ in 0..100 {
        cycle();
    }
    settle();
    let after = footprint("self");
    println!("threads, files, kB resident: {before:?} -> {after:?}");
    assert_eq!((before.0, before.1), (after.0, after.1));
    assert!(after.2 < before.2 + 1024);
}
