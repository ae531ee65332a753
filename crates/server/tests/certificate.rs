//! The local CA and the listener's certificate, as OpenSSL and the file system see them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use server::ca::{CaCertificate, Identity, IdentityOrigin, RENEW_BEFORE};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn make(folder: &Path) -> Identity {
    Identity::load_or_make(folder, SystemTime::now()).unwrap()
}

/// What `openssl x509 -text` says of a DER certificate.
fn openssl_text(folder: &Path, der: &[u8]) -> String {
    let file = folder.join("shown.der");
    fs::write(&file, der).unwrap();
    let output = Command::new("openssl")
        .args(["x509", "-inform", "DER", "-noout", "-text", "-in"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The line after the one that holds `heading`.
fn after<'a>(text: &'a str, heading: &str) -> &'a str {
    let mut lines = text.lines().skip_while(|line| !line.contains(heading));
    lines
        .next()
        .unwrap_or_else(|| panic!("{heading} is missing in {text}"));
    lines.next().unwrap().trim()
}

#[test]
fn the_ca_may_vouch_for_this_computer_only() {
    let folder = tempfile::tempdir().unwrap();
    let identity = make(folder.path());
    let text = openssl_text(folder.path(), identity.ca().der());
    assert!(text.contains("ASN1 OID: prime256v1"), "{text}");
    assert!(text.contains("ecdsa-with-SHA256"), "{text}");
    assert_eq!(
        after(&text, "X509v3 Basic Constraints: critical"),
        "CA:TRUE, pathlen:0"
    );
    assert_eq!(
        after(&text, "X509v3 Key Usage: critical"),
        "Certificate Sign"
    );
    let constraints = text
        .split("X509v3 Name Constraints: critical")
        .nth(1)
        .expect("critical name constraints");
    let permitted: Vec<&str> = constraints
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(3)
        .collect();
    assert_eq!(
        permitted,
        [
            "Permitted:",
            "DNS:localhost",
            "IP:127.0.0.1/255.255.255.255"
        ]
    );
}

#[test]
fn the_leaf_serves_two_names_for_at_most_397_days() {
    let folder = tempfile::tempdir().unwrap();
    let identity = make(folder.path());
    let text = openssl_text(folder.path(), identity.leaf_der());
    assert_eq!(
        after(&text, "X509v3 Subject Alternative Name"),
        "DNS:localhost, IP Address:127.0.0.1"
    );
    assert_eq!(
        after(&text, "X509v3 Extended Key Usage"),
        "TLS Web Server Authentication"
    );
    assert_eq!(
        after(&text, "X509v3 Key Usage: critical"),
        "Digital Signature"
    );
    assert_eq!(
        after(&text, "X509v3 Basic Constraints: critical"),
        "CA:FALSE"
    );

    let file = folder.path().join("shown.der");
    let ends_within = |days: u32| {
        let seconds = (days * 24 * 60 * 60).to_string();
        let arguments = [
            "x509",
            "-inform",
            "DER",
            "-noout",
            "-checkend",
            &seconds,
            "-in",
        ];
        !Command::new("openssl")
            .args(arguments)
            .arg(&file)
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(!ends_within(395));
    assert!(
        ends_within(397),
        "the whole life is 397 days, and one of them lies in the past"
    );
}

#[test]
fn openssl_builds_the_chain_for_both_names_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let verify = |check: &[&str]| {
        let identity = folder.path().join("tls/identity.pem");
        let leaf = folder.path().join("leaf.pem");
        let pem = fs::read_to_string(&identity).unwrap();
        let second = pem.rfind("-----BEGIN CERTIFICATE-----").unwrap();
        fs::write(&leaf, &pem[second..]).unwrap();
        let mut command = Command::new("openssl");
        command
            .args(["verify", "-x509_strict", "-purpose", "sslserver"])
            .args(check);
        command
            .arg("-CAfile")
            .arg(CaCertificate::path(folder.path()))
            .arg(&leaf);
        command.output().unwrap().status.success()
    };
    assert!(verify(&["-verify_hostname", "localhost"]));
    assert!(verify(&["-verify_ip", "127.0.0.1"]));
    assert!(!verify(&["-verify_hostname", "egov.kz"]));
    assert!(!verify(&["-verify_ip", "127.0.0.2"]));
}

#[test]
fn the_ca_key_is_nowhere_and_the_leaf_key_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let tls = folder.path().join("tls");
    let mut names: Vec<_> = fs::read_dir(&tls)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["ca.pem", "identity.pem", "lock"]);
    let identity = fs::read_to_string(tls.join("identity.pem")).unwrap();
    assert_eq!(
        identity.matches("PRIVATE KEY-----").count(),
        2,
        "one key: its first and its last line"
    );
    assert!(
        !fs::read_to_string(tls.join("ca.pem"))
            .unwrap()
            .contains("PRIVATE")
    );

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&tls.join("identity.pem")), 0o600);
        assert_eq!(mode(&tls), 0o700);
        fs::set_permissions(tls.join("identity.pem"), fs::Permissions::from_mode(0o644)).unwrap();
        make(folder.path());
        assert_eq!(
            mode(&tls.join("identity.pem")),
            0o600,
            "opened by someone, closed again"
        );
    }
}

