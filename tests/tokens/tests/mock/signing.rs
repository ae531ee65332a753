//! Signatures: whatever way the token writes them, what comes out verifies, or nothing does.

use crate::{
    password,
    world::{
        AUTH_RSA, GOST256, GOST512, GOST2004, OTHER_GOST512, RSA, World, certificate, object, one,
        only, signs, token,
    },
};
use keystore::{Error, Store as _, TokenError};
use mock_pkcs11::script::{Layout, Object, Token};
use pki::Signer as _;

fn world(change: impl FnOnce(&mut Object), file: &str) -> World {
    let mut object = object(file);
    change(&mut object);
    World::new(&one(token([object])))
}

#[test]
fn gost_signatures_verify_however_the_token_writes_them() {
    for file in [GOST512, GOST256, GOST2004] {
        for layout in [
            Layout::Standard,
            Layout::National,
            Layout::HalvesSwapped,
            Layout::HalvesReversed,
        ] {
            for digest_reversed in [false, true] {
                let world = world(
                    |object| (object.layout, object.digest_reversed) = (layout, digest_reversed),
                    file,
                );
                let key = world.open().unwrap();
                assert_eq!(key.certificate().der(), certificate(file));
                signs(&key).unwrap();
                let first = world.count("C_Sign");
                assert_eq!(first, if digest_reversed { 2 } else { 1 });
                signs(&key).unwrap();
                assert_eq!(world.count("C_Sign"), first + 1, "the way is remembered");
            }
        }
    }
}

#[test]
fn rsa_is_signed_with_digest_info_or_with_our_own_padding() {
    for mechanisms in [vec![0x1, 0x3], vec![0x3], vec![0x1]] {
        let mut object = object(RSA);
        object.id = vec![5];
        let world = World::new(&one(Token {
            mechanisms,
            ..token([object])
        }));
        signs(&world.open().unwrap()).unwrap();
    }
}

#[test]
fn a_token_that_makes_digests_by_itself_gets_the_message() {
    let world = World::new(&one(Token {
        mechanisms: vec![0x40],
        ..token([object(RSA)])
    }));
    let key = world.open().unwrap();
    let digest = key.certificate().algorithm().digest();
    for message in [&b"to be signed"[..], &[0; 200 * 1024]] {
        let digest = digest.digest(message);
        let signature = key.sign_message(message, &digest).unwrap();
        let public = key.certificate().public_key();
        public.verify_digest(&digest, &signature).unwrap();
    }
    let cms = signing::cms::sign_attached(&key, b"to be signed", 1_795_219_200).unwrap();
    assert!(signing::cms::verify(&cms, None).unwrap().holds());
    // A digest alone it cannot sign, nor does it get a message of any length.
    assert_eq!(signs(&key), Err(TokenError::NoMechanism.into()));
    let long = vec![0; 1 << 20];
    key.sign_message(&long, &digest.digest(&long)).unwrap_err();
}

#[test]
fn a_token_without_the_mechanism_says_so() {
    for (file, mechanisms) in [(GOST512, vec![0x1, 0x1201]), (RSA, vec![0x1201, 0x6])] {
        let world = World::new(&one(Token {
            mechanisms,
            ..token([object(file)])
        }));
        let error = Some(Error::Token(TokenError::NoMechanism));
        assert_eq!(world.open().err(), error);
        assert_eq!(world.count("C_OpenSession"), world.count("C_CloseSession"));
    }
}

#[test]
fn a_wrong_signature_never_comes_out() {
    let wrong = Err(Error::Token(TokenError::WrongSignature));
    for file in [GOST512, GOST256, RSA] {
        let world = world(|object| object.corrupt = true, file);
        assert_eq!(signs(&world.open().unwrap()), wrong);
    }
    let world = world(|object| object.layout = Layout::Short, GOST512);
    assert_eq!(signs(&world.open().unwrap()), wrong);
}

#[test]
fn a_key_of_another_certificate_is_not_used() {
    // Same identifier and type, another person's key.
    let stranger = Object {
        certificate: false,
        ..object(OTHER_GOST512)
    };
    let mine = Object {
        key: false,
        ..object(GOST512)
    };
    let world = World::new(&one(token([stranger.clone(), mine.clone()])));
    let wrong = Err(Error::Token(TokenError::WrongSignature));
    assert_eq!(signs(&world.open().unwrap()), wrong);
    // And beside it the right one.
    let world = World::new(&one(token([stranger, object(GOST512)])));
    let key = world.open().unwrap();
    signs(&key).unwrap();
    signs(&key).unwrap();
}

