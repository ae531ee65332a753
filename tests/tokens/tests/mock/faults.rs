//! Modules that hang and crash: an error for the person, never the end of the agent.

use crate::world::{GOST512, World, object, one, only, signs, token};
use keystore::{Error, Store as _, TokenError};
use mock_pkcs11::script::{Fault, Script, What};
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

fn faulty(call: &str, after: u32, times: Option<u32>, what: What) -> Script {
    let mut script = one(token([object(GOST512)]));
    script.faults = vec![Fault {
        call: call.to_owned(),
        after,
        times,
        what,
    }];
    script
}

fn ended(process: u32) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(6) {
        if !Path::new(&format!("/proc/{process}")).exists() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

#[test]
fn a_module_that_hangs_while_listing_is_ended_in_time_and_left_alone_for_a_while() {
    for call in [
        "C_Initialize",
        "C_GetSlotList",
        "C_GetTokenInfo",
        "C_FindObjects",
    ] {
        let world = World::impatient(&faulty(call, 0, None, What::Hang));
        let begun = Instant::now();
        let listing = world.tokens.list(&[]);
        assert_eq!(listing.troubles[0].1, TokenError::ModuleTimeout, "{call}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{call}");
        for process in world.tokens.process_ids() {
            assert!(ended(process));
        }
        let asked = world.count(call);
        let listing = world.tokens.list(&[]);
        assert_eq!(listing.troubles[0].1, TokenError::ModuleTimeout, "{call}");
        assert_eq!(world.count(call), asked, "{call}");
    }
}

#[test]
fn a_module_that_hangs_with_the_pin_never_gets_it_a_second_time() {
    for what in [What::Hang, What::DoThenHang] {
        let world = World::impatient(&faulty("C_Login", 0, Some(1), what));
        assert_eq!(world.open().err(), Some(TokenError::ModuleTimeout.into()));
        let store = world.store();
        assert_eq!(store.pin(&only(&store).id).unwrap().tries_left, None);
        assert_eq!(world.count("C_Login"), 1);
        signs(&world.open().unwrap()).unwrap();
    }
}

#[test]
fn a_module_that_hangs_while_signing_is_ended_and_the_next_attempt_works() {
    let world = World::impatient(&faulty("C_Sign", 1, Some(1), What::Hang));
    let key = world.open().unwrap();
    let process = world.tokens.process_ids()[0];
    signs(&key).unwrap();
    let begun = Instant::now();
    assert_eq!(signs(&key), Err(TokenError::ModuleTimeout.into()));
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert!(ended(process));
    assert_eq!(signs(&key), Err(TokenError::ModuleCrashed.into()));
    signs(&world.open().unwrap()).unwrap();
}

#[test]
fn a_module_that_crashes_is_an_error_and_the_next_attempt_works() {
    let crashed = Some(Error::Token(TokenError::ModuleCrashed));
    for call in ["C_Initialize", "C_GetSlotList", "C_FindObjects"] {
        let world = World::new(&faulty(call, 0, Some(1), What::Crash));
        let listing = world.tokens.list(&[]);
        assert_eq!(listing.troubles[0].1, TokenError::ModuleCrashed, "{call}");
        signs(&world.open().unwrap()).unwrap();
    }
    let world = World::new(&faulty("C_Login", 0, Some(1), What::Crash));
    assert_eq!(world.open().err(), crashed);
    assert_eq!(world.count("C_Login"), 1);
    signs(&world.open().unwrap()).unwrap();
    let world = World::new(&faulty("C_Sign", 0, Some(1), What::Crash));
    assert_eq!(signs(&world.open().unwrap()).err(), crashed);
    signs(&world.open().unwrap()).unwrap();
}

#[test]
fn a_module_that_hangs_at_the_end_keeps_nobody_waiting_and_its_process_goes() {
    let world = World::new(&faulty("C_Finalize", 0, None, What::Hang));
    let key = world.open().unwrap();
    signs(&key).unwrap();
    let process = world.tokens.process_ids()[0];
    let begun = Instant::now();
    drop(key);
    let World { folder, tokens } = world;
    drop(tokens);
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert!(ended(process));
    drop(folder);
}

#[test]
fn the_process_goes_with_the_last_who_needs_it() {
    let world = World::new(&one(token([object(GOST512)])));
    let key = world.open().unwrap();
    let process = world.tokens.process_ids()[0];
    let World { folder, tokens } = world;
    drop(tokens);
    signs(&key).unwrap();
    drop(key);
    assert!(ended(process));
    drop(folder);
}

#[test]
fn a_program_that_is_no_worker_is_told_as_that() {
    for (program, error) in [
        ("/no/such/program", TokenError::ModuleUnreachable),
        ("/bin/true", TokenError::ModuleCrashed),
        ("/bin/echo", TokenError::ModuleCrashed),
    ] {
        let program = keystore::WorkerProgram {
            program: program.into(),
            arguments: Vec::new(),
        };
        let modules = vec![crate::world::module()];
        let tokens = keystore::Tokens::new(program, modules, keystore::Deadlines::default());
        assert_eq!(tokens.list(&[]).troubles[0].1, error);
    }
}

#[test]
fn a_key_is_dropped_at_once_while_the_module_hangs() {
    let world = World::new(&faulty("C_Sign", 1, None, What::Hang));
    let (key, other) = (world.open().unwrap(), world.open().unwrap());
    signs(&key).unwrap();
    thread::scope(|scope| {
        let hanging = scope.spawn(|| signs(&key));
        while world.count("C_Sign") < 2 {
            thread::sleep(Duration::from_millis(20));
        }
        // Whoever waited for the module would wait a minute.
        let begun = Instant::now();
        drop(other);
        assert!(begun.elapsed() < Duration::from_secs(10));
        world.tokens.end();
        let outcome = hanging.join().unwrap();
        assert_eq!(outcome, Err(TokenError::ModuleCrashed.into()));
    });
}