#[test]
fn the_identity_is_kept_until_30_days_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemTime::now();
    let first = Identity::load_or_make(folder.path(), now).unwrap();
    assert_eq!(first.origin(), IdentityOrigin::First);

    let later = now + 396 * DAY - RENEW_BEFORE - DAY;
    let second = Identity::load_or_make(folder.path(), later).unwrap();
    assert_eq!(second.origin(), IdentityOrigin::Found);
    assert_eq!(second.leaf_der(), first.leaf_der());

    let third = Identity::load_or_make(folder.path(), later + 2 * DAY).unwrap();
    assert_eq!(third.origin(), IdentityOrigin::Replacement);
    assert_ne!(third.ca(), first.ca());
    assert_ne!(third.ca().nickname(), first.ca().nickname());
}

#[test]
fn a_clock_that_was_wrong_is_forgiven() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemTime::now();
    Identity::load_or_make(folder.path(), now).unwrap();
    let little_early = Identity::load_or_make(folder.path(), now - DAY / 2).unwrap();
    assert_eq!(
        little_early.origin(),
        IdentityOrigin::Found,
        "half a day back is within the certificate's life"
    );
    let long_ago = Identity::load_or_make(folder.path(), now - 10 * DAY).unwrap();
    assert_eq!(
        long_ago.origin(),
        IdentityOrigin::Replacement,
        "not valid yet: made anew"
    );
    let back_again = Identity::load_or_make(folder.path(), now + 395 * DAY).unwrap();
    assert_eq!(back_again.origin(), IdentityOrigin::Replacement);
}

#[test]
fn damaged_files_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tls/identity.pem");
    make(folder.path());
    let good = fs::read_to_string(&path).unwrap();
    let other = tempfile::tempdir().unwrap();
    make(other.path());
    let foreign = fs::read_to_string(other.path().join("tls/identity.pem")).unwrap();
    let key_at = |pem: &str| pem.find("-----BEGIN PRIVATE KEY-----").unwrap();
    let damaged = [
        String::new(),
        "nonsense".to_owned(),
        good[..good.len() / 2].to_owned(),
        good[key_at(&good)..].to_owned(),
        good[..key_at(&good)].to_owned(),
        format!("{}{}", &good[..key_at(&good)], &foreign[key_at(&foreign)..]),
        format!(
            "{}{}",
            &foreign[..foreign.find("-----END").unwrap()],
            &good[good.find("-----END").unwrap()..]
        ),
        "x".repeat(1024 * 1024),
    ];
    for content in damaged {
        fs::write(&path, &content).unwrap();
        let made = make(folder.path());
        assert_eq!(made.origin(), IdentityOrigin::Replacement, "{content:.40}");
        assert_eq!(make(folder.path()).origin(), IdentityOrigin::Found);
    }
}

#[test]
fn the_public_copy_is_put_back() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    let path = CaCertificate::path(folder.path());
    let ca = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(make(folder.path()).origin(), IdentityOrigin::Found);
    assert_eq!(fs::read(&path).unwrap(), ca);
}

#[test]
fn several_starts_at_once_agree_on_one_identity() {
    let folder = tempfile::tempdir().unwrap();
    let leaves: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| make(folder.path()).leaf_der().to_owned()))
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    assert!(leaves.windows(2).all(|pair| pair[0] == pair[1]));
}
