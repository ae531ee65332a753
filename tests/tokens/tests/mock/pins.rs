//! PINs: what is known before a try, what a try costs, and what costs none.

use crate::{
    password,
    world::{GOST512, World, object, one, only, signs, token},
};
use keystore::{Error, Store as _, TokenError, Unlock};
use mock_pkcs11::script::{Fault, Pad, Script, Token, What};
use std::fs;

fn ordinary() -> Script {
    one(token([object(GOST512)]))
}

fn with(change: impl FnOnce(&mut Token)) -> World {
    let mut script = ordinary();
    change(script.slots[0].token.as_mut().unwrap());
    World::new(&script)
}

#[test]
fn tries_go_down_the_last_one_wants_a_yes_and_then_the_token_is_locked() {
    let world = with(|_| {});
    let store = world.store();
    let id = only(&store).id;
    let fresh = store.pin(&id).unwrap();
    assert_eq!(
        (fresh.low, fresh.last_try, fresh.locked),
        (false, false, false)
    );
    assert_eq!(fresh.tries_left, None);

    let wrong = password("999999");
    assert_eq!(store.unlock(&id, &wrong).err(), Some(Error::WrongPassword));
    let once = store.pin(&id).unwrap();
    assert_eq!(
        (once.low, once.last_try, once.tries_left),
        (true, false, None)
    );
    assert_eq!(store.unlock(&id, &wrong).err(), Some(Error::WrongPassword));
    let twice = store.pin(&id).unwrap();
    assert_eq!((twice.last_try, twice.tries_left), (true, Some(1)));

    let calls = world.count("C_Login");
    let refused = store.unlock(&id, &password("123456")).err();
    assert_eq!(refused, Some(TokenError::LastTry.into()));
    assert_eq!(world.count("C_Login"), calls, "nothing was sent");

    let agreed = Unlock {
        password: Some(&wrong),
        last_try_agreed: true,
    };
    assert_eq!(
        store.unlock_as(&id, agreed).err(),
        Some(Error::WrongPassword)
    );
    let locked = store.pin(&id).unwrap();
    assert_eq!((locked.locked, locked.tries_left), (true, Some(0)));
    let calls = world.count("C_Login");
    for last_try_agreed in [false, true] {
        let again = Unlock {
            password: Some(&wrong),
            last_try_agreed,
        };
        let refused = store.unlock_as(&id, again).err();
        assert_eq!(refused, Some(TokenError::PinLocked.into()));
    }
    assert_eq!(world.count("C_Login"), calls, "nothing was sent");
}

#[test]
fn the_last_try_opens_the_key_when_the_person_agrees() {
    let world = with(|token| token.tries = 1);
    let store = world.store();
    let id = only(&store).id;
    let right = password("123456");
    let how = |last_try_agreed| Unlock {
        password: Some(&right),
        last_try_agreed,
    };
    let refused = store.unlock_as(&id, how(false)).err();
    assert_eq!(refused, Some(TokenError::LastTry.into()));
    let key = store.unlock_as(&id, how(true)).unwrap();
    signs(&key).unwrap();
}

#[test]
fn tokens_without_flags_lock_too_and_say_it_at_the_try() {
    let world = with(|token| token.silent_flags = true);
    let store = world.store();
    let id = only(&store).id;
    let wrong = password("999999");
    for _ in 0..3 {
        assert_eq!(store.unlock(&id, &wrong).err(), Some(Error::WrongPassword));
    }
    let locked = store.unlock(&id, &wrong).err();
    assert_eq!(locked, Some(TokenError::PinLocked.into()));
}

#[test]
fn exact_numbers_are_told_where_the_module_has_them() {
    let mut script = ordinary();
    script.exact_tries = true;
    let token = script.slots[0].token.as_mut().unwrap();
    token.tries = 10;
    // Set on working tokens, too.
    token.extra_flags = 0x10000;
    let world = World::new(&script);
    let store = world.store();
    let id = only(&store).id;
    assert_eq!(store.tries_left(&id), Ok(Some(10)));
    let _ = store.unlock(&id, &password("999999")).err();
    let pin = store.pin(&id).unwrap();
    assert_eq!((pin.tries_left, pin.max_tries), (Some(9), Some(10)));
}

#[test]
fn a_pin_of_a_wrong_length_is_not_sent() {
    let world = with(|_| {});
    let store = world.store();
    let id = only(&store).id;
    for pin in ["", "123", "12345678901234567", "қққққққққ"] {
        let refused = store.unlock(&id, &password(pin)).err();
        let limits = TokenError::PinLength { min: 4, max: 16 };
        assert_eq!(refused, Some(limits.into()), "{pin}");
    }
    assert_eq!(world.count("C_Login"), 0);
    // Limits that are none: nothing, and «unknown».
    for (min_pin, max_pin) in [(0, 0), (0, u64::MAX)] {
        let world = with(|token| (token.min_pin, token.max_pin) = (min_pin, max_pin));
        signs(&world.open().unwrap()).unwrap();
    }
}

