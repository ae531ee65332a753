//! The demo CA's servers, by the addresses in its certificates.

use pki::{
    chain::ChainError,
    revocation::{RevocationReason, RevocationStatus, Source},
    trust::TrustAnchors,
};

use crate::{NOBODY, Servers, Way, anchors, authority, certificate, issuer, now, revocation, root};

/// 2026-02-01, when the fixtures were revoked.
const REVOKED: i64 = 1_769_904_000;

const LISTS_ONLY: Servers<'_> = Servers {
    ocsp: Some(NOBODY),
    lists: None,
};

#[test]
fn good_keys_are_good() {
    let authority = authority();
    let way = Way::to(&authority);
    for (folder, prefix) in [
        ("individual", "GOST512"),
        ("company-head", "GOST512"),
        ("company-old", "GOSTKNCA"),
        ("gost256", "GOST256"),
        ("individual-old", "AUTH_RSA256"),
    ] {
        let certificate = certificate(folder, prefix);
        for (servers, expected) in [
            (Servers::default(), Source::Ocsp),
            (LISTS_ONLY, Source::Crl),
        ] {
            let RevocationStatus::Good(evidence) = revocation(&certificate, &way, servers) else {
                panic!("{folder}: {:?}", revocation(&certificate, &way, servers));
            };
            assert_eq!(evidence.source, expected, "{folder}");
            assert!(!evidence.cached);
        }
    }
}

#[test]
fn revoked_keys_are_revoked() {
    let authority = authority();
    let way = Way::to(&authority);
    for prefix in ["GOST512", "RSA256", "AUTH_RSA256"] {
        let certificate = certificate("revoked", prefix);
        for servers in [Servers::default(), LISTS_ONLY] {
            let status = revocation(&certificate, &way, servers);
            let RevocationStatus::Revoked { when, reason, .. } = status else {
                panic!("{prefix}: {status:?}");
            };
            assert_eq!(when, REVOKED, "{prefix}");
            assert_eq!(reason, Some(RevocationReason::KeyCompromise), "{prefix}");
        }
    }
}

#[test]
fn a_key_that_is_revoked_meanwhile_is_so_by_ocsp_at_once() {
    let authority = authority();
    let way = Way::to(&authority);
    let certificate = certificate("another-individual", "GOST512");
    let before = revocation(&certificate, &way, Servers::default());
    assert!(matches!(before, RevocationStatus::Good(_)), "{before:?}");
    let when = now() - 60;
    authority.revoke(&certificate, when, Some(4));
    let after = revocation(&certificate, &way, Servers::default());
    assert!(
        matches!(
            after,
            RevocationStatus::Revoked { when: since, reason: Some(RevocationReason::Superseded), .. } if since == when
        ),
        "{after:?}"
    );
}

#[test]
fn who_borrows_the_name_has_no_chain() {
    let anchors = anchors();
    for prefix in ["GOST512", "AUTH_RSA256"] {
        let context = pki::chain::ChainContext {
            anchors: &anchors,
            candidates: &[],
            at: now(),
            fetch: None,
            cache: None,
        };
        let outcome = pki::chain::build_chain(&certificate("wrong-issuer", prefix), &context);
        assert!(outcome.is_err(), "{prefix}: {outcome:?}");
    }
}

#[test]
fn an_issuer_that_is_missing_comes_from_its_address() {
    let authority = authority();
    let way = Way::to(&authority);
    let leaf = certificate("individual", "GOST512");
    // Whoever trusts somebody else gets to know the demo root by its address, and does not trust it.
    let strangers = TrustAnchors::only([root("rsa")]);
    let outcome = pki::chain::build_chain(
        &leaf,
        &pki::chain::ChainContext {
            anchors: &strangers,
            candidates: &[],
            at: now(),
            fetch: Some(&way),
            cache: None,
        },
    );
    let error = outcome.unwrap_err();
    assert!(matches!(error, ChainError::NotTrusted { .. }), "{error:?}");
    assert_eq!(issuer(&leaf).name(), root("gost").subject());
}