#[test]
fn the_key_is_found_without_an_identifier() {
    for file in [GOST512, RSA] {
        let world = world(|object| object.no_id = true, file);
        signs(&world.open().unwrap()).unwrap();
    }
    // By the modulus, where identifiers lie.
    let swapped = |file, id, key_id| Object {
        id: vec![id],
        key_id: Some(vec![key_id]),
        ..object(file)
    };
    let world = World::new(&one(token([swapped(RSA, 1, 2), swapped(AUTH_RSA, 2, 1)])));
    let store = world.store();
    for entry in store.entries() {
        let key = store.unlock(&entry.id, &password("123456")).unwrap();
        assert_eq!(key.certificate().der(), entry.certificate.unwrap().der());
        signs(&key).unwrap();
    }
}

#[test]
fn a_certificate_whose_key_is_missing_is_not_offered_again() {
    let world = World::new(&one(token([
        object(GOST512),
        Object {
            id: vec![2],
            key: false,
            ..object(RSA)
        },
    ])));
    let store = world.store();
    let missing = store.entries().remove(1);
    assert_eq!(missing.problem, None, "keys hide before the log-in");
    let refused = store.unlock(&missing.id, &password("123456")).err();
    assert_eq!(refused, Some(TokenError::NoKey.into()));
    assert_eq!(store.entries()[1].problem, Some(TokenError::NoKey.into()));
    let calls = world.count("C_Login");
    let again = store.unlock(&missing.id, &password("123456")).err();
    assert_eq!(again, Some(TokenError::NoKey.into()));
    assert_eq!(world.count("C_Login"), calls, "no try for nothing");
}

#[test]
fn a_token_that_hides_its_certificates_is_opened_as_a_whole() {
    let hidden = |file, id| Object {
        id: vec![id],
        private_certificate: true,
        ..object(file)
    };
    let world = World::new(&one(token([hidden(GOST512, 1)])));
    let store = world.store();
    let entry = only(&store);
    assert!(entry.certificate.is_none() && entry.problem.is_none());
    let key = store.unlock(&entry.id, &password("123456")).unwrap();
    assert_eq!(key.certificate().der(), certificate(GOST512));
    signs(&key).unwrap();

    let world = World::new(&one(token([hidden(GOST512, 1), hidden(RSA, 2)])));
    let store = world.store();
    let all = only(&store);
    let choose = store.unlock(&all.id, &password("123456")).err();
    assert_eq!(choose, Some(TokenError::ChooseKey.into()));
    let entries = store.entries();
    assert_eq!(entries.len(), 2);
    for entry in entries {
        signs(&store.unlock(&entry.id, &password("123456")).unwrap()).unwrap();
    }

    let world = World::new(&one(token([])));
    let store = world.store();
    let nothing = store.unlock(&only(&store).id, &password("123456")).err();
    assert_eq!(nothing, Some(TokenError::NoKey.into()));
    assert!(store.entries().is_empty());
}

#[test]
fn a_key_that_wants_the_pin_each_time_gets_it_each_time_and_never_by_itself() {
    for file in [RSA, GOST512] {
        let world = world(|object| object.always_authenticate = true, file);
        let key = world.open().unwrap();
        assert!(key.pin_each_time());
        signs(&key).unwrap();
        let logins = world.count("C_Login");
        assert_eq!(signs(&key), Err(TokenError::PinAgain.into()));
        assert_eq!(world.count("C_Login"), logins, "no PIN was kept");
        key.give_pin(&password("123456")).unwrap();
        signs(&key).unwrap();
        key.give_pin(&password("999999")).unwrap();
        assert_eq!(signs(&key), Err(Error::WrongPassword));
        assert_eq!(signs(&key), Err(TokenError::PinAgain.into()));
    }
}

#[test]
fn a_token_that_forgets_the_log_in_asks_for_the_pin_visibly() {
    let world = world(|object| object.forgets = true, RSA);
    let key = world.open().unwrap();
    assert!(!key.pin_each_time());
    signs(&key).unwrap();
    assert_eq!(signs(&key), Err(TokenError::PinAgain.into()));
    key.give_pin(&password("123456")).unwrap();
    signs(&key).unwrap();
}

#[test]
fn a_hundred_documents_need_one_pin() {
    let world = world(|_| {}, GOST512);
    let key = world.open().unwrap();
    for _ in 0..100 {
        signs(&key).unwrap();
    }
    drop(key);
    // Dropping waits for nothing; what is asked next comes after it.
    let _ = world.store();
    assert_eq!(world.count("C_Login"), 1);
    assert_eq!(world.count("C_Logout"), 1);
    assert_eq!(world.count("C_OpenSession"), world.count("C_CloseSession"));
}
