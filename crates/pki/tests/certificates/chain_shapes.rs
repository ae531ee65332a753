//! Chains of unusual shapes: long, crossed, looped, self-made, and more of them than anybody wants.

use pki::{
    Certificate,
    chain::{self, ChainError, ChainLink},
    oid,
    trust::TrustAnchors,
};

use crate::{
    authority::{Keys, NOW, Template},
    chain_rules::{ONE, ROOT, TWO, authority, build},
};

#[test]
fn a_chain_of_eight_holds_and_one_of_nine_is_refused() {
    let keys = Keys::gost();
    let name = |index: usize| format!("LEVEL {index}");
    let root = Template::authority(&name(0), &name(0), None).issue(keys.get(0), keys.get(0));
    let between: Vec<_> = (1..9)
        .map(|index| {
            Template::authority(&name(index), &name(index - 1), None)
                .issue(keys.get(index), keys.get(index - 1))
        })
        .collect();
    let anchors = TrustAnchors::only([root]);
    let leaf = |under: usize| Template::leaf(&name(under)).issue(keys.get(10), keys.get(under));
    let chain = build(&leaf(7), &between, &anchors, NOW).unwrap();
    assert_eq!(chain.certificates().len(), chain::MAX_CERTIFICATES);
    assert_eq!(
        build(&leaf(8), &between, &anchors, NOW).unwrap_err(),
        ChainError::TooDeep
    );
}

#[test]
fn an_authority_with_certificates_of_two_roots_leads_to_the_one_that_is_trusted() {
    let keys = Keys::gost();
    let root =
        |name: &str, key| Template::authority(name, name, None).issue(keys.get(key), keys.get(key));
    let (ours, foreign) = (root(ROOT, 0), root("FOREIGN", 4));
    let by_ours = Template::authority(ONE, ROOT, None).issue(keys.get(1), keys.get(0));
    let by_foreign = Template::authority(ONE, "FOREIGN", None).issue(keys.get(1), keys.get(4));
    let leaf = Template::leaf(ONE).issue(keys.get(3), keys.get(1));
    let candidates = [by_foreign, foreign, by_ours.clone()];
    let chain = build(&leaf, &candidates, &TrustAnchors::only([ours]), NOW).unwrap();
    assert_eq!(chain.certificates(), [leaf, by_ours]);
}

#[test]
fn of_two_certificates_of_one_authority_the_valid_one_is_taken() {
    let keys = Keys::gost();
    let root = Template::authority(ROOT, ROOT, None).issue(keys.get(0), keys.get(0));
    let first = Template::authority(ONE, ROOT, None);
    let expired = first.clone().not_after("260101000000Z");
    let expired = expired.issue(keys.get(1), keys.get(0));
    let valid = first.issue(keys.get(1), keys.get(0));
    let leaf = Template::leaf(ONE).issue(keys.get(3), keys.get(1));
    let chain = build(
        &leaf,
        &[expired, valid.clone()],
        &TrustAnchors::only([root]),
        NOW,
    )
    .unwrap();
    assert_eq!(chain.certificates(), [leaf, valid]);
}

/// OpenSSL takes the first of a name and looks for no other when its key made no signature.
#[test]
fn of_two_keys_of_one_name_the_one_that_signed_is_taken() {
    let keys = Keys::gost();
    let root = Template::authority(ROOT, ROOT, None).issue(keys.get(0), keys.get(0));
    let first = Template::authority(ONE, ROOT, None).without_key_ids();
    let wrong = first.issue(keys.get(2), keys.get(0));
    let right = first.issue(keys.get(1), keys.get(0));
    let leaf = Template::leaf(ONE)
        .without_key_ids()
        .issue(keys.get(3), keys.get(1));
    let anchors = TrustAnchors::only([root]);
    let chain = build(&leaf, &[wrong, right.clone()], &anchors, NOW).unwrap();
    assert_eq!(chain.certificates(), [leaf, right]);
}

#[test]
fn those_who_vouch_for_each_other_are_not_trusted() {
    let keys = Keys::gost();
    let one = Template::authority(ONE, TWO, None).issue(keys.get(1), keys.get(2));
    let two = Template::authority(TWO, ONE, None).issue(keys.get(2), keys.get(1));
    let leaf = Template::leaf(ONE).issue(keys.get(3), keys.get(1));
    let root = Template::authority(ROOT, ROOT, None).issue(keys.get(0), keys.get(0));
    assert_eq!(
        build(&leaf, &[one, two], &TrustAnchors::only([root]), NOW).unwrap_err(),
        ChainError::NotTrusted {
            certificate: authority(TWO)
        }
    );
}

#[test]
fn one_who_vouches_for_himself_is_not_trusted_but_as_an_anchor() {
    let keys = Keys::gost();
    let mut own = Template::leaf("OWN");
    own.subject = "OWN".into();
    let own = own.issue(keys.get(3), keys.get(3));
    let none = TrustAnchors::only([]);
    let refused = ChainError::NotTrusted {
        certificate: ChainLink::Leaf,
    };
    assert_eq!(build(&own, &[], &none, NOW).unwrap_err(), refused);
    assert_eq!(
        build(&own, std::slice::from_ref(&own), &none, NOW).unwrap_err(),
        refused
    );
    let anchors = TrustAnchors::only([own.clone()]);
    let chain = build(&own, &[], &anchors, NOW).unwrap();
    assert_eq!(chain.certificates(), std::slice::from_ref(&own));
    assert!(chain.issuer(0).is_some());
    // It is believed for itself; it may not vouch for others.
    let other = Template::leaf("OWN").issue(keys.get(4), keys.get(3));
    assert!(matches!(
        build(&other, &[], &anchors, NOW),
        Err(ChainError::NotACa {
            certificate: ChainLink::Authority(_)
        })
    ));
}

