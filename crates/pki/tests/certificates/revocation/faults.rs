//! Servers that do wrong: every fault has a name, and none takes longer than it may.

use std::time::{Duration, Instant};

use pki::{
    Fetch, FetchError, FetchRequest,
    chain::Issuer,
    revocation::{
        CacheLimits, RevocationCache, RevocationContext, RevocationStatus, UnknownCause,
        check_revocation,
    },
};

use super::{
    ask,
    authority::Authority,
    causes,
    http::{Answer, Http, Server},
    now,
};

struct Offline;

impl Fetch for Offline {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn std::io::Read + Send>, FetchError> {
        Err(FetchError::Offline)
    }
}

/// What becomes of asking this server for both, within a deadline.
fn ask_both(
    authority: &Authority,
    fetch: &dyn Fetch,
    server: &Server,
    deadline: Duration,
) -> Vec<UnknownCause> {
    let cache = RevocationCache::in_memory(CacheLimits {
        list_bytes: 1 << 20,
        ..CacheLimits::default()
    });
    let start = Instant::now();
    let url = server.url("");
    let status = check_revocation(
        &authority.good,
        &Issuer::from(&authority.certificate),
        &RevocationContext {
            fetch,
            at: now(),
            ocsp_url: Some(&url),
            crl_url: Some(&url),
            cache: &cache,
            deadline,
        },
    );
    let took = start.elapsed();
    assert!(took < deadline + Duration::from_secs(1), "{took:?}");
    causes(status)
}

#[test]
fn every_fault_of_a_server_has_a_name() {
    let authority = Authority::new();
    let list = authority.make_list("", "");
    let long = Duration::from_secs(10);
    let fetch = |error| UnknownCause::Fetch(error);
    let expect = |server: Server, both: UnknownCause| {
        let causes = ask_both(&authority, &Http, &server, long);
        assert_eq!(causes, [both.clone(), both]);
    };
    expect(
        Server::start(|_, _| Answer::Status(500)),
        fetch(FetchError::Status(500)),
    );
    let half = list.clone();
    expect(
        Server::start(move |_, _| Answer::Half(half.clone())),
        fetch(FetchError::Broken),
    );
    expect(
        Server::with_body(b"<html><body>Wi-Fi</body></html>".to_vec()),
        UnknownCause::WebPage,
    );
    // Neither a response nor a list, but DER that goes on for ever: 1 GiB by its own words.
    let endless = [&[0x30, 0x84, 0x40, 0, 0, 0][..], &[0; 60_000]].concat();
    let server = Server::start(move |_, _| Answer::Endless(endless.clone()));
    let causes = ask_both(&authority, &Http, &server, long);
    assert_eq!(causes[0], fetch(FetchError::TooLarge));
    assert!(
        matches!(causes[1], UnknownCause::Unreadable(_)),
        "{causes:?}"
    );
}

#[test]
fn an_endless_list_is_cut_off_at_the_limit() {
    let authority = Authority::new();
    let list = authority.make_list("", "");
    // A good beginning, and then entries that never end.
    let serial = list
        .windows(2)
        .position(|bytes| bytes == [0x02, 0x14])
        .unwrap();
    let entry = &list[serial - 2..][..usize::from(list[serial - 1]) + 2];
    let tbs_header = if list[5] == 0x81 { 3 } else { 4 };
    let head = &list[4 + tbs_header..serial - 4];
    let tbs = &[0x30, 0x84, 0x70, 0, 0, 0][..];
    let start = [
        &[0x30, 0x84, 0x7f, 0, 0, 0][..],
        tbs,
        head,
        &[0x30, 0x84, 0x60, 0, 0, 0],
    ]
    .concat();
    let entries = entry.repeat(1000);
    struct Endless(Vec<u8>, Vec<u8>);
    impl Fetch for Endless {
        fn fetch(
            &self,
            request: &FetchRequest<'_>,
        ) -> Result<Box<dyn std::io::Read + Send>, FetchError> {
            struct Body(Vec<u8>, Vec<u8>, usize);
            impl std::io::Read for Body {
                fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
                    let rest = match self.0.get(self.2..) {
                        Some(rest) if !rest.is_empty() => rest,
                        _ => {
                            self.0.clone_from(&self.1);
                            self.2 = 0;
                            &self.0
                        }
                    };
                    let count = rest.len().min(room.len());
                    room[..count].copy_from_slice(&rest[..count]);
                    self.2 += count;
                    Ok(count)
                }
            }
            match request.body {
                Some(_) => Err(FetchError::Offline),
                None => Ok(Box::new(Body(self.0.clone(), self.1.clone(), 0))),
            }
        }
    }
    let server = Server::start(|_, _| Answer::Silence);
    let causes = ask_both(
        &authority,
        &Endless(start, entries),
        &server,
        Duration::from_secs(10),
    );
    assert_eq!(causes[1], UnknownCause::Fetch(FetchError::TooLarge));
}

