//! Key derivation rounds are refused before they are spent.

use crate::{make::*, password};
use keystore::{Error, KeyFile, MAX_ROUNDS};
use std::time::{Duration, Instant};

/// EncryptedPrivateKeyInfo under 3DES that asks for these rounds; its ciphertext is nonsense.
fn shrouded(rounds: u32) -> Vec<u8> {
    let triple_des = [
        0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, 0x03,
    ];
    let params = sequence(&[&tlv(0x04, &[7; 8]), &tlv(0x02, &integer(rounds))]);
    let encrypted = sequence(&[&sequence(&[&triple_des, &params]), &tlv(0x04, &[0; 16])]);
    shrouded_key_bag(&encrypted)
}

/// MacData of HMAC-SHA1 that asks for these rounds.
fn mac_data(rounds: &[u8]) -> Vec<u8> {
    let sha1 = sequence(&[&[0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a], &[5, 0]]);
    sequence(&[
        &sequence(&[&sha1, &tlv(0x04, &[0; 20])]),
        &tlv(0x04, &[7; 8]),
        &tlv(0x02, rounds),
    ])
}

fn integer(number: u32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut integer = bytes[zeros.min(3)..].to_vec();
    if integer[0] & 0x80 != 0 {
        integer.insert(0, 0);
    }
    integer
}

#[test]
fn one_round_too_many_is_refused_at_once_and_the_last_allowed_is_not() {
    let start = Instant::now();
    let empty = authenticated_safe(&[]);
    for rounds in [integer(MAX_ROUNDS + 1), integer(u32::MAX), vec![0x7f; 40]] {
        assert_eq!(
            KeyFile::from_bytes(&pfx(&empty, &mac_data(&rounds))).err(),
            Some(Error::TooManyRounds)
        );
    }
    KeyFile::from_bytes(&pfx(&empty, &mac_data(&integer(MAX_ROUNDS)))).unwrap();
    assert_eq!(
        KeyFile::from_bytes(&open_pfx(&[&shrouded(MAX_ROUNDS + 1)])).err(),
        Some(Error::TooManyRounds)
    );
    KeyFile::from_bytes(&open_pfx(&[&shrouded(MAX_ROUNDS)])).unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn the_rounds_of_all_parts_count_together() {
    let safe = authenticated_safe(&[&shrouded(MAX_ROUNDS / 2)]);
    KeyFile::from_bytes(&pfx(&safe, &mac_data(&integer(MAX_ROUNDS / 2)))).unwrap();
    let more = pfx(&safe, &mac_data(&integer(MAX_ROUNDS / 2 + 1)));
    assert_eq!(KeyFile::from_bytes(&more).err(), Some(Error::TooManyRounds));
}

#[test]
fn a_long_key_costs_its_rounds_for_each_block() {
    let hmac_sha1 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x07];
    let pbkdf2 = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c,
    ];
    let pbmac1 = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0e,
    ];
    let file = |rounds: u32| {
        // 1000 bytes of key are 50 blocks of HMAC-SHA1, which is PBKDF2's default.
        let parameters = sequence(&[
            &tlv(0x04, &[7; 8]),
            &tlv(0x02, &integer(rounds)),
            &tlv(0x02, &integer(1000)),
        ]);
        let derivation = sequence(&[&pbkdf2, &parameters]);
        let scheme = sequence(&[&derivation, &sequence(&[&hmac_sha1])]);
        let mac = sequence(&[&sequence(&[&pbmac1, &scheme]), &tlv(0x04, &[0; 20])]);
        let mac_data = sequence(&[&mac, &tlv(0x04, &[7; 8]), &tlv(0x02, &[1])]);
        KeyFile::from_bytes(&pfx(&authenticated_safe(&[]), &mac_data))
    };
    file(MAX_ROUNDS / 50).unwrap();
    assert_eq!(file(MAX_ROUNDS / 50 + 1).err(), Some(Error::TooManyRounds));
}

#[test]
fn no_rounds_and_negative_ones_are_damage() {
    for rounds in [&[0][..], &[0xff], &[0x80, 0]] {
        let file = pfx(&authenticated_safe(&[]), &mac_data(rounds));
        assert_eq!(
            KeyFile::from_bytes(&file).err(),
            Some(Error::Damaged(keystore::Part::MacData)),
            "{rounds:?}"
        );
    }
}

#[test]
fn nonsense_under_a_right_number_of_rounds_is_a_wrong_password() {
    let file = KeyFile::from_bytes(&open_pfx(&[&shrouded(2048)])).unwrap();
    assert_eq!(
        file.open(&password("Qwerty12")).err(),
        Some(Error::WrongPassword)
    );
}
