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
use std::{
    fs, thread,
    time::{Duration, Instant},
};
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

/// The least that a process has within a fifth of a second: what of it stays.
fn at_rest(process: &str) -> (usize, usize, u64) {
    let looks = (0..20).map(|_| {
        thread::sleep(Duration::from_millis(10));
        footprint(process)
    });
    looks.min().unwrap()
}

/// The footprint of a process once it has no more threads and files than `before`, or after ten seconds the one that it has.
///
/// A thread is joined before its last instructions are done, and counts until then.
fn settled(process: &str, before: (usize, usize, u64)) -> (usize, usize, u64) {
    let begun = Instant::now();
    loop {
        let now = footprint(process);
        let settled = now.0 <= before.0 && now.1 <= before.1;
        if settled || begun.elapsed() > Duration::from_secs(10) {
            return now;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Fails when the process has more threads or files than before, or a megabyte more in memory.
fn left_nothing(process: &str, before: (usize, usize, u64)) {
    let after = settled(process, before);
    println!("process {process}: threads, files, kB resident: {before:?} -> {after:?}");
    assert!(after.0 <= before.0, "threads: {before:?} -> {after:?}");
    assert!(after.1 <= before.1, "open files: {before:?} -> {after:?}");
    assert!(after.2 < before.2 + 1024, "memory: {before:?} -> {after:?}");
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
    let before = [at_rest("self"), at_rest(&worker)];
    for _ in 0..1000 {
        cycle();
    }
    assert_eq!(world.tokens.process_ids()[0].to_string(), worker);
    left_nothing("self", before[0]);
    left_nothing(&worker, before[1]);
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
    let before = at_rest("self");
    for _ in 0..100 {
        cycle();
    }
    left_nothing("self", before);
}
