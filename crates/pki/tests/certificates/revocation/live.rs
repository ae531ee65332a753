//! The whole check against OpenSSL as a server.

use pki::{
    FetchError,
    revocation::{
        CacheLimits, RevocationCache, RevocationReason, RevocationStatus, Source, UnknownCause,
    },
};

use super::{
    ask,
    authority::{Authority, REVOKED_AT},
    causes,
    http::{Answer, Server},
    now,
};

#[test]
fn a_live_responder_says_good_revoked_and_unknown() {
    let authority = Authority::new();
    authority.make_responder("delegate", "extendedKeyUsage=OCSPSigning", "ca");
    for signer in ["ca", "delegate"] {
        let responder = authority.start_responder(signer);
        let cache = RevocationCache::in_memory(CacheLimits::default());
        let ask = |certificate| {
            ask(
                certificate,
                &authority.certificate,
                &responder.url,
                "",
                &cache,
            )
        };
        match ask(&authority.good) {
            RevocationStatus::Good(evidence) => {
                assert_eq!((evidence.source, evidence.cached), (Source::Ocsp, false));
                assert_eq!(evidence.url, responder.url);
                assert_eq!(evidence.responder.is_some(), signer == "delegate");
                assert!((evidence.this_update - now()).abs() < 60);
            }
            other => panic!("{other:?}"),
        }
        match ask(&authority.revoked) {
            RevocationStatus::Revoked { when, reason, .. } => {
                assert_eq!(when, REVOKED_AT);
                assert_eq!(reason, Some(RevocationReason::KeyCompromise));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            causes(ask(&authority.unknown)),
            [UnknownCause::UnknownToResponder, UnknownCause::NoAddress]
        );
    }
}

#[test]
fn an_answer_is_given_again_without_asking() {
    let authority = Authority::new();
    let responder = authority.start_responder("ca");
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let url = responder.url.clone();
    let ask = || ask(&authority.good, &authority.certificate, &url, "", &cache);
    assert!(matches!(ask(), RevocationStatus::Good(evidence) if !evidence.cached));
    drop(responder);
    assert!(matches!(ask(), RevocationStatus::Good(evidence) if evidence.cached));
}

#[test]
fn a_list_answers_where_no_responder_does() {
    let authority = Authority::new();
    let list = Server::with_body(authority.make_list("", ""));
    let nobody = {
        let closed = Server::start(|_, _| Answer::Silence);
        closed.url("")
    };
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let url = list.url("list.crl");
    let ask = |certificate| ask(certificate, &authority.certificate, &nobody, &url, &cache);
    match ask(&authority.good) {
        RevocationStatus::Good(evidence) => {
            assert_eq!(
                (evidence.source, evidence.url.as_str()),
                (Source::Crl, url.as_str())
            );
        }
        other => panic!("{other:?}"),
    }
    match ask(&authority.revoked) {
        RevocationStatus::Revoked { when, reason, .. } => {
            assert_eq!(when, REVOKED_AT);
            assert_eq!(reason, Some(RevocationReason::KeyCompromise));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_responder_that_knows_no_sha256_is_asked_by_sha1() {
    let authority = Authority::new();
    const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let upstream = authority.start_responder("ca");
    let url = upstream.url.clone();
    let old = Server::start(move |_, request| {
        if request.windows(SHA256.len()).any(|bytes| bytes == SHA256) {
            return Answer::Body(vec![0x30, 3, 0x0a, 1, 6]);
        }
        let asked = pki::FetchRequest {
            url: &url,
            body: Some(pki::FetchBody {
                content_type: pki::ocsp::REQUEST_TYPE,
                bytes: request,
            }),
            max_bytes: 65_536,
            timeout: std::time::Duration::from_secs(5),
        };
        Answer::Body(pki::Fetch::fetch_all(&super::Http, &asked).unwrap())
    });
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let status = ask(
        &authority.good,
        &authority.certificate,
        &old.url(""),
        "",
        &cache,
    );
    assert!(matches!(status, RevocationStatus::Good(_)), "{status:?}");
    assert_eq!(old.asked(), 2);
}

#[test]
fn a_responder_that_is_gone_and_a_list_that_is_not_there_are_named_in_order() {
    let authority = Authority::new();
    let server = Server::start(|_, _| Answer::Status(404));
    let closed = {
        let closed = Server::start(|_, _| Answer::Silence);
        closed.url("")
    };
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let status = ask(
        &authority.good,
        &authority.certificate,
        &closed,
        &server.url("list.crl"),
        &cache,
    );
    assert_eq!(
        causes(status),
        [
            UnknownCause::Fetch(FetchError::CannotConnect),
            UnknownCause::Fetch(FetchError::Status(404)),
        ]
    );
}

#[test]
fn a_responder_that_the_issuer_revoked_is_not_believed() {
    let authority = Authority::new();
    let unlisted = authority.make_list("", "");
    let index = String::from_utf8(authority.read("index.txt")).unwrap();
    let with_responder = format!(
        "{index}R\t360101000000Z\t260201000000Z,keyCompromise\t63\tunknown\t/CN=delegate\n"
    );
    authority.write("index.txt", with_responder.as_bytes());
    let listed = authority.make_list("", "");
    authority.write("index.txt", index.as_bytes());
    for (list, more, expected) in [
        (Some(&unlisted), "", None),
        (Some(&listed), "", Some(UnknownCause::ResponderRevoked)),
        (None, "", Some(UnknownCause::ResponderUnchecked)),
        // The issuer says that nobody needs to ask.
        (Some(&listed), "\nnoCheck=ignored", None),
        (None, "\nnoCheck=ignored", None),
    ] {
        let lists = match list {
            Some(list) => Server::with_body(list.clone()),
            None => Server::start(|_, _| Answer::Status(404)),
        };
        let extensions = format!(
            "extendedKeyUsage=OCSPSigning\ncrlDistributionPoints=URI:{}{more}",
            lists.url("list.crl")
        );
        authority.make_responder("delegate", &extensions, "ca");
        let responder = authority.start_responder("delegate");
        let cache = RevocationCache::in_memory(CacheLimits::default());
        let status = ask(
            &authority.good,
            &authority.certificate,
            &responder.url,
            "",
            &cache,
        );
        match expected {
            None => assert!(matches!(status, RevocationStatus::Good(_)), "{status:?}"),
            Some(cause) => assert_eq!(causes(status), [cause, UnknownCause::NoAddress]),
        }
    }
}
