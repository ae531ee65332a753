use std::process::Command;

use crate::support::{run, tanba};

fn certutil_is_missing() -> bool {
    let missing = Command::new("certutil").arg("-H").output().is_err();
    assert!(
        !missing || std::env::var("CI").as_deref() != Ok("true"),
        "certutil is missing"
    );
    if missing {
        println!("passed over: certutil is not installed");
    }
    missing
}

#[test]
fn install_status_and_remove_tell_the_truth() {
    if certutil_is_missing() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let status = || run(home.path(), &["trust", "status"]);
    let (code, out, _) = status();
    assert_eq!(code, 1);
    assert!(
        out.contains("does not trust Tanba") && out.contains("tanba trust install"),
        "{out}"
    );

    let (code, out, err) = run(home.path(), &["trust", "install"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("trusts Tanba now") && out.contains("ca.pem"),
        "{out}"
    );
    assert_eq!(status().0, 0);
    let (code, out, _) = run(home.path(), &["trust", "install", "--json"]);
    assert_eq!(code, 0);
    let row: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(row["result"], "already-there");
    assert_eq!(
        row["store"],
        home.path().join(".pki/nssdb").display().to_string()
    );

    let (code, out, _) = run(home.path(), &["trust", "remove"]);
    assert_eq!(code, 0);
    assert!(out.contains("trusts Tanba no more"), "{out}");
    let (code, out, _) = run(home.path(), &["trust", "status", "--json"]);
    assert_eq!(code, 1);
    let row: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(row["result"], "not-trusted");
}

#[test]
fn a_missing_certutil_is_told_with_the_package() {
    let home = tempfile::tempdir().unwrap();
    let output = tanba(home.path())
        .args(["trust", "status"])
        .env("PATH", home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("libnss3-tools"), "{err}");
}
