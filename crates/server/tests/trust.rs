//! Browser stores, with the real `certutil` in a home folder of the test's own.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use server::Error;
use server::ca::{CaCertificate, Identity};
use server::trust::{self, Browser, Change, Places, State};
use tempfile::TempDir;

/// Without `certutil` there is nothing to try; where everything is checked it must be there.
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

struct Home {
    folder: TempDir,
    ca: CaCertificate,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity =
            Identity::load_or_make(&folder.path().join("data"), SystemTime::now()).unwrap();
        Self {
            ca: identity.ca().clone(),
            folder,
        }
    }

    fn places(&self) -> Places {
        Places::in_home(self.folder.path())
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// A Firefox with two profiles: one that has run, one that has not.
    fn with_firefox(self, base: &str) -> Self {
        let base = self.path(base);
        for profile in ["one.default", "two.default-release"] {
            fs::create_dir_all(base.join(profile)).unwrap();
        }
        let ini = "[Profile0]\nName=one\nIsRelative=1\nPath=one.default\n\n[Profile1]\nIsRelative=1\n\
                   Path=two.default-release\n\n[Profile2]\nIsRelative=1\nPath=gone\n";
        fs::write(base.join("profiles.ini"), ini).unwrap();
        certutil(&base.join("one.default"), &["-N", "--empty-password"], &[]);
        self
    }

    fn other_ca(&self) -> CaCertificate {
        let folder = tempfile::tempdir().unwrap();
        Identity::load_or_make(folder.path(), SystemTime::now())
            .unwrap()
            .ca()
            .clone()
    }
}

