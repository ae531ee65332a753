//! Lists on disk: used while they are new, never believed because they are there.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use pki::{
    FetchError,
    chain::Issuer,
    revocation::{
        CacheLimits, Evidence, RevocationCache, RevocationContext, RevocationStatus, UnknownCause,
        check_revocation,
    },
};
use tempfile::TempDir;

use super::{
    authority::Authority,
    causes,
    http::{Answer, Http, Server},
    now,
};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

struct Case {
    authority: Authority,
    folder: TempDir,
    server: Server,
    works: Arc<AtomicBool>,
}

impl Case {
    fn new() -> Self {
        let authority = Authority::new();
        let list = authority.make_list("", "");
        let works = Arc::new(AtomicBool::new(true));
        let up = works.clone();
        Self {
            authority,
            folder: TempDir::new().unwrap(),
            server: Server::start(move |_, _| match up.load(Ordering::SeqCst) {
                true => Answer::Body(list.clone()),
                false => Answer::Status(503),
            }),
            works,
        }
    }

    fn cache(&self) -> RevocationCache {
        RevocationCache::new(self.folder.path().join("lists"), CacheLimits::default())
    }

    fn ask(&self, cache: &RevocationCache, at: i64) -> RevocationStatus {
        check_revocation(
            &self.authority.good,
            &Issuer::from(&self.authority.certificate),
            &RevocationContext {
                fetch: &Http,
                at,
                ocsp_url: Some(""),
                crl_url: Some(&self.server.url("list.crl")),
                cache,
                deadline: Duration::from_secs(10),
            },
        )
    }

    fn files(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join("lists");
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    }
}

fn good(status: RevocationStatus) -> Evidence {
    match status {
        RevocationStatus::Good(evidence) => evidence,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_is_fetched_once_an_hour_also_by_the_next_process() {
    let case = Case::new();
    let (first, second) = (case.cache(), case.cache());
    assert!(!good(case.ask(&first, now())).cached);
    assert!(good(case.ask(&first, now())).cached);
    assert!(good(case.ask(&second, now() + HOUR / 2)).cached);
    assert_eq!(case.server.asked(), 1);
    assert!(!good(case.ask(&second, now() + 2 * HOUR)).cached);
    assert_eq!(case.server.asked(), 2);
    assert_eq!(case.files().len(), 1, "{:?}", case.files());
}

#[test]
fn an_older_list_serves_for_a_week_where_no_newer_one_is_to_be_had() {
    let case = Case::new();
    let cache = case.cache();
    good(case.ask(&cache, now()));
    case.works.store(false, Ordering::SeqCst);
    assert!(good(case.ask(&cache, now() + 6 * DAY)).cached);
    let too_old = causes(case.ask(&cache, now() + 8 * DAY));
    assert_eq!(too_old[1], UnknownCause::Fetch(FetchError::Status(503)));
    // Kept in the future: the clock was wrong then, or is now.
    let early = causes(case.ask(&cache, now() - DAY));
    assert_eq!(early[1], UnknownCause::Fetch(FetchError::Status(503)));
}

#[test]
fn a_damaged_file_is_fetched_anew() {
    let case = Case::new();
    let cache = case.cache();
    good(case.ask(&cache, now()));
    let file = case.files().remove(0);
    let whole = fs::read(&file).unwrap();
    let damages: [fn(&mut Vec<u8>); 5] = [
        Vec::clear,
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.push(0),
        |bytes| bytes[0] ^= 1,
        |bytes| {
            let middle = bytes.len() / 3;
            bytes[middle] ^= 1;
        },
    ];
    for (asked, damage) in (2..).zip(damages) {
        let mut bytes = whole.clone();
        damage(&mut bytes);
        fs::write(&file, &bytes).unwrap();
        // In the process that had checked it, and in one that never saw it.
        let fresh = case.cache();
        let cache = if asked % 2 == 0 { &cache } else { &fresh };
        assert!(!good(case.ask(cache, now())).cached);
        assert_eq!(case.server.asked(), asked);
        assert_eq!(fs::read(&file).unwrap()[16..], whole[16..]);
    }
}

#[test]
fn a_forged_file_that_revokes_nobody_is_not_believed() {
    let case = Case::new();
    let cache = case.cache();
    good(case.ask(&cache, now()));
    let file = case.files().remove(0);
    // The list of another authority in the place of ours.
    let other = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../keystore-fixtures/ca/tanba_demo_gost.crl"
    );
    let mut forged = fs::read(&file).unwrap();
    forged.truncate(16);
    forged.extend(fs::read(other).unwrap());
    fs::write(&file, forged).unwrap();
    case.works.store(false, Ordering::SeqCst);
    let causes = causes(case.ask(&cache, now()));
    assert_eq!(causes[1], UnknownCause::Fetch(FetchError::Status(503)));
    assert!(case.files().is_empty(), "{:?}", case.files());
}

#[test]
fn an_older_list_does_not_replace_a_newer_one() {
    let authority = Authority::new();
    let older = authority.make_list("", "-crl_lastupdate 20260301000000Z");
    let newer = authority.make_list("", "");
    let folder = TempDir::new().unwrap();
    let holds_back = Arc::new(AtomicBool::new(false));
    let old = holds_back.clone();
    let server = Server::start(move |_, _| {
        Answer::Body(match old.load(Ordering::SeqCst) {
            true => older.clone(),
            false => newer.clone(),
        })
    });
    let case = Case {
        authority,
        folder,
        server,
        works: holds_back,
    };
    let cache = case.cache();
    let first = good(case.ask(&cache, now()));
    case.works.store(true, Ordering::SeqCst);
    let second = good(case.ask(&cache, now() + 2 * HOUR));
    assert_eq!(case.server.asked(), 2);
    assert_eq!(
        (second.this_update, second.cached),
        (first.this_update, true)
    );
}

#[test]
fn lists_take_no_more_room_than_they_may() {
    let case = Case::new();
    let limits = CacheLimits {
        total_bytes: 2000,
        ..CacheLimits::default()
    };
    let cache = RevocationCache::new(case.folder.path().join("lists"), limits);
    for number in 0..6 {
        let status = check_revocation(
            &case.authority.good,
            &Issuer::from(&case.authority.certificate),
            &RevocationContext {
                fetch: &Http,
                at: now(),
                ocsp_url: Some(""),
                crl_url: Some(&case.server.url(&format!("{number}.crl"))),
                cache: &cache,
                deadline: Duration::from_secs(10),
            },
        );
        good(status);
    }
    let total: u64 = case
        .files()
        .iter()
        .map(|file| file.metadata().unwrap().len())
        .sum();
    assert!(total <= 2000 && total > 0, "{total} bytes");
}
