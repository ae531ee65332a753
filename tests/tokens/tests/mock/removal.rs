//! Tokens that are taken out, and put back.

use crate::{
    password,
    world::{GOST512, World, object, one, only, signs, token},
};
use keystore::{Error, Store as _, TokenError};
use mock_pkcs11::script::{Fault, What};

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
