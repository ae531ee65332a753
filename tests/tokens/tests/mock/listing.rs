//! What is listed without a PIN.

use crate::world::{GOST512, OTHER_GOST512, RSA, World, certificate, module, object, one, token};
use keystore::{Deadlines, Error, Store as _, TokenError};
use mock_pkcs11::script::{Object, Script, Slot, Token};
use std::fs;

fn slot(id: u64, token: Option<Token>) -> Slot {
    Slot {
        id,
        reader: format!("Reader 00 {id:02}"),
        token,
    }
}

#[test]
fn several_tokens_are_listed_and_slots_without_a_usable_one_passed_over() {
    let named = |serial: &str, file: &str| Token {
        serial: serial.to_owned(),
        label: "my token".to_owned(),
        ..token([object(file)])
    };
    let script = Script {
        slots: vec![
            slot(0, None),
            slot(3, Some(named("0001", GOST512))),
            slot(
                4,
                Some(Token {
                    blank: true,
                    ..Token::default()
                }),
            ),
            slot(
                5,
                Some(Token {
                    unreadable: true,
                    ..Token::default()
                }),
            ),
            slot(7, Some(named("0002", OTHER_GOST512))),
        ],
        ..Script::default()
    };
    let world = World::new(&script);
    let listing = world.tokens.list(&[]);
    assert_eq!(listing.troubles, []);
    let shown: Vec<_> = listing
        .tokens
        .iter()
        .map(|store| {
            let entries = store.entries();
            let certificate = entries[0].certificate.as_ref().unwrap().der().to_vec();
            (store.token().serial.as_str(), store.reader(), certificate)
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("0001", "Reader 00 03", certificate(GOST512)),
            ("0002", "Reader 00 07", certificate(OTHER_GOST512)),
        ]
    );
    assert_eq!(world.count("C_Login"), 0);
    assert_eq!(world.count("C_Initialize"), 1);
    assert_eq!(world.count("C_OpenSession"), world.count("C_CloseSession"));
}

#[test]
fn a_key_without_a_certificate_is_no_entry_and_a_certificate_without_a_key_says_so() {
    let world = World::new(&one(token([
        Object {
            label: "bare".to_owned(),
            certificate: false,
            public_key: true,
            ..object(GOST512)
        },
        Object {
            id: vec![2],
            key: false,
            ..object(RSA)
        },
    ])));
    let store = world.store();
    assert_eq!(store.keys_without_certificate(), ["bare"]);
    let entries = store.entries();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].problem, Some(Error::Token(TokenError::NoKey)));
}

#[test]
fn more_objects_than_one_page_and_values_longer_than_the_certificate_are_read() {
    let mut objects: Vec<_> = (0..40_u8)
        .map(|id| Object {
            id: vec![9, id],
            key: false,
            ..object(GOST512)
        })
        .collect();
    objects.push(Object {
        id: vec![77],
        padding: 100,
        ..object(RSA)
    });
    let world = World::new(&one(token(objects)));
    let shown: Vec<_> = world.store().entries().into_iter().collect();
    assert_eq!(shown.len(), 2, "each certificate once");
    let last = shown[1].certificate.as_ref().unwrap();
    assert_eq!(last.der(), certificate(RSA));
}

#[test]
fn a_module_that_writes_to_stdout_is_understood() {
    let mut script = one(token([object(GOST512)]));
    script.noise = true;
    let world = World::new(&script);
    assert_eq!(world.store().entries().len(), 1);
}

#[test]
fn a_module_that_cannot_lock_is_used_without() {
    let mut script = one(token([object(GOST512)]));
    script.initialize_with_locking = 0xa;
    let world = World::new(&script);
    assert_eq!(world.store().entries().len(), 1);
    let log = world.log();
    let calls: Vec<_> = log
        .iter()
        .filter(|line| line.starts_with("C_Initialize"))
        .collect();
    assert_eq!(
        calls,
        ["C_Initialize locking=true", "C_Initialize locking=false"]
    );
}

#[test]
fn a_module_that_cannot_be_loaded_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text.so"), "not a library").unwrap();
    let program = std::env::current_exe().unwrap();
    let mut elf = fs::read(&program).unwrap();
    elf.truncate(4096);
    elf[18] ^= 0x55;
    fs::write(at("other.so"), &elf).unwrap();
    let modules = vec![at("gone.so"), at("text.so"), program, at("other.so")];
    let world = World::with_modules(&Script::default(), Deadlines::default(), modules);
    let listing = world.tokens.list(&[]);
    let reasons: Vec<_> = listing.troubles.iter().map(|(_, error)| *error).collect();
    assert_eq!(
        reasons,
        [
            TokenError::ModuleMissing,
            TokenError::NotAModule,
            TokenError::NotAModule,
            TokenError::OtherProcessor,
        ]
    );
    assert!(listing.tokens.is_empty());
}

#[test]
fn a_module_that_fails_to_begin_says_so_and_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("text.so");
    fs::write(&copy, "not a library").unwrap();
    let script = one(token([object(GOST512)]));
    let world = World::with_modules(&script, Deadlines::default(), vec![copy.clone(), module()]);
    let listing = world.tokens.list(&[]);
    assert_eq!(listing.tokens.len(), 1);
    assert_eq!(listing.troubles, [(copy, TokenError::NotAModule)]);
    let mut broken = script;
    broken.initialize_with_locking = 5;
    let world = World::new(&broken);
    let troubles = world.tokens.list(&[]).troubles;
    assert_eq!(troubles, [(module(), TokenError::Fault(5))]);
}

#[test]
fn a_token_that_two_modules_show_is_listed_once_by_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("another.so");
    fs::copy(module(), &copy).unwrap();
    let script = one(token([object(GOST512)]));
    let world = World::with_modules(&script, Deadlines::default(), vec![copy.clone(), module()]);
    let listing = world.tokens.list(&[]);
    assert_eq!(listing.tokens.len(), 1);
    assert_eq!(listing.tokens[0].module(), copy);
    assert_eq!(world.tokens.process_ids().len(), 2);
}

#[test]
fn tokens_that_come_and_go_are_noticed_with_and_without_slot_events() {
    let mut script = one(token([object(GOST512)]));
    let world = World::new(&script);
    let _ = world.tokens.list(&[]);
    assert!(!world.tokens.changed());
    let token = script.slots[0].token.take();
    world.play(&script);
    assert!(world.tokens.changed());
    assert!(!world.tokens.changed());
    script.slots[0].token = token;
    world.play(&script);
    assert!(world.tokens.changed());
    script.slot_event = Some(false);
    world.play(&script);
    assert!(!world.tokens.changed());
    script.slot_event = Some(true);
    world.play(&script);
    assert!(world.tokens.changed());
}

#[test]
fn the_entry_keeps_its_name_when_the_token_comes_back_in_another_slot() {
    let mut script = one(token([object(GOST512)]));
    let world = World::new(&script);
    let store = world.store();
    let before = store.entries()[0].id.clone();
    let token = script.slots[0].token.take();
    world.play(&script);
    assert!(store.entries().is_empty());
    script.slots = vec![slot(9, token)];
    world.play(&script);
    assert_eq!(store.entries()[0].id, before);
}
