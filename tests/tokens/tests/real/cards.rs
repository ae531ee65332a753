//! A PIV card through pcscd and OpenSC's module.

use crate::{password, signs, tokens_of, watch::watch};
use keystore::{
    Entry, Error, Store as _, TokenError, TokenModel, TokenStore, Tokens, Unlock,
    pcsc::InsertedCard,
};
use pki::Signer as _;
use virtual_cards::{AUTHENTICATION, Card, OPENSC, Pcscd, READERS, SIGNATURE, fixture, installed};

fn tokens(pcscd: &Pcscd) -> Option<Tokens> {
    if !installed(&[OPENSC]) {
        return None;
    }
    Some(tokens_of(OPENSC, pcscd.variable()))
}

/// The card's only token, as soon as the reader has noticed it.
fn store(tokens: &Tokens, cards: &[InsertedCard]) -> TokenStore {
    for _ in 0..100 {
        let mut listing = tokens.list(cards);
        assert_eq!(listing.troubles, []);
        if let Some(store) = listing.tokens.pop() {
            return store;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no token");
}

fn entry(store: &TokenStore, file: &str) -> Entry {
    let wanted = fixture(file).certificate().der().to_vec();
    let mut entries = store.entries().into_iter();
    entries
        .find(|entry| {
            entry
                .certificate
                .as_ref()
                .is_some_and(|it| it.der() == wanted)
        })
        .unwrap()
}

#[test]
fn both_keys_of_a_piv_card_sign_and_the_second_wants_the_pin_each_time() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let Some(tokens) = tokens(&pcscd) else { return };
    let card = Card::fresh();
    let _inserted = pcscd.insert(&card);
    let store = store(&tokens, &[]);
    assert_eq!(store.model(), TokenModel::Other);
    assert_eq!(store.entries().len(), 2);

    let id = entry(&store, AUTHENTICATION).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    assert!(!key.pin_each_time());
    for _ in 0..3 {
        signs(&key).unwrap();
    }
    drop(key);

    let id = entry(&store, SIGNATURE).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    assert!(key.pin_each_time());
    signs(&key).unwrap();
    assert_eq!(signs(&key), Err(TokenError::PinAgain.into()));
    key.give_pin(&password("123456")).unwrap();
    signs(&key).unwrap();
    assert_eq!(card.tries(), 3);
}

#[test]
fn wrong_pins_lock_a_piv_card_only_after_a_yes() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let Some(tokens) = tokens(&pcscd) else { return };
    let card = Card::fresh();
    let _inserted = pcscd.insert(&card);
    let store = store(&tokens, &[]);
    let id = entry(&store, AUTHENTICATION).id;
    let wrong = password("999999");
    for left in [2, 1] {
        assert_eq!(store.unlock(&id, &wrong).err(), Some(Error::WrongPassword));
        assert_eq!(card.tries(), left);
    }
    // OpenSC tells nothing of the first one.
    let pin = store.pin(&id).unwrap();
    assert!(pin.low && pin.last_try);
    assert_eq!(store.tries_left(&id), Ok(Some(1)));
    let refused = store.unlock(&id, &wrong).err();
    assert_eq!(refused, Some(TokenError::LastTry.into()));
    assert_eq!(card.tries(), 1, "nothing was sent");
    let agreed = Unlock {
        password: Some(&wrong),
        last_try_agreed: true,
    };
    let last = store.unlock_as(&id, agreed).err();
    assert!(
        last == Some(Error::WrongPassword) || last == Some(TokenError::PinLocked.into()),
        "{last:?}"
    );
    assert_eq!(card.tries(), 0);
    assert!(store.pin(&id).unwrap().locked);
    let locked = store.unlock(&id, &password("123456")).err();
    assert_eq!(locked, Some(TokenError::PinLocked.into()));
}

#[test]
fn a_piv_card_changes_its_pin() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let Some(tokens) = tokens(&pcscd) else { return };
    let card = Card::fresh();
    let _inserted = pcscd.insert(&card);
    let store = store(&tokens, &[]);
    let (old, new) = (password("123456"), password("654321"));
    store.change_pin(Some(&old), Some(&new), false).unwrap();
    let id = entry(&store, AUTHENTICATION).id;
    signs(&store.unlock(&id, &new).unwrap()).unwrap();
    assert_eq!(store.unlock(&id, &old).err(), Some(Error::WrongPassword));
    assert_eq!(card.tries(), 2);
}

#[test]
fn a_card_taken_out_and_put_back_goes_on() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let Some(tokens) = tokens(&pcscd) else { return };
    let card = Card::fresh();
    let inserted = pcscd.insert(&card);
    let before = store(&tokens, &[]);
    let id = entry(&before, AUTHENTICATION).id;
    let key = before.unlock(&id, &password("123456")).unwrap();
    signs(&key).unwrap();
    drop(inserted);
    let gone = signs(&key);
    assert_eq!(gone, Err(TokenError::Removed.into()));
    drop(key);
    let _inserted = pcscd.insert(&card);
    let after = store(&tokens, &[]);
    assert_eq!(entry(&after, AUTHENTICATION).id, id);
    signs(&after.unlock(&id, &password("123456")).unwrap()).unwrap();
    assert_eq!(card.tries(), 3);
}

#[test]
fn the_answer_to_reset_names_the_store_of_a_token() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let Some(tokens) = tokens(&pcscd) else { return };
    let atr = [
        0x3b, 0xd5, 0x18, 0x00, 0x81, 0x31, 0x3a, 0x7d, 0x80, 0x73, 0xc8, 0x21, 0x10, 0x30,
    ];
    let card = Card::with_atr(&atr);
    let _inserted = pcscd.insert(&card);
    let watch = watch(&pcscd);
    watch.expect(&format!(
        "Running; {} = 3bd5180081313a7d8073c8211030; {} = Empty",
        READERS[0], READERS[1]
    ));
    let inserted = InsertedCard {
        reader: READERS[0].to_owned(),
        atr: atr.to_vec(),
    };
    // OpenSC may not take this one for a PIV card: the store's name does not depend on that.
    assert_eq!(TokenModel::of_card(&inserted), TokenModel::EToken72K);
    for store in tokens.list(&[inserted]).tokens {
        assert_eq!(store.name(), "AKEToken72KStore");
    }
}

#[test]
fn unblocking_a_piv_card_is_not_opensc_s_business_and_is_told_as_that() {
    let Some(pcscd) = Pcscd::started() else {
        return;
    };
    let Some(tokens) = tokens(&pcscd) else { return };
    let card = Card::fresh();
    let _inserted = pcscd.insert(&card);
    let store = store(&tokens, &[]);
    let (puk, new) = (password("12345678"), password("654321"));
    let outcome = store.unblock(Some(&puk), Some(&new));
    assert_eq!(outcome, Err(TokenError::CannotUnblock));
    let id = entry(&store, AUTHENTICATION).id;
    signs(&store.unlock(&id, &password("123456")).unwrap()).unwrap();
}
