//! What every store must hold to. A new kind of store adds one test that hands the suite a store and what it knows
//! about one of its keys. Tokens do that in `tests/tokens`, which takes this file in.

use crate::password;
use keystore::{EntryId, Error, Store};
use pki::Signer;

/// A key that the store under test is known to have.
pub(crate) struct Known<'a> {
    pub(crate) label: &'a str,
    pub(crate) password: &'a str,
    pub(crate) certificate: &'a [u8],
    /// Whether several threads may sign with it at once: a key in memory, not one on a token.
    pub(crate) signs_in_parallel: bool,
}

/// The suite.
pub(crate) fn conforms(store: &dyn Store, known: &Known<'_>) {
    assert!(!store.name().is_empty());

    let entries = store.entries();
    let ids: Vec<_> = entries.iter().map(|entry| entry.id.clone()).collect();
    let again: Vec<_> = store.entries().into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids, again, "listing changes nothing");
    for (index, id) in ids.iter().enumerate() {
        assert!(!ids[..index].contains(id), "an id names one key");
    }
    let entry = entries
        .iter()
        .find(|entry| entry.label == known.label)
        .unwrap();
    assert_eq!(entry.problem, None);

    let tries = store.tries_left(&entry.id).unwrap();
    assert_eq!(
        store.unlock(&entry.id, &password("wrong 1!")).err(),
        Some(Error::WrongPassword)
    );
    let fewer = store.tries_left(&entry.id).unwrap();
    assert_eq!(
        fewer,
        tries.map(|tries| tries - 1),
        "a wrong password costs one try where tries count"
    );

    let key = store.unlock(&entry.id, &password(known.password)).unwrap();
    assert_eq!(
        store.tries_left(&entry.id).unwrap(),
        tries,
        "the right password gives the tries back"
    );
    assert_eq!(key.certificate().der(), known.certificate);
    assert_eq!(key.signs_in_parallel(), known.signs_in_parallel);
    if let Some(alias) = &entry.alias {
        assert_eq!(key.alias(), alias);
    }
    if let Some(certificate) = &entry.certificate {
        assert_eq!(certificate.der(), known.certificate);
    }
    let digest = key
        .certificate()
        .algorithm()
        .digest()
        .digest(b"to be signed");
    for _ in 0..2 {
        let signature = key.sign_digest(&digest).unwrap();
        key.certificate()
            .public_key()
            .verify_digest(&digest, &signature)
            .unwrap();
    }
    key.sign_digest(&digest[1..]).unwrap_err();
    let second = store.unlock(&entry.id, &password(known.password)).unwrap();
    drop(key);
    second.sign_digest(&digest).unwrap();

    let stranger = EntryId::new("no such key");
    assert_eq!(
        store.unlock(&stranger, &password(known.password)).err(),
        Some(Error::UnknownEntry)
    );
    assert_eq!(store.tries_left(&stranger), Err(Error::UnknownEntry));

    for broken in entries.iter().filter(|entry| entry.problem.is_some()) {
        assert_eq!(
            store.unlock(&broken.id, &password(known.password)).err(),
            broken.problem
        );
    }
}
