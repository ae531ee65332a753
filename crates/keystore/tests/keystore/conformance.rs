//! The stores of this crate that need nothing from outside, through the suite.

use crate::{
    make::IDENTITY,
    password,
    suite::{Known, conforms},
};
use keystore::{Error, P12Store, Store};

#[test]
fn key_files_conform() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("good.p12"),
        IDENTITY.export("Qwerty12", &["-name", "good"]),
    )
    .unwrap();
    std::fs::write(at("text.p12"), "not a key").unwrap();
    let names = ["text.p12", "good.p12", "good.p12", "gone.p12"];
    let store = P12Store::new(names.map(at));
    assert_eq!(store.name(), "PKCS12");
    let problems: Vec<_> = store
        .entries()
        .into_iter()
        .map(|entry| (entry.label, entry.problem))
        .collect();
    let expected = [
        ("text.p12".to_owned(), Some(Error::NotPkcs12)),
        ("good.p12".to_owned(), None),
        (
            "gone.p12".to_owned(),
            Some(Error::Io(std::io::ErrorKind::NotFound)),
        ),
    ];
    assert_eq!(problems, expected);
    conforms(
        &store,
        &Known {
            label: "good.p12",
            password: "Qwerty12",
            certificate: &IDENTITY.certificate,
            signs_in_parallel: true,
        },
    );
}

#[test]
fn a_file_that_is_replaced_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.p12");
    std::fs::write(&path, "not yet a key").unwrap();
    let store = P12Store::new([path.clone()]);
    let id = P12Store::entry_id(&path);
    assert_eq!(store.entries()[0].id, id);
    assert_eq!(
        store.unlock(&id, &password("Qwerty12")).err(),
        Some(Error::NotPkcs12)
    );
    let bytes = IDENTITY.export("Qwerty12", &[]);
    std::fs::write(&path, &bytes).unwrap();
    store.unlock(&id, &password("Qwerty12")).unwrap();
    let sha256 = pki::DigestAlgorithm::Sha256.digest(&bytes);
    assert_eq!(store.entries()[0].file_sha256.unwrap()[..], sha256);
}
