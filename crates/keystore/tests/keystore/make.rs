//! Makes key files: with the `openssl` command, and bag by bag for what it refuses to make.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::LazyLock,
};
use tempfile::TempDir;

/// An RSA key (PKCS#8, DER) with a certificate (DER), and the PEM files that OpenSSL takes.
pub(crate) struct Identity {
    folder: TempDir,
    pub(crate) pkcs8: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
}

impl Identity {
    fn generate(key_algorithm: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (key, certificate) = (path("key.pem"), path("certificate.pem"));
        let subject = [
            "-subj",
            "/CN=ТЕСТОВ ТЕСТ/serialNumber=IIN123456789011",
            "-utf8",
            "-days",
            "2",
        ];
        let files = ["-keyout", &key, "-out", &certificate];
        openssl(
            &[&["req", "-x509", "-nodes"], key_algorithm, &subject, &files].concat(),
            &[],
        );
        let pkcs8 = openssl(
            &[
                "pkcs8", "-topk8", "-nocrypt", "-in", &key, "-outform", "DER",
            ],
            &[],
        );
        let certificate = openssl(&["x509", "-in", &certificate, "-outform", "DER"], &[]);
        Self {
            folder,
            pkcs8,
            certificate,
        }
    }

    /// What `openssl pkcs12 -export` makes with these options.
    pub(crate) fn export(&self, password: &str, options: &[&str]) -> Vec<u8> {
        let path = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let (key, certificate) = (path("key.pem"), path("certificate.pem"));
        let password = format!("pass:{password}");
        let fixed = [
            "pkcs12",
            "-export",
            "-in",
            &certificate,
            "-passout",
            &password,
        ];
        let key = if options.contains(&"-nokeys") {
            vec![]
        } else {
            vec!["-inkey", &key]
        };
        openssl(&[&fixed, &key[..], options].concat(), &[])
    }
}

pub(crate) static IDENTITY: LazyLock<Identity> =
    LazyLock::new(|| Identity::generate(&["-newkey", "rsa:2048"]));
pub(crate) static OTHER: LazyLock<Identity> =
    LazyLock::new(|| Identity::generate(&["-newkey", "rsa:2048"]));
pub(crate) static SHORT_RSA: LazyLock<Identity> =
    LazyLock::new(|| Identity::generate(&["-newkey", "rsa:1024"]));
pub(crate) static P256: LazyLock<Identity> =
    LazyLock::new(|| Identity::generate(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]));

/// Runs `openssl` and returns what it prints.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// A DER element.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match content.len() {
        short @ 0..=0x7f => element.push(short as u8),
        medium @ 0x80..=0xff => element.extend([0x81, medium as u8]),
        long => element.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    element.extend(content);
    element
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

const DATA: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01,
];
const X509: &[u8] = &[
    0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01,
];
const LOCAL_KEY_ID: &[u8] = &[
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15,
];

fn bag(kind: u8, value: &[u8], key_id: Option<&[u8]>) -> Vec<u8> {
    let kind = [
        0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, kind,
    ];
    let attributes = key_id.map_or_else(Vec::new, |id| {
        tlv(0x31, &sequence(&[LOCAL_KEY_ID, &tlv(0x31, &tlv(0x04, id))]))
    });
    sequence(&[&kind, &tlv(0xa0, value), &attributes])
}

/// keyBag: PrivateKeyInfo in the open.
pub(crate) fn key_bag(pkcs8: &[u8], key_id: Option<&[u8]>) -> Vec<u8> {
    bag(1, pkcs8, key_id)
}

/// pkcs8ShroudedKeyBag: EncryptedPrivateKeyInfo.
pub(crate) fn shrouded_key_bag(encrypted: &[u8]) -> Vec<u8> {
    bag(2, encrypted, None)
}

pub(crate) fn certificate_bag(certificate: &[u8], key_id: Option<&[u8]>) -> Vec<u8> {
    bag(
        3,
        &sequence(&[X509, &tlv(0xa0, &tlv(0x04, certificate))]),
        key_id,
    )
}

/// safeContentsBag: bags in a bag.
pub(crate) fn safe_contents_bag(bags: &[&[u8]]) -> Vec<u8> {
    bag(6, &sequence(bags), None)
}

/// AuthenticatedSafe with one safe in the open.
pub(crate) fn authenticated_safe(bags: &[&[u8]]) -> Vec<u8> {
    sequence(&[&content_info(&sequence(bags))])
}

fn content_info(content: &[u8]) -> Vec<u8> {
    sequence(&[DATA, &tlv(0xa0, &tlv(0x04, content))])
}

/// PFX; `mac_data` may be empty.
pub(crate) fn pfx(authenticated_safe: &[u8], mac_data: &[u8]) -> Vec<u8> {
    sequence(&[
        &[0x02, 0x01, 0x03],
        &content_info(authenticated_safe),
        mac_data,
    ])
}

/// PFX of these bags without encryption and without a MAC.
pub(crate) fn open_pfx(bags: &[&[u8]]) -> Vec<u8> {
    pfx(&authenticated_safe(bags), &[])
}
