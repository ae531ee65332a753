//! Authorities between a certificate and the anchor, which their own issuer may have revoked.

use std::time::Duration;

use pki::{
    Certificate,
    chain::{Chain, ChainContext, build_chain},
    revocation::{
        CacheLimits, ChainRevocation, RevocationCache, RevocationContext, RevocationReason,
        RevocationStatus, UnknownCause, check_chain_revocation,
    },
    trust::TrustAnchors,
};

use super::{
    authority::Authority,
    causes,
    http::{Answer, Http, Server},
    now,
};

/// The demo root, an authority under it whose lists `lists` has, and a certificate under that one that names no list.
fn chain(authority: &Authority, lists: Option<&Server>) -> Chain {
    let named = lists.map_or(String::new(), |lists| {
        format!("\ncrlDistributionPoints=URI:{}", lists.url("list.crl"))
    });
    let extensions = format!("basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign{named}");
    authority.make_responder("between", &extensions, "ca");
    authority.write("between.key", &authority.read("responder.key"));
    authority.make_responder("leaf", "keyUsage=digitalSignature", "between");
    let certificate = |name| Certificate::from_bytes(&authority.read(name)).unwrap();
    let context = ChainContext {
        anchors: &TrustAnchors::only([authority.certificate.clone()]),
        candidates: &[certificate("between.pem")],
        at: now(),
        fetch: None,
        cache: None,
    };
    let chain = build_chain(&certificate("leaf.pem"), &context).unwrap();
    assert_eq!(chain.certificates().len(), 2);
    chain
}

fn ask(chain: &Chain) -> ChainRevocation {
    let context = RevocationContext {
        fetch: &Http,
        at: now(),
        ocsp_url: Some(""),
        crl_url: Some(""),
        cache: &RevocationCache::in_memory(CacheLimits::default()),
        deadline: Duration::from_secs(10),
    };
    check_chain_revocation(chain, &context)
}

#[test]
fn an_authority_in_between_is_asked_about_too() {
    let authority = Authority::new();
    let lists = Server::with_body(authority.make_list("", ""));
    let found = ask(&chain(&authority, Some(&lists)));
    assert!(matches!(
        found.issuers.as_slice(),
        [(_, RevocationStatus::Good(_))]
    ));
    assert_eq!(found.revoked_issuer(), None);
    assert_eq!(found.unknown_issuer(), None);
    // The settings' addresses are those of the certificate's issuer only.
    let nobody = [UnknownCause::NoAddress, UnknownCause::NoAddress];
    assert_eq!(causes(found.certificate.unwrap()), nobody);

    let index = "R\t360101000000Z\t260201000000Z,CACompromise\t63\tunknown\t/CN=between\n";
    authority.write("index.txt", index.as_bytes());
    let lists = Server::with_body(authority.make_list("", ""));
    let found = ask(&chain(&authority, Some(&lists)));
    match found.revoked_issuer() {
        Some((issuer, RevocationStatus::Revoked { reason, .. })) => {
            assert_eq!(issuer.subject().common_name(), Some("between"));
            assert_eq!(*reason, Some(RevocationReason::CaCompromise));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_authority_that_names_nobody_to_ask_is_not_in_doubt_and_one_that_names_a_silent_server_is() {
    let authority = Authority::new();
    let found = ask(&chain(&authority, None));
    assert_eq!(found.issuers.len(), 1);
    assert_eq!(found.unknown_issuer(), None);

    let lists = Server::start(|_, _| Answer::Status(500));
    let found = ask(&chain(&authority, Some(&lists)));
    assert!(found.unknown_issuer().is_some());
    assert_eq!(found.revoked_issuer(), None);
}
