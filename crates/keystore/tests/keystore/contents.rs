//! What lies in the file, and what ought to.

use crate::{make::*, password};
use keystore::{Error, KeyFile, MAX_FILE_BYTES, OpenKey, Part};
use pki::Signer;

fn open(bytes: &[u8]) -> Result<OpenKey, Error> {
    KeyFile::from_bytes(bytes)?.open(&password("Qwerty12"))
}

fn error(bytes: &[u8]) -> Option<Error> {
    open(bytes).err()
}

#[test]
fn a_file_with_a_certificate_only_has_no_key() {
    assert_eq!(
        error(&IDENTITY.export("Qwerty12", &["-nokeys"])),
        Some(Error::NoKey)
    );
    assert_eq!(error(&open_pfx(&[])), Some(Error::NoKey));
}

#[test]
fn a_file_with_a_key_only_has_no_certificate() {
    assert_eq!(
        error(&IDENTITY.export("Qwerty12", &["-nocerts"])),
        Some(Error::NoCertificate)
    );
}

#[test]
fn a_key_beside_the_certificate_of_somebody_else_has_none_of_its_own() {
    let key = key_bag(&IDENTITY.pkcs8, Some(b"mine"));
    let theirs = certificate_bag(&OTHER.certificate, Some(b"theirs"));
    assert_eq!(
        error(&open_pfx(&[&key, &theirs])),
        Some(Error::NoCertificate)
    );
}

#[test]
fn two_keys_are_several() {
    let keys = [
        key_bag(&IDENTITY.pkcs8, Some(b"one")),
        key_bag(&OTHER.pkcs8, Some(b"two")),
    ];
    let certificate = certificate_bag(&IDENTITY.certificate, Some(b"one"));
    let file = open_pfx(&[&keys[0], &keys[1], &certificate]);
    assert_eq!(error(&file), Some(Error::SeveralKeys));
    assert_eq!(KeyFile::from_bytes(&file).unwrap().alias(), None);
}

#[test]
fn a_certificate_that_claims_the_key_but_holds_another_does_not_match() {
    for key_id in [None, Some(&b"same"[..])] {
        let bags = [
            key_bag(&IDENTITY.pkcs8, key_id),
            certificate_bag(&OTHER.certificate, key_id),
        ];
        assert_eq!(
            error(&open_pfx(&[&bags[0], &bags[1]])),
            Some(Error::KeyMismatch)
        );
    }
}

#[test]
fn the_certificate_is_found_among_others_by_its_public_key() {
    let key = key_bag(&IDENTITY.pkcs8, Some(b"id"));
    let own = certificate_bag(&IDENTITY.certificate, Some(b"id"));
    let own_unnamed = certificate_bag(&IDENTITY.certificate, None);
    let ca = certificate_bag(&OTHER.certificate, None);
    let foreign = certificate_bag(&P256.certificate, None);
    let deceiver = certificate_bag(&OTHER.certificate, Some(b"id"));
    for bags in [
        [&ca, &foreign, &own],
        [&own, &ca, &ca],
        [&deceiver, &foreign, &own_unnamed],
    ] {
        let opened = open(&open_pfx(&[bags[0], &key, bags[1], bags[2]])).unwrap();
        assert_eq!(opened.certificate().der(), IDENTITY.certificate);
        assert_eq!(opened.alias(), "6964");
    }
}

#[test]
fn a_key_without_attributes_is_named_by_its_key_identifier() {
    let file = open_pfx(&[
        &key_bag(&IDENTITY.pkcs8, None),
        &certificate_bag(&IDENTITY.certificate, None),
    ]);
    assert_eq!(KeyFile::from_bytes(&file).unwrap().alias(), None);
    let key = open(&file).unwrap();
    let identifier = key.certificate().public_key().key_identifier();
    assert_eq!(
        key.alias(),
        identifier
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    );
}

#[test]
fn friendly_names_are_read() {
    let file = IDENTITY.export("Qwerty12", &["-name", "Менің кілтім"]);
    assert_eq!(
        KeyFile::from_bytes(&file).unwrap().alias().unwrap(),
        "Менің кілтім"
    );
    assert_eq!(open(&file).unwrap().alias(), "Менің кілтім");
}

