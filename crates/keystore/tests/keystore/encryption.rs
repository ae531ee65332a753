//! Every way to protect a key file that OpenSSL knows, with every kind of password.

use crate::{make::*, password};
use keystore::{Error, KeyFile};
use pki::Signer;

fn opens(bytes: &[u8], secret: &str) {
    let file = KeyFile::from_bytes(bytes).unwrap();
    let key = file
        .open(&password(secret))
        .unwrap_or_else(|error| panic!("{secret:?}: {error}"));
    assert_eq!(key.certificate().der(), IDENTITY.certificate);
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
    assert_eq!(
        file.open(&password("another")).err(),
        Some(Error::WrongPassword)
    );
}

#[test]
fn files_of_old_programs_open() {
    opens(&IDENTITY.export("Qwerty12", &["-legacy"]), "Qwerty12");
    let ciphers = [
        "-legacy",
        "-keypbe",
        "PBE-SHA1-2DES",
        "-certpbe",
        "PBE-SHA1-RC2-128",
    ];
    opens(&IDENTITY.export("Qwerty12", &ciphers), "Qwerty12");
    opens(
        &IDENTITY.export("Qwerty12", &["-legacy", "-iter", "1"]),
        "Qwerty12",
    );
}

#[test]
fn files_of_new_programs_open_with_every_cipher_and_mac() {
    opens(&IDENTITY.export("Qwerty12", &[]), "Qwerty12");
    for (key, certificate, mac) in [
        ("AES-128-CBC", "AES-192-CBC", "sha384"),
        ("AES-256-CBC", "DES-EDE3-CBC", "sha512"),
        ("AES-192-CBC", "AES-256-CBC", "sha224"),
        ("AES-192-CBC", "NONE", "sha1"),
    ] {
        let options = ["-keypbe", key, "-certpbe", certificate, "-macalg", mac];
        opens(&IDENTITY.export("Qwerty12", &options), "Qwerty12");
    }
}

#[test]
fn passwords_of_every_kind_open_old_and_new_files() {
    for secret in ["Құпиясөз1", "ключ 🔑", "", "a"] {
        for options in [&["-legacy"][..], &[]] {
            opens(&IDENTITY.export(secret, options), secret);
        }
    }
}

#[test]
fn a_file_without_a_mac_tells_a_wrong_password_too() {
    for secret in ["Qwerty12", ""] {
        opens(&IDENTITY.export(secret, &["-nomac"]), secret);
        opens(&IDENTITY.export(secret, &["-nomac", "-legacy"]), secret);
    }
}

#[test]
fn every_hash_of_pbkdf2_is_known() {
    for prf in [
        "hmacWithSHA1",
        "hmacWithSHA224",
        "hmacWithSHA256",
        "hmacWithSHA384",
        "hmacWithSHA512",
    ] {
        let arguments = [
            "pkcs8",
            "-topk8",
            "-inform",
            "DER",
            "-outform",
            "DER",
            "-v2",
            "aes-256-cbc",
        ];
        let options = ["-v2prf", prf, "-passout", "pass:Qwerty12"];
        let encrypted = openssl(&[&arguments[..], &options].concat(), &IDENTITY.pkcs8);
        let bags = [
            shrouded_key_bag(&encrypted),
            certificate_bag(&IDENTITY.certificate, None),
        ];
        opens(&open_pfx(&[&bags[0], &bags[1]]), "Qwerty12");
    }
}

/// The MAC is computed by the `openssl` command, which cannot yet put it into a file itself.
#[test]
fn pbmac1_is_checked() {
    let bags = [
        key_bag(&IDENTITY.pkcs8, None),
        certificate_bag(&IDENTITY.certificate, None),
    ];
    let safe = authenticated_safe(&[&bags[0], &bags[1]]);
    let kdf = [
        "kdf",
        "-keylen",
        "32",
        "-kdfopt",
        "digest:SHA512",
        "-kdfopt",
        "pass:Қ1",
        "-kdfopt",
        "hexsalt:0102030405",
    ];
    let key = openssl(
        &[&kdf[..], &["-kdfopt", "iter:2048", "-binary", "PBKDF2"]].concat(),
        &[],
    );
    let key = key
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    let mac = [
        "mac",
        "-digest",
        "SHA256",
        "-macopt",
        &format!("hexkey:{key}"),
        "-binary",
        "-in",
        "-",
        "HMAC",
    ];
    let tag = openssl(&mac, &safe);

    let oid = |last: &[u8]| {
        tlv(
            0x06,
            &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d], last].concat(),
        )
    };
    let hmac_sha512 = sequence(&[&oid(&[2, 11]), &[5, 0]]);
    let hmac_sha256 = sequence(&[&oid(&[2, 9]), &[5, 0]]);
    let mac_data = |key_length: &[u8]| {
        let pbkdf2 = sequence(&[
            &tlv(0x04, &[1, 2, 3, 4, 5]),
            &tlv(0x02, &[8, 0]),
            key_length,
            &hmac_sha512,
        ]);
        let params = sequence(&[&sequence(&[&oid(&[1, 5, 12]), &pbkdf2]), &hmac_sha256]);
        let mac = sequence(&[&sequence(&[&oid(&[1, 5, 14]), &params]), &tlv(0x04, &tag)]);
        sequence(&[&mac, &tlv(0x04, &[0; 8]), &tlv(0x02, &[1])])
    };
    opens(&pfx(&safe, &mac_data(&tlv(0x02, &[32]))), "Қ1");
    // RFC 9579 section 4: without its length the key is not acceptable, nor a short one.
    for length in [vec![], tlv(0x02, &[16])] {
        let result = KeyFile::from_bytes(&pfx(&safe, &mac_data(&length)));
        assert_eq!(result.err(), Some(Error::Damaged(keystore::Part::MacData)));
    }
}

#[test]
fn an_unknown_cipher_or_mac_is_named_before_any_password() {
    let camellia = IDENTITY.export("Qwerty12", &["-keypbe", "CAMELLIA-256-CBC"]);
    let error = KeyFile::from_bytes(&camellia).err().unwrap();
    assert_eq!(
        error,
        Error::UnsupportedAlgorithm("1.2.392.200011.61.1.1.1.4".parse().unwrap())
    );
    let rc4 = IDENTITY.export("Qwerty12", &["-legacy", "-keypbe", "PBE-SHA1-RC4-128"]);
    let error = KeyFile::from_bytes(&rc4).err().unwrap();
    assert_eq!(
        error,
        Error::UnsupportedAlgorithm("1.2.840.113549.1.12.1.1".parse().unwrap())
    );
    let sha3 = IDENTITY.export("Qwerty12", &["-macalg", "SHA3-256"]);
    let error = KeyFile::from_bytes(&sha3).err().unwrap();
    assert_eq!(
        error,
        Error::UnsupportedAlgorithm("2.16.840.1.101.3.4.2.8".parse().unwrap())
    );
}
