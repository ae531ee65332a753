//! Who may know whom: every dependency between our packages is one of these arrows.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what cargo says otherwise is a failed test"
)]

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// `(package, what it may use)`. No arrow points back; dev-dependencies are free, because tests check from outside.
const ARROWS: [(&str, &[&str]); 17] = [
    ("gost3410", &[]),
    ("pki", &["gost3410"]),
    ("fetch", &["pki"]),
    ("keystore", &["gost3410", "pki"]),
    ("signing", &["gost3410", "pki"]),
    ("window-messages", &[]),
    ("agent", &["keystore", "pki", "signing", "window-messages"]),
    ("server", &["agent"]),
    ("tanba", &["agent", "fetch", "server", "window-messages"]),
    ("tanba-window", &["window-messages"]),
    ("demo-portal", &["gost3410", "pki", "signing"]),
    ("robot", &["window-messages"]),
    ("e2e", &[]),
    ("tokens", &["keystore", "pki"]),
    ("virtual-cards", &["keystore", "pki"]),
    (
        "tanba-fuzz",
        &["agent", "gost3410", "keystore", "pki", "server", "signing"],
    ),
    ("xtask", &[]),
];

/// Who alone may know the dangerous things: sockets, the window's toolkit, ciphers that open key files.
const PLACES: [(&str, &[&str]); 9] = [
    ("axum", &["demo-portal"]),
    ("reqwest", &["fetch"]),
    ("rustls", &["server", "fetch", "demo-portal", "e2e"]),
    ("tauri", &["tanba-window"]),
    ("rc2", &["keystore"]),
    ("des", &["keystore"]),
    ("pcsc", &["keystore"]),
    ("cryptoki-sys", &["keystore", "tokens"]),
    // pki: nonces of OCSP requests.
    (
        "getrandom",
        // pki and signing: the nonces of OCSP and time-stamp requests, against replays.
        &[
            "gost3410",
            "pki",
            "keystore",
            "signing",
            "demo-portal",
            "agent",
        ],
    ),
];

#[test]
fn packages_know_only_those_below_them() {
    let packages = packages();
    let names: BTreeSet<_> = packages.iter().map(|(name, _)| name.clone()).collect();
    let allowed: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        names, allowed,
        "a package without a place in the architecture, or a place without a package"
    );
    for (name, uses) in &packages {
        let may = ARROWS
            .iter()
            .find(|(package, _)| package == name)
            .map_or(&[][..], |(_, may)| may);
        for used in uses.iter().filter(|used| names.contains(*used)) {
            assert!(may.contains(&used.as_str()), "{name} must not know {used}");
        }
    }
}

#[test]
fn dangerous_things_have_one_place() {
    for (name, uses) in packages() {
        for (thing, owners) in PLACES {
            assert!(
                !uses.contains(thing) || owners.contains(&name.as_str()),
                "{name} must not know {thing}"
            );
        }
    }
}

#[test]
fn every_fuzz_target_is_built() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz");
    let manifest =
        std::fs::read_to_string(format!("{folder}/Cargo.toml")).expect("fuzz/Cargo.toml");
    let listed = manifest.matches("path = \"fuzz_targets/").count();
    let mut files = 0;
    for entry in std::fs::read_dir(format!("{folder}/fuzz_targets"))
        .expect("targets")
        .flatten()
    {
        let name = entry.file_name().into_string().expect("a name in UTF-8");
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}\"")),
            "{name} is not in fuzz/Cargo.toml"
        );
        files += 1;
    }
    assert_eq!(
        listed, files,
        "fuzz/Cargo.toml lists a target without a file"
    );
}

/// Our packages and the names of what they depend on, without dev-dependencies.
fn packages() -> Vec<(String, BTreeSet<String>)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| {
            let uses = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter();
            (
                text(&package["name"]),
                uses.filter(|d| d["kind"] != "dev")
                    .map(|d| text(&d["name"]))
                    .collect(),
            )
        })
        .collect()
}