#[test]
fn keys_that_we_cannot_use_are_named() {
    let elliptic = P256.export("Qwerty12", &[]);
    assert_eq!(
        error(&elliptic),
        Some(Error::UnsupportedAlgorithm(
            "1.2.840.10045.2.1".parse().unwrap()
        ))
    );
    assert_eq!(
        error(&SHORT_RSA.export("Qwerty12", &[])),
        Some(Error::RsaKeySize)
    );
}

#[test]
fn bags_may_nest_but_not_without_end() {
    let mut bag = key_bag(&IDENTITY.pkcs8, None);
    let certificate = certificate_bag(&IDENTITY.certificate, None);
    for _ in 0..4 {
        bag = safe_contents_bag(&[&bag]);
    }
    open(&open_pfx(&[&bag, &certificate])).unwrap();
    let deeper = open_pfx(&[&safe_contents_bag(&[&bag]), &certificate]);
    assert!(matches!(
        error(&deeper),
        Some(Error::Damaged(Part::SafeContents | Part::AuthenticatedSafe))
    ));
}

#[test]
fn what_is_not_a_key_file_is_not_called_a_damaged_one() {
    let pem = openssl(&["x509", "-inform", "DER"], &IDENTITY.certificate);
    for other in [
        &pem[..],
        b"PK\x03\x04",
        b"\0",
        b"MIIG",
        &IDENTITY.certificate,
        &IDENTITY.pkcs8,
        &[0xfe, 0xed, 0xfe, 0xed],
    ] {
        assert_eq!(
            error(other),
            Some(Error::NotPkcs12),
            "{:02x?}",
            &other[..4.min(other.len())]
        );
    }
}

#[test]
fn bytes_after_the_end_do_not_matter() {
    let mut file = IDENTITY.export("Qwerty12", &[]);
    file.extend(b"\r\n\0\0");
    open(&file).unwrap();
}

#[test]
fn a_file_of_more_than_64_mib_is_refused_unread() {
    assert_eq!(
        error(&vec![0x30; MAX_FILE_BYTES + 1]),
        Some(Error::TooLarge)
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.p12");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    assert_eq!(KeyFile::read(&path).err(), Some(Error::TooLarge));
}

#[test]
fn a_missing_file_and_a_folder_are_input_errors() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        KeyFile::read(folder.path()).err(),
        Some(Error::Io(std::io::ErrorKind::InvalidInput))
    );
    let missing = folder.path().join("missing.p12");
    assert_eq!(
        KeyFile::read(&missing).err(),
        Some(Error::Io(std::io::ErrorKind::NotFound))
    );
}

#[test]
fn a_million_tiny_bags_neither_hang_nor_exhaust_memory() {
    let tiny = key_bag(&[0x05, 0x00], None);
    let count = 1_000_000;
    let content = tiny.repeat(count);
    let wrap = |tag: u8, content: Vec<u8>| {
        let mut element = vec![tag, 0x84];
        element.extend((content.len() as u32).to_be_bytes());
        element.extend(content);
        element
    };
    let data = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01,
    ]
    .to_vec();
    let info = |content| {
        wrap(
            0x30,
            [data.clone(), wrap(0xa0, wrap(0x04, content))].concat(),
        )
    };
    let file = wrap(
        0x30,
        [vec![2, 1, 3], info(wrap(0x30, info(wrap(0x30, content))))].concat(),
    );
    assert_eq!(error(&file), Some(Error::SeveralKeys));
}

#[test]
fn a_changed_byte_of_an_unprotected_file_is_an_error_or_changes_nothing_that_counts() {
    let key = key_bag(&IDENTITY.pkcs8, Some(b"id"));
    let certificate = certificate_bag(&IDENTITY.certificate, Some(b"id"));
    let file = open_pfx(&[&key, &certificate]);
    for position in (0..file.len()).step_by(7) {
        let mut changed = file.clone();
        changed[position] ^= 1 << (position % 8);
        let Ok(key) = open(&changed) else { continue };
        let digest = key
            .certificate()
            .algorithm()
            .digest()
            .digest(b"to be signed");
        let signature = key.sign_digest(&digest).unwrap();
        key.certificate()
            .public_key()
            .verify_digest(&digest, &signature)
            .unwrap();
    }
}