fn certutil(store: &Path, arguments: &[&str], input: &[u8]) -> String {
    use std::io::Write;
    let mut child = Command::new("certutil")
        .args(arguments)
        .arg("-d")
        .arg(format!("sql:{}", store.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn changes(outcomes: Vec<trust::Outcome<Change>>) -> Vec<Change> {
    outcomes
        .into_iter()
        .map(|(_, change)| change.unwrap())
        .collect()
}

fn states(home: &Home) -> Vec<State> {
    let outcomes = trust::status(&home.places(), Some(&home.ca)).unwrap();
    outcomes
        .into_iter()
        .map(|(_, state)| state.unwrap())
        .collect()
}

#[test]
fn a_fresh_home_gets_a_database_that_trusts_the_ca() {
    if certutil_is_missing() {
        return;
    }
    let home = Home::new();
    assert_eq!(states(&home), [State::NotTrusted]);
    assert!(!home.path(".pki").exists(), "asking makes nothing");

    assert_eq!(
        changes(trust::install(&home.places(), &home.ca).unwrap()),
        [Change::Installed]
    );
    assert_eq!(states(&home), [State::Trusted]);
    let store = home.path(".pki/nssdb");
    let der = certutil(&store, &["-L", "-n", &home.ca.nickname(), "-a"], &[]);
    let pem = fs::read_to_string(CaCertificate::path(&home.path("data"))).unwrap();
    assert_eq!(
        der.replace("\r\n", "\n").trim(),
        pem.trim(),
        "the very certificate"
    );
    certutil(&store, &["-V", "-n", &home.ca.nickname(), "-u", "L"], &[]);

    assert_eq!(
        changes(trust::install(&home.places(), &home.ca).unwrap()),
        [Change::AlreadyThere]
    );
    assert_eq!(
        changes(trust::remove(&home.places()).unwrap()),
        [Change::Removed]
    );
    assert_eq!(states(&home), [State::NotTrusted]);
    assert_eq!(
        changes(trust::remove(&home.places()).unwrap()),
        [Change::NothingToRemove]
    );
}

#[test]
fn every_firefox_profile_is_found_classic_snap_and_flatpak() {
    if certutil_is_missing() {
        return;
    }
    for base in [
        ".mozilla/firefox",
        ".config/mozilla/firefox",
        "snap/firefox/common/.mozilla/firefox",
        ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ] {
        let home = Home::new().with_firefox(base);
        let stores = home.places().stores();
        let firefox: Vec<_> = stores
            .iter()
            .filter(|store| store.browser == Browser::Firefox)
            .collect();
        assert_eq!(firefox.len(), 2, "{base}: {stores:?}");
        assert_eq!(
            changes(trust::install(&home.places(), &home.ca).unwrap()),
            [Change::Installed; 3]
        );
        assert_eq!(states(&home), [State::Trusted; 3]);
        assert_eq!(
            changes(trust::remove(&home.places()).unwrap()),
            [Change::Removed; 3]
        );
    }
}

#[test]
fn other_peoples_certificates_stay() {
    if certutil_is_missing() {
        return;
    }
    let home = Home::new();
    let store = home.path(".pki/nssdb");
    trust::install(&home.places(), &home.ca).unwrap();
    for (nickname, flags) in [
        ("Firm, Inc. root", "CT,C,C"),
        ("Tanba local CA of the firm", "C,,"),
    ] {
        certutil(
            &store,
            &["-A", "-n", nickname, "-t", flags],
            home.other_ca().der(),
        );
    }
    assert_eq!(
        changes(trust::remove(&home.places()).unwrap()),
        [Change::Removed]
    );
    let list = certutil(&store, &["-L"], &[]);
    assert!(
        list.contains("Firm, Inc. root") && list.contains("Tanba local CA of the firm"),
        "{list}"
    );
    assert!(!list.contains(&home.ca.nickname()), "{list}");
}

#[test]
fn a_new_ca_takes_the_place_of_the_old_one() {
    if certutil_is_missing() {
        return;
    }
    let home = Home::new().with_firefox(".mozilla/firefox");
    let old = home.other_ca();
    let profile = home.path(".mozilla/firefox/one.default");
    certutil(
        &profile,
        &["-A", "-n", &old.nickname(), "-t", "C,,"],
        old.der(),
    );
    assert_eq!(
        states(&home),
        [State::NotTrusted, State::Outdated, State::NotTrusted]
    );

    let followed = trust::follow(&home.places(), &home.ca).unwrap();
    assert_eq!(followed.len(), 1, "only where an old one was trusted");
    assert_eq!(
        states(&home),
        [State::NotTrusted, State::Trusted, State::NotTrusted]
    );
    assert!(!certutil(&profile, &["-L"], &[]).contains(&old.nickname()));
}

#[test]
fn a_ca_without_trust_is_repaired() {
    if certutil_is_missing() {
        return;
    }
    let home = Home::new();
    trust::install(&home.places(), &home.ca).unwrap();
    certutil(
        &home.path(".pki/nssdb"),
        &["-M", "-n", &home.ca.nickname(), "-t", ",,"],
        &[],
    );
    assert_eq!(states(&home), [State::Outdated]);
    assert_eq!(
        changes(trust::install(&home.places(), &home.ca).unwrap()),
        [Change::Installed]
    );
    assert_eq!(states(&home), [State::Trusted]);
}

#[test]
fn a_profile_with_a_primary_password_is_told_and_left_clean_and_the_others_are_done() {
    if certutil_is_missing() {
        return;
    }
    let home = Home::new().with_firefox(".mozilla/firefox");
    let locked = home.path(".mozilla/firefox/two.default-release");
    let password = home.path("password");
    fs::write(&password, "secret12\n").unwrap();
    certutil(&locked, &["-N", "-f", password.to_str().unwrap()], &[]);

    let outcomes = trust::install(&home.places(), &home.ca).unwrap();
    assert!(matches!(outcomes[0].1, Ok(Change::Installed)));
    assert!(matches!(outcomes[1].1, Ok(Change::Installed)));
    let Err(Error::StoreLocked { store }) = &outcomes[2].1 else {
        panic!("{:?}", outcomes[2].1)
    };
    assert_eq!(*store, locked);
    assert!(
        !certutil(&locked, &["-L"], &[]).contains("Tanba"),
        "no half-trusted certificate stays behind"
    );
}

#[test]
fn a_broken_database_is_an_error_of_that_store() {
    if certutil_is_missing() {
        return;
    }
    let home = Home::new();
    fs::create_dir_all(home.path(".pki/nssdb")).unwrap();
    fs::write(home.path(".pki/nssdb/cert9.db"), "not a database").unwrap();
    let outcomes = trust::install(&home.places(), &home.ca).unwrap();
    assert!(
        matches!(outcomes[0].1, Err(Error::Certutil { .. })),
        "{:?}",
        outcomes[0].1
    );
}
