//! Tokens hold to what all stores hold to.

use crate::{
    suite::{Known, conforms},
    world::{AUTH_RSA, GOST512, RSA, World, certificate, object, one, token},
};
use keystore::Store as _;
use mock_pkcs11::script::Object;

fn token_conforms(exact_tries: bool) {
    let mut script = one(token([
        object(GOST512),
        Object {
            id: vec![2],
            ..object(RSA)
        },
        Object {
            id: vec![3],
            key: false,
            ..object(AUTH_RSA)
        },
    ]));
    script.exact_tries = exact_tries;
    let world = World::new(&script);
    let store = world.store();
    assert_eq!(store.name(), "PKCS11");
    conforms(
        &store,
        &Known {
            label: "token",
            password: "123456",
            certificate: &certificate(GOST512),
            signs_in_parallel: false,
        },
    );
}

#[test]
fn tokens_that_count_conform() {
    token_conforms(true);
}

#[test]
fn tokens_that_do_not_tell_their_count_conform() {
    token_conforms(false);
}