#[test]
fn an_anchor_that_others_issued_needs_them_no_more() {
    let keys = Keys::gost();
    let one = Template::authority(ONE, ROOT, None).issue(keys.get(1), keys.get(0));
    let leaf = Template::leaf(ONE).issue(keys.get(3), keys.get(1));
    let anchors = TrustAnchors::only([one.clone()]);
    let chain = build(&leaf, &[], &anchors, NOW).unwrap();
    assert_eq!(chain.issuer(0).unwrap().name(), one.subject());
    assert!(chain.issuer(0).unwrap().certificate().is_none());
    let chain = build(&one, &[], &anchors, NOW).unwrap();
    assert_eq!(chain.certificates(), [one]);
    assert!(chain.issuer(0).is_none());
    assert!(matches!(
        build(&leaf, &[], &anchors, i64::MAX),
        Err(ChainError::Expired {
            certificate: ChainLink::Leaf,
            ..
        })
    ));
}

#[test]
fn sha1_is_refused() {
    let root = crate::fixtures::openssl(&[
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "-", "-sha1", "-days", "1",
        "-subj", "/CN=ROOT",
    ]);
    let root = Certificate::from_pem(&root).unwrap();
    let error = build(&root, &[], &TrustAnchors::only([]), root.not_before()).unwrap_err();
    assert_eq!(
        error,
        ChainError::UnsupportedSignature {
            certificate: ChainLink::Leaf,
            algorithm: oid::SHA1_WITH_RSA,
        }
    );
}

/// Copies of a certificate that differ in one byte of the serial number: their signatures do not matter where they are
/// candidates, only their name and key.
fn copies(certificate: &Certificate, count: u32) -> Vec<Certificate> {
    let serial = certificate.serial_number();
    let place = certificate
        .der()
        .windows(serial.len())
        .position(|bytes| bytes == serial)
        .unwrap();
    (0..count)
        .map(|number| {
            let mut der = certificate.der().to_vec();
            der[place + 2..place + 6].copy_from_slice(&number.to_be_bytes());
            Certificate::from_der(&der).unwrap()
        })
        .collect()
}

#[test]
fn ten_thousand_candidates_of_one_name_end_in_time() {
    let keys = Keys::gost();
    let root = Template::authority(ROOT, ROOT, None).issue(keys.get(0), keys.get(0));
    let right = Template::authority(ONE, ROOT, None).issue(keys.get(1), keys.get(0));
    let wrong = Template::authority(ONE, ROOT, None).without_key_ids();
    let mut candidates = copies(&wrong.issue(keys.get(2), keys.get(0)), 10_000);
    let anchors = TrustAnchors::only([root]);
    let leaf = Template::leaf(ONE).issue(keys.get(3), keys.get(1));
    let without_id = Template::leaf(ONE).without_key_ids();
    let without_id = without_id.issue(keys.get(3), keys.get(1));

    let started = std::time::Instant::now();
    let refused = ChainError::TooManyCandidates;
    assert_eq!(
        build(&leaf, &candidates, &anchors, NOW).unwrap_err(),
        refused
    );
    // The key identifier shows the right one among them.
    candidates.push(right);
    assert!(build(&leaf, &candidates, &anchors, NOW).is_ok());
    assert_eq!(
        build(&without_id, &candidates, &anchors, NOW).unwrap_err(),
        refused
    );
    // As many anchors, as a page's list may hold.
    let anchors = TrustAnchors::only(candidates);
    assert!(build(&leaf, &[], &anchors, NOW).is_ok());
    assert_eq!(build(&without_id, &[], &anchors, NOW).unwrap_err(), refused);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn a_web_of_authorities_who_vouch_for_each_other_ends_in_time() {
    let keys = Keys::gost();
    let name = |index: usize| format!("AUTHORITY {index}");
    let mut web = Vec::new();
    for one in 0..12 {
        for other in (0..12).filter(|other| *other != one) {
            let template = Template::authority(&name(one), &name(other), None);
            web.push(template.issue(keys.get(one), keys.get(other)));
        }
    }
    let leaf = Template::leaf(&name(0)).issue(keys.get(12), keys.get(0));
    let root = Template::authority(ROOT, ROOT, None).issue(keys.get(13), keys.get(13));
    let error = build(&leaf, &web, &TrustAnchors::only([root]), NOW).unwrap_err();
    assert!(
        matches!(error, ChainError::TooManyCandidates | ChainError::TooDeep),
        "{error}"
    );
}

#[test]
fn errors_say_which_certificate_and_when_but_name_no_person() {
    let keys = Keys::gost();
    let root = Template::authority(ROOT, ROOT, None).issue(keys.get(0), keys.get(0));
    let leaf = Template::leaf(ROOT).issue(keys.get(3), keys.get(0));
    let anchors = TrustAnchors::only([root]);
    let error = build(&leaf, &[], &anchors, leaf.not_after() + 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the certificate expired (at 2208988800, asked for 2208988801)"
    );
    assert!(!format!("{error:?}").contains("ТЕСТОВ"));
    assert!(build(&leaf, &[], &anchors, leaf.not_after()).is_ok());
    assert!(build(&leaf, &[], &anchors, leaf.not_before()).is_ok());
    let error = build(&leaf, &[], &anchors, leaf.not_before() - 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the certificate is not valid yet (before 1577836800, asked for 1577836799)"
    );
}
