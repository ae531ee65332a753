//! SoftHSM: a token in software, with RSA keys. It counts wrong PINs and never locks, and knows no GOST.

use crate::{
    openssl_agrees, password, signs,
    suite::{Known, conforms},
    tokens_of,
};
use keystore::{Error, Store as _, TokenError, TokenStore, Tokens};
use pki::Signer as _;
use std::fs;
use virtual_cards::{SoftHsm, fixture};

fn tokens(hsm: &SoftHsm) -> Tokens {
    tokens_of(SoftHsm::MODULE, hsm.variable())
}

fn listed(hsm: &SoftHsm) -> TokenStore {
    let mut listing = tokens(hsm).list(&[]);
    assert_eq!(listing.troubles, []);
    assert_eq!(listing.tokens.len(), 1, "the empty slot is passed over");
    listing.tokens.pop().unwrap()
}

#[test]
fn softhsm_conforms() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = listed(&hsm);
    assert_eq!(store.token().model, "SoftHSM v2");
    conforms(
        &store,
        &Known {
            label: "agent",
            password: "123456",
            certificate: fixture(SoftHsm::KEY).certificate().der(),
            signs_in_parallel: false,
        },
    );
}

#[test]
fn a_key_imported_into_softhsm_signs_and_openssl_agrees() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = listed(&hsm);
    let id = store.entries().remove(0).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    assert_eq!(key.alias(), "signing key");
    signs(&key).unwrap();
}

#[test]
fn a_softhsm_that_signs_no_digests_signs_messages_and_openssl_agrees() {
    let Some(hsm) = SoftHsm::new() else { return };
    let config = fs::read_to_string(hsm.at("config")).unwrap();
    let only = "slots.mechanisms = CKM_SHA256_RSA_PKCS\n";
    fs::write(hsm.at("config"), config + only).unwrap();
    let store = listed(&hsm);
    let id = store.entries().remove(0).id;
    let key = store.unlock(&id, &password("123456")).unwrap();
    let message = b"to be signed";
    let digest = key.certificate().algorithm().digest().digest(message);
    assert_eq!(
        key.sign_digest(&digest).unwrap_err().to_string(),
        "the key could not sign: the token cannot sign with this kind of key"
    );
    openssl_agrees(&key, message, &key.sign_message(message, &digest).unwrap());
}

#[test]
fn softhsm_changes_its_pin_and_is_unblocked_with_the_security_officers() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = listed(&hsm);
    let id = store.entries().remove(0).id;
    let (old, new, third) = (password("123456"), password("654321"), password("111222"));
    assert_eq!(
        store.change_pin(Some(&new), Some(&third), false),
        Err(TokenError::WrongPin)
    );
    assert!(store.pin(&id).unwrap().low);
    store.change_pin(Some(&old), Some(&new), false).unwrap();
    assert_eq!(store.unlock(&id, &old).err(), Some(Error::WrongPassword));
    signs(&store.unlock(&id, &new).unwrap()).unwrap();
    let wrong = store.unblock(Some(&old), Some(&third));
    assert_eq!(wrong, Err(TokenError::WrongPin));
    store
        .unblock(Some(&password("12345678")), Some(&third))
        .unwrap();
    signs(&store.unlock(&id, &third).unwrap()).unwrap();
}

#[test]
fn a_token_that_comes_back_is_the_same_entry() {
    let Some(hsm) = SoftHsm::new() else { return };
    let store = listed(&hsm);
    let id = store.entries().remove(0).id;
    drop(store);
    let folder = fs::read_dir(hsm.at("tokens")).unwrap().next().unwrap();
    let (inside, away) = (folder.unwrap().path(), hsm.at("away"));
    fs::rename(&inside, &away).unwrap();
    assert!(tokens(&hsm).list(&[]).tokens.is_empty());
    fs::rename(&away, &inside).unwrap();
    let store = listed(&hsm);
    assert_eq!(store.entries().remove(0).id, id);
    signs(&store.unlock(&id, &password("123456")).unwrap()).unwrap();
}
