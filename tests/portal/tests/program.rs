//! The portal as a program, and its own certificate.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails says where"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use demo_portal::TlsFiles;
use time::{Duration, OffsetDateTime};

#[cfg(unix)]
#[test]
fn says_where_it_listens_and_ends_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut portal = Command::new(env!("CARGO_BIN_EXE_tanba-portal"))
        .args(["--port", "0", "--trust"])
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../keystore-fixtures/ca"
        ))
        .arg("--data-dir")
        .arg(folder.path())
        .args(["--authority", "127.0.0.1:0", "--fixtures"])
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../keystore-fixtures"
        ))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(portal.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    let port = said["address"]
        .as_str()
        .unwrap()
        .strip_prefix("https://localhost:")
        .unwrap();
    std::net::TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap();
    let authority = said["authority"].as_str().unwrap();
    let authority = authority.strip_prefix("http://").unwrap();
    std::net::TcpStream::connect(authority).unwrap();
    assert!(
        std::fs::read_to_string(said["ca"].as_str().unwrap())
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    assert!(
        Command::new("kill")
            .arg(portal.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    assert!(portal.wait().unwrap().success());
}

#[test]
fn a_folder_without_roots_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tanba-portal"))
        .args(["--port", "0", "--trust"])
        .arg(folder.path())
        .arg("--data-dir")
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no certificate in"));
}

#[test]
fn the_certificate_is_kept_until_a_month_before_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let now = OffsetDateTime::now_utc();
    let read = |moment| {
        std::fs::read(
            TlsFiles::find_or_make(folder.path(), moment)
                .unwrap()
                .certificate,
        )
        .unwrap()
    };
    let first = read(now);
    assert_eq!(read(now + Duration::days(365)), first);
    assert_ne!(read(now + Duration::days(368)), first);
}

#[test]
fn damaged_files_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let now = OffsetDateTime::now_utc();
    let files = TlsFiles::find_or_make(folder.path(), now).unwrap();
    std::fs::write(&files.certificate, "nothing").unwrap();
    TlsFiles::find_or_make(folder.path(), now)
        .unwrap()
        .server_config()
        .unwrap();
}

#[cfg(unix)]
#[test]
fn the_private_key_is_for_this_user_only_and_the_cas_is_nowhere() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let files = TlsFiles::find_or_make(folder.path(), OffsetDateTime::now_utc()).unwrap();
    assert_eq!(
        std::fs::metadata(&files.key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let keys = std::fs::read_dir(folder.path()).unwrap().filter(|file| {
        std::fs::read_to_string(file.as_ref().unwrap().path())
            .unwrap()
            .contains("PRIVATE KEY")
    });
    assert_eq!(keys.count(), 1);
}
