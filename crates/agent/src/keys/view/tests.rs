use std::{fs, path::Path};

use pki::Certificate;
use window_messages::{KeyPlace, KeyProblem, KeyPurpose, KeyRole, KeyState};

use super::{
    super::{Filter, Found, Place},
    name, selected, views,
};
use crate::{ask::Stance, certificates::Verdict};

/// 2026-11-21.
const NOW: i64 = 1_795_219_200;

fn certificate(name: &str) -> Certificate {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures/certificates");
    Certificate::from_bytes(&fs::read(folder.join(name)).unwrap()).unwrap()
}

fn key(name: &str, certificate: Option<Certificate>) -> Found {
    Found {
        id: name.to_owned(),
        place: Place::File(Path::new("/home/keys").join(name)),
        sha256: None,
        problem: None,
        certificate,
        verdict: Verdict::default(),
        last_used: None,
        used_here: false,
    }
}

#[test]
fn keys_are_ordered_by_use_here_use_elsewhere_and_fitness() {
    let individual = || Some(certificate("028343d1ee0ad94f42789fc6a236572bf290147f.cer"));
    let expired = Some(certificate("00897ba3909750c7dd7651e47ac2da7bd81a6587.cer"));
    let keys = [
        Found {
            last_used: Some(90),
            ..key("expired.p12", expired)
        },
        Found {
            problem: Some(KeyProblem::NotAKeyFile),
            ..key("broken.p12", None)
        },
        key("unknown-b.p12", None),
        key("unknown-a.p12", None),
        key("usable.p12", individual()),
        Found {
            last_used: Some(10),
            ..key("used-long-ago.p12", individual())
        },
        Found {
            last_used: Some(20),
            ..key("used-lately.p12", individual())
        },
        Found {
            last_used: Some(5),
            used_here: true,
            ..key("used-here.p12", individual())
        },
    ];
    let views = views(&keys, &Filter::default(), NOW);
    let names: Vec<_> = views.iter().map(|view| name(&view.place)).collect();
    assert_eq!(
        names,
        [
            "used-here.p12",
            "used-lately.p12",
            "used-long-ago.p12",
            "usable.p12",
            "unknown-a.p12",
            "unknown-b.p12",
            "expired.p12",
            "broken.p12",
        ]
    );
    assert_eq!(selected(&views).as_deref(), Some("used-here.p12"));
    assert!(matches!(
        views[6].state,
        KeyState::Unusable {
            problem: KeyProblem::Expired { .. }
        }
    ));
    assert_eq!(views[4].state, KeyState::Unknown);
}

#[test]
fn a_key_used_here_that_no_longer_fits_is_not_selected() {
    let expired = Some(certificate("00897ba3909750c7dd7651e47ac2da7bd81a6587.cer"));
    let keys = [
        Found {
            used_here: true,
            ..key("a.p12", expired)
        },
        key("b.p12", None),
    ];
    let views = views(&keys, &Filter::default(), NOW);
    assert_eq!(name(&views[0].place), "b.p12");
    assert_eq!(selected(&views), None);
}

#[test]
fn a_key_with_something_against_it_comes_after_the_others_and_is_not_selected() {
    let expired = Some(certificate("00897ba3909750c7dd7651e47ac2da7bd81a6587.cer"));
    let keys = [
        Found {
            used_here: true,
            last_used: Some(5),
            ..key("a.p12", expired)
        },
        key("b.p12", None),
    ];
    let filter = Filter {
        expired: Stance::Ask,
        ..Filter::default()
    };
    let views = views(&keys, &filter, NOW);
    assert_eq!(name(&views[1].place), "a.p12");
    assert_eq!(views[1].state, KeyState::Usable);
    assert_eq!(views[1].cautions.len(), 1);
    assert_eq!(selected(&views), None);
}

#[test]
fn a_row_tells_whose_key_it_is_only_when_the_file_has_been_opened() {
    let head = Some(certificate("6bc87b64de1979fd15f7eadd1ba6ae00070c3438.cer"));
    let views = views(
        &[key("a.p12", head), key("b.p12", None)],
        &Filter::default(),
        NOW,
    );
    let owner = views[0].owner.as_ref().unwrap();
    assert_eq!(owner.iin.as_deref(), Some("123456789011"));
    assert_eq!(owner.bin.as_deref(), Some("123456789021"));
    assert_eq!(owner.role, Some(KeyRole::Head));
    assert_eq!(views[0].purpose, Some(KeyPurpose::Both));
    assert!(matches!(&views[0].place, KeyPlace::File { folder, .. } if folder == "keys"));
    assert_eq!(
        (&views[1].owner, views[1].purpose, views[1].not_after),
        (&None, None, None)
    );
}
