//! Time and memory of looking through large revocation lists: `cargo bench -p pki --bench revocation`.
//!
//! The aims: a list of 200 000 certificates that is on disk is searched in 50 ms and 32 MB; one of 50 MB costs no
//! 50 MB. Every measurement runs in a process of its own, because the peak of memory belongs to a process.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a measurement without its files is none"
)]

use std::{
    env,
    fs::{self, File},
    io::Read,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use gost3410::{Curve, SigningKey};
use pki::{
    Certificate, DigestAlgorithm, Fetch, FetchError, FetchRequest,
    chain::Issuer,
    revocation::{
        CacheLimits, RevocationCache, RevocationContext, RevocationStatus, check_revocation,
    },
};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../keystore-fixtures");
/// 2026-06-01T00:00:00Z, within the lists.
const AT: i64 = 1_780_272_000;
const SEARCHES: usize = 21;

/// `(authority, a certificate of it)`.
const FAMILIES: [(&str, &str); 2] = [
    (
        "tanba_demo_gost",
        "028343d1ee0ad94f42789fc6a236572bf290147f",
    ),
    ("tanba_demo_rsa", "8f53657752bb77db36e60908e5633d5bc2b2e506"),
];

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, child, family, folder] = arguments.as_slice()
        && child == "search"
    {
        return search(family.parse().unwrap(), Path::new(folder));
    }
    for (index, (authority, _)) in FAMILIES.iter().enumerate() {
        for entries in [200_000, 1_000_000] {
            let folder = tempfile::tempdir().unwrap();
            let bytes = make_list(index, entries, &folder.path().join("list"));
            println!("{authority}: {entries} certificates, {} KiB", bytes / 1024);
            for title in ["from the network", "from the disk"] {
                let output = Command::new(env::current_exe().unwrap())
                    .args(["search", &index.to_string()])
                    .arg(folder.path())
                    .output()
                    .unwrap();
                assert!(output.status.success(), "{output:?}");
                println!(
                    "  {title}: {}",
                    String::from_utf8_lossy(&output.stdout).trim()
                );
            }
        }
    }
}

/// One process: the first search, which fetches or checks the signature, and the median of those after it.
fn search(family: usize, folder: &Path) {
    let (authority, leaf) = FAMILIES[family];
    let issuer = Issuer::from(&read(&format!("ca/{authority}")));
    let certificate = read(&format!("certificates/{leaf}"));
    let cache = RevocationCache::new(folder.join("cache"), CacheLimits::default());
    let list = folder.join("list");
    let once = || {
        let start = Instant::now();
        let status = check_revocation(
            &certificate,
            &issuer,
            &RevocationContext {
                fetch: &FromFile(&list),
                at: AT,
                ocsp_url: Some(""),
                crl_url: Some("http://crl.example/list.crl"),
                cache: &cache,
                deadline: Duration::from_secs(60),
            },
        );
        assert!(
            matches!(status, RevocationStatus::Revoked { .. }),
            "{status:?}"
        );
        start.elapsed()
    };
    let first = once();
    let mut later: Vec<_> = (1..SEARCHES).map(|_| once()).collect();
    later.sort();
    println!(
        "first search {first:.1?}, then {:.1?}, peak memory {} KiB",
        later[later.len() / 2],
        peak_memory()
    );
}

struct FromFile<'a>(&'a Path);

impl Fetch for FromFile<'_> {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        Ok(Box::new(File::open(self.0).unwrap()))
    }
}

fn read(name: &str) -> Certificate {
    Certificate::from_bytes(&fs::read(format!("{DEMO}/{name}.cer")).unwrap()).unwrap()
}

/// Peak of resident memory in KiB; zero where the system does not say.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

/// Writes a list as the national authority writes them; the certificate stands two thirds down. Gives its size.
fn make_list(family: usize, entries: usize, path: &Path) -> usize {
    let (authority, leaf) = FAMILIES[family];
    let issuer = read(&format!("ca/{authority}"));
    let serial = read(&format!("certificates/{leaf}"))
        .serial_number()
        .to_vec();
    let entry = |serial: &[u8]| {
        wrap(
            0x30,
            &[
                &wrap(0x02, &[serial]),
                &wrap(0x17, &[b"260201000000Z"]),
                // reasonCode affiliationChanged
                b"\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x03",
            ],
        )
    };
    let mut revoked = Vec::new();
    for number in 0..entries as u64 {
        let mut other = [0x11; 20];
        other[8..16].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        let listed = number == entries as u64 * 2 / 3;
        revoked.extend(entry(if listed { &serial } else { &other }));
    }
    // What the root signed itself with, it signs its lists with.
    let oid = der::Encode::to_der(&issuer.signature_oid()).unwrap();
    let algorithm = wrap(0x30, &[&oid, b"\x05\x00"]);
    let tbs = wrap(
        0x30,
        &[
            b"\x02\x01\x01",
            &algorithm,
            issuer.subject().der(),
            b"\x17\x0d260531230000Z\x17\x0d260701000000Z",
            &wrap(0x30, &[&revoked]),
        ],
    );
    let signature = match issuer.public_key().as_gost() {
        Some(key) => {
            let key = gost_key(authority, key);
            let digest = DigestAlgorithm::Streebog512.digest(&tbs);
            key.sign_prehash(&digest).unwrap().to_bytes()
        }
        None => rsa_signature(authority, &tbs, path),
    };
    let list = wrap(0x30, &[&tbs, &algorithm, &wrap(0x03, &[&[0], &signature])]);
    fs::write(path, &list).unwrap();
    list.len()
}

/// The demo authority's GOST key: the last bytes of its PKCS #8.
fn gost_key(authority: &str, public: &gost3410::VerifyingKey) -> SigningKey {
    let pem = fs::read_to_string(format!("{DEMO}/ca/{authority}.key.pem")).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, base64).unwrap();
    let bytes = &der[der.len() - 64..];
    [
        SigningKey::from_le_bytes(Curve::Gost512A, bytes),
        SigningKey::from_be_bytes(Curve::Gost512A, bytes),
    ]
    .into_iter()
    .flatten()
    .find(|key| key.verifying_key().to_xy_le() == public.to_xy_le())
    .expect("the key of the certificate")
}

fn rsa_signature(authority: &str, tbs: &[u8], path: &Path) -> Vec<u8> {
    let (data, signature) = (path.with_extension("tbs"), path.with_extension("sig"));
    fs::write(&data, tbs).unwrap();
    let output = Command::new("openssl")
        .args(["dgst", "-sha256", "-sign"])
        .arg(format!("{DEMO}/ca/{authority}.key.pem"))
        .arg("-out")
        .args([&signature, &data])
        .output()
        .expect("openssl is needed");
    assert!(output.status.success(), "{output:?}");
    fs::read(signature).unwrap()
}

fn wrap(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut der = vec![tag];
    if content.len() < 0x80 {
        der.push(content.len() as u8);
    } else {
        let length = (content.len() as u64).to_be_bytes();
        let zeros = length.iter().take_while(|byte| **byte == 0).count();
        der.push(0x80 | (8 - zeros) as u8);
        der.extend(&length[zeros..]);
    }
    der.extend(content);
    der
}