#[test]
fn faults_that_are_no_wrong_pin_have_their_own_words_and_cost_nothing() {
    for (code, error) in [
        (0xa1, TokenError::PinRefused),
        (0xa3, TokenError::PinExpired),
        (0xa4, TokenError::PinLocked),
        (0x102, TokenError::PinNotSet),
        (0x50, TokenError::Cancelled),
        (0xe0, TokenError::Removed),
        (0x32, TokenError::Removed),
        (0xb3, TokenError::Removed),
        (0x104, TokenError::Busy),
        (0x30, TokenError::Fault(0x30)),
        (0x8000_0001, TokenError::Fault(0x8000_0001)),
    ] {
        let mut script = ordinary();
        script.exact_tries = true;
        script.faults = vec![Fault {
            call: "C_Login".to_owned(),
            what: What::Answer(code),
            ..Fault::default()
        }];
        let world = World::new(&script);
        assert_eq!(world.open().err(), Some(error.into()), "{code:#x}");
        assert_eq!(world.count("C_Login"), 1, "one attempt for one act");
        let store = world.store();
        assert_eq!(store.tries_left(&only(&store).id), Ok(Some(3)));
    }
}

#[test]
fn a_log_in_that_another_part_left_behind_is_not_taken_for_a_right_pin() {
    let mut script = ordinary();
    script.faults = vec![Fault {
        call: "C_Login".to_owned(),
        times: Some(1),
        what: What::Answer(0x100),
        ..Fault::default()
    }];
    let world = World::new(&script);
    let store = world.store();
    let id = only(&store).id;
    let wrong = store.unlock(&id, &password("999999")).err();
    assert_eq!(wrong, Some(Error::WrongPassword));
    assert_eq!(world.count("C_Logout"), 2);
}

#[test]
fn a_wrong_pin_is_noticed_while_another_key_of_the_token_is_open() {
    let world = with(|_| {});
    let store = world.store();
    let id = only(&store).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    let wrong = store.unlock(&id, &password("999999")).err();
    assert_eq!(wrong, Some(Error::WrongPassword));
    assert_eq!(signs(&key), Err(TokenError::PinAgain.into()));
    let again = store.unlock(&id, &password("123456")).unwrap();
    signs(&again).unwrap();
    signs(&key).unwrap();
}

#[test]
fn with_a_pin_pad_nothing_is_typed_here() {
    let world = with(|token| token.pad = Some(Pad::default()));
    let store = world.store();
    let entry = only(&store);
    assert!(store.pin(&entry.id).unwrap().pin_pad);
    let typed = store.unlock(&entry.id, &password("123456")).err();
    assert_eq!(typed, Some(TokenError::PinPadOnly.into()));
    let pad = Unlock {
        password: None,
        last_try_agreed: false,
    };
    let key = store.unlock_as(&entry.id, pad).unwrap();
    signs(&key).unwrap();
    assert!(world.log().contains(&"C_Login user=1 pin=None".to_owned()));
}

#[test]
fn what_the_person_does_at_the_pin_pad_is_told() {
    for (answer, error) in [
        (0x50, Error::Token(TokenError::Cancelled)),
        (0xa0, Error::WrongPassword),
        (0xa4, Error::Token(TokenError::PinLocked)),
    ] {
        let pad = Pad {
            milliseconds: 100,
            answer,
        };
        let world = with(|token| token.pad = Some(pad));
        let store = world.store();
        let how = Unlock {
            password: None,
            last_try_agreed: false,
        };
        assert_eq!(store.unlock_as(&only(&store).id, how).err(), Some(error));
    }
}

#[test]
fn without_a_pin_pad_nobody_is_sent_to_one() {
    let world = with(|_| {});
    let store = world.store();
    let how = Unlock {
        password: None,
        last_try_agreed: false,
    };
    let refused = store.unlock_as(&only(&store).id, how).err();
    assert_eq!(refused, Some(TokenError::NoPinPad.into()));
    assert_eq!(world.count("C_Login"), 0);
}

