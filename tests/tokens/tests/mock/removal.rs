//! Tokens that are taken out, and put back.

use crate::{
    password,
    world::{GOST512, World, object, one, only, signs, token},
};
use keystore::{Error, Store as _, TokenError};
use mock_pkcs11::script::{Fault, What};
use std::fs;

const GONE: Error = Error::Token(TokenError::Removed);

#[test]
fn a_token_taken_out_before_the_pin_is_typed_costs_no_try() {
    let mut script = one(token([object(GOST512)]));
    let world = World::new(&script);
    let store = world.store();
    let id = only(&store).id;
    let out = script.slots[0].token.take();
    world.play(&script);
    assert!(store.entries().is_empty());
    assert_eq!(store.unlock(&id, &password("123456")).err(), Some(GONE));
    assert_eq!(world.count("C_Login"), 0);
    script.slots[0].token = out;
    world.play(&script);
    signs(&store.unlock(&id, &password("123456")).unwrap()).unwrap();
}

#[test]
fn a_token_taken_out_between_signatures_needs_its_pin_again_when_it_is_back() {
    let mut script = one(token([object(GOST512)]));
    let world = World::new(&script);
    let store = world.store();
    let id = only(&store).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    signs(&key).unwrap();
    let out = script.slots[0].token.take();
    world.play(&script);
    assert_eq!(signs(&key), Err(GONE));
    // Back in another slot, as modules like to do.
    script.slots[0].id = 2;
    script.slots[0].token = out;
    world.play(&script);
    assert_eq!(signs(&key), Err(GONE), "an old key stays closed");
    let again = store.unlock(&id, &password("123456")).unwrap();
    signs(&again).unwrap();
    assert_eq!(
        world.count("C_Initialize"),
        2,
        "the module was started anew"
    );
}

#[test]
fn another_token_in_the_same_slot_is_not_taken_for_the_first() {
    let mut script = one(token([object(GOST512)]));
    let world = World::new(&script);
    let store = world.store();
    let id = only(&store).id;
    let key = world.open().unwrap();
    if let Some(token) = &mut script.slots[0].token {
        token.serial = "0002".to_owned();
    }
    world.play(&script);
    assert_eq!(signs(&key), Err(GONE));
    assert_eq!(store.unlock(&id, &password("123456")).err(), Some(GONE));
    assert!(store.entries().is_empty());
    assert_eq!(world.store().token().serial, "0002");
}

#[test]
fn a_token_pulled_out_in_the_middle_of_a_signature_is_told_as_that() {
    for code in [0x32, 0xe0, 0xb3] {
        let mut script = one(token([object(GOST512)]));
        script.faults = vec![Fault {
            call: "C_Sign".to_owned(),
            after: 1,
            times: Some(1),
            what: What::Answer(code),
        }];
        let world = World::new(&script);
        let key = world.open().unwrap();
        signs(&key).unwrap();
        assert_eq!(signs(&key), Err(GONE));
        signs(&world.open().unwrap()).unwrap();
    }
}

#[test]
fn a_card_that_stumbles_once_signs_all_the_same() {
    let mut script = one(token([object(GOST512)]));
    script.faults = vec![Fault {
        call: "C_Sign".to_owned(),
        times: Some(1),
        what: What::Answer(0x30),
        ..Fault::default()
    }];
    let world = World::new(&script);
    signs(&world.open().unwrap()).unwrap();
    assert_eq!(world.count("C_Login"), 1);
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
#[ignore = "counts this process's own threads and files: run by itself"]
fn a_thousand_insertions_leave_nothing_behind() {
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

#[test]
#[ignore = "counts this process's own threads and files: run by itself"]
fn a_hundred_removals_while_a_key_is_open_leave_nothing_behind() {
    let there = one(token([object(GOST512)]));
    let mut empty = there.clone();
    empty.slots[0].token = None;
    let world = World::new(&there);
    let cycle = || {
        world.play(&there);
        let key = world.open().unwrap();
        world.play(&empty);
        assert_eq!(signs(&key), Err(GONE));
        drop(key);
        assert_eq!(world.tokens.list(&[]).tokens.len(), 0);
    };
    cycle();
    let settle = || std::thread::sleep(std::time::Duration::from_millis(500));
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