#[test]
fn a_server_that_is_silent_or_slow_takes_no_longer_than_the_deadline() {
    let authority = Authority::new();
    let list = authority.make_list("", "");
    let short = Duration::from_millis(600);
    for server in [
        Server::start(|_, _| Answer::Silence),
        Server::start(move |_, _| Answer::Trickle(list.clone())),
    ] {
        let timeout = UnknownCause::Fetch(FetchError::Timeout);
        let causes = ask_both(&authority, &Http, &server, short);
        assert_eq!(causes, [timeout.clone(), timeout]);
        assert_eq!(server.asked(), 2, "the list was not asked for");
    }
}

#[test]
fn a_silent_responder_leaves_time_for_the_list() {
    let authority = Authority::new();
    let silent = Server::start(|_, _| Answer::Silence);
    let list = Server::with_body(authority.make_list("", ""));
    let status = check_revocation(
        &authority.good,
        &Issuer::from(&authority.certificate),
        &RevocationContext {
            fetch: &Http,
            at: now(),
            ocsp_url: Some(&silent.url("")),
            crl_url: Some(&list.url("")),
            cache: &RevocationCache::in_memory(CacheLimits::default()),
            deadline: Duration::from_secs(2),
        },
    );
    assert!(matches!(status, RevocationStatus::Good(_)), "{status:?}");
}

#[test]
fn offline_and_addresses_that_are_none_are_named() {
    let authority = Authority::new();
    let server = Server::start(|_, _| Answer::Silence);
    let offline = UnknownCause::Fetch(FetchError::Offline);
    let causes = ask_both(&authority, &Offline, &server, Duration::from_secs(1));
    assert_eq!(causes, [offline.clone(), offline]);
    assert_eq!(server.asked(), 0);
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let nowhere = ask(
        &authority.good,
        &authority.certificate,
        "ldap://ocsp.example/",
        "http://crl.example/*.crl",
        &cache,
    );
    assert_eq!(
        super::causes(nowhere),
        [UnknownCause::NoAddress, UnknownCause::NoAddress]
    );
}

#[test]
fn a_replayed_answer_is_no_answer() {
    let authority = Authority::new();
    let request = pki::ocsp::OcspRequest::new(
        &authority.good,
        authority.certificate.subject(),
        authority.certificate.public_key(),
        pki::DigestAlgorithm::Sha256,
        Some(*b"yesterda"),
    );
    let server = Server::with_body(authority.respond(request.der(), "ca", ""));
    let causes = ask_both(&authority, &Http, &server, Duration::from_secs(5));
    assert_eq!(causes[0], UnknownCause::NonceMismatch);
}

#[test]
fn a_recent_answer_of_a_responder_without_nonces_is_taken() {
    let authority = Authority::new();
    let request = pki::ocsp::OcspRequest::new(
        &authority.good,
        authority.certificate.subject(),
        authority.certificate.public_key(),
        pki::DigestAlgorithm::Sha256,
        None,
    );
    let server = Server::with_body(authority.respond(request.der(), "ca", ""));
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let status = ask(
        &authority.good,
        &authority.certificate,
        &server.url(""),
        "",
        &cache,
    );
    assert!(matches!(status, RevocationStatus::Good(_)), "{status:?}");
}