#[test]
fn a_person_who_does_not_want_to_wait_for_the_pin_pad_ends_it() {
    let pad = Pad {
        milliseconds: 60_000,
        answer: 0,
    };
    let world = with(|token| token.pad = Some(pad));
    let store = world.store();
    let id = only(&store).id;
    let begun = std::time::Instant::now();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let how = Unlock {
                password: None,
                last_try_agreed: false,
            };
            store.unlock_as(&id, how).err()
        });
        while world.count("C_Login") == 0 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        world.tokens.end();
        let outcome = waiting.join().unwrap();
        assert_eq!(outcome, Some(TokenError::ModuleCrashed.into()));
    });
    assert!(begun.elapsed().as_secs() < 20);
}

#[test]
fn the_pin_is_changed_and_the_old_one_does_not_open_any_more() {
    let world = with(|_| {});
    let store = world.store();
    let id = only(&store).id;
    let (old, new) = (password("123456"), password("Құпия 1"));
    let wrong = store.change_pin(Some(&password("999999")), Some(&new), false);
    assert_eq!(wrong, Err(TokenError::WrongPin));
    for (pin, error) in [
        ("12", TokenError::PinLength { min: 4, max: 16 }),
        ("123456", TokenError::PinRefused),
    ] {
        let refused = store.change_pin(Some(&old), Some(&password(pin)), false);
        assert_eq!(refused, Err(error), "{pin}");
    }
    let missing = store.change_pin(Some(&old), None, false);
    assert_eq!(missing, Err(TokenError::NoPinPad));
    store.change_pin(Some(&old), Some(&new), false).unwrap();
    assert_eq!(store.unlock(&id, &old).err(), Some(Error::WrongPassword));
    signs(&store.unlock(&id, &new).unwrap()).unwrap();
}

#[test]
fn changing_the_pin_spends_the_last_try_only_with_a_yes() {
    let world = with(|token| token.tries = 1);
    let store = world.store();
    let (old, new) = (password("123456"), password("654321"));
    let refused = store.change_pin(Some(&old), Some(&new), false);
    assert_eq!(refused, Err(TokenError::LastTry));
    assert_eq!(world.count("C_SetPIN"), 0);
    store.change_pin(Some(&old), Some(&new), true).unwrap();
}

#[test]
fn a_locked_token_is_opened_with_the_unblocking_code() {
    let world = with(|_| {});
    let store = world.store();
    let id = only(&store).id;
    let wrong = password("999999");
    for last_try_agreed in [false, false, true] {
        let how = Unlock {
            password: Some(&wrong),
            last_try_agreed,
        };
        assert_eq!(store.unlock_as(&id, how).err(), Some(Error::WrongPassword));
    }
    let new = password("246810");
    let refused = store.unblock(Some(&password("00000000")), Some(&new));
    assert_eq!(refused, Err(TokenError::WrongPin));
    assert!(store.pin(&id).unwrap().locked);
    store
        .unblock(Some(&password("87654321")), Some(&new))
        .unwrap();
    assert!(!store.pin(&id).unwrap().locked);
    signs(&store.unlock(&id, &new).unwrap()).unwrap();
}

#[test]
fn unblocking_ends_keys_that_are_open() {
    let world = with(|_| {});
    let store = world.store();
    let key = world.open().unwrap();
    let puk = password("87654321");
    store
        .unblock(Some(&puk), Some(&password("246810")))
        .unwrap();
    assert_eq!(signs(&key), Err(TokenError::Removed.into()));
}

#[test]
fn the_pin_stands_nowhere_but_in_the_call() {
    // A wrong one: the right one is in the module's script, and with that in its memory.
    const PIN: &str = "8642097531";
    let world = with(|_| {});
    let store = world.store();
    let wrong = store.unlock(&only(&store).id, &password(PIN)).err();
    assert_eq!(wrong, Some(Error::WrongPassword));
    assert!(!world.log().join("\n").contains(PIN));
    for process in world.tokens.process_ids() {
        for file in ["cmdline", "environ"] {
            let bytes = fs::read(format!("/proc/{process}/{file}")).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(PIN), "{file}");
        }
        assert!(
            !memory_of(process)
                .windows(PIN.len())
                .any(|part| part == PIN.as_bytes()),
            "the worker's memory"
        );
    }
}

/// What a child process of ours has in its heap and on its stack.
fn memory_of(process: u32) -> Vec<u8> {
    use std::os::unix::fs::FileExt as _;
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = fs::File::open(format!("/proc/{process}/mem")).unwrap();
    let mut bytes = Vec::new();
    for line in maps.lines() {
        if !line.contains(" rw-p ") {
            continue;
        }
        let (range, _) = line.split_once(' ').unwrap();
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|it| u64::from_str_radix(it, 16).unwrap());
        let mut part = vec![0; usize::try_from(end - start).unwrap()];
        if memory.read_exact_at(&mut part, start).is_ok() {
            bytes.extend(part);
        }
    }
    assert!(bytes.len() > 1 << 16, "memory was read");
    bytes
}
