//! Authorities that are silent, wrong or somebody else: each has its name, and no stamp comes of it.

use crate::keys;
use crate::tsa::{Fault, NOW, Profile, Tsa, anchors, authority};
use pki::chain::ChainError;
use pki::trust::TrustAnchors;
use pki::{Algorithm, Fetch, FetchError, FetchRequest};
use signing::cms::{self, Content, Problem};
use signing::timestamp::{
    FailureInfo, MAX_CLOCK_DIFFERENCE, Status, TimestampError, TimestampToken, TokenError,
    timestamp,
};
use std::io::{Cursor, Read};

fn ask(tsa: &Tsa) -> Result<TimestampToken, TimestampError> {
    timestamp(
        Algorithm::Gost2015_512,
        b"signature",
        &tsa.authority(&anchors()),
    )
}

#[test]
fn every_fault_has_its_name() {
    assert!(ask(&Tsa::new()).is_ok());
    let policy = |text| pki::ObjectIdentifier::new_unwrap(text);
    for (fault, expected) in [
        (Fault::OtherNonce, TimestampError::OtherNonce),
        (Fault::NoNonce, TimestampError::OtherNonce),
        (Fault::OtherImprint, TokenError::OtherImprint.into()),
        (
            Fault::OtherPolicy,
            TimestampError::OtherPolicy {
                asked: policy("1.2.398.3.3.2.6.4"),
                given: policy("1.2.398.3.3.2.6.3"),
            },
        ),
        (
            Fault::Rejection(2, 15),
            TimestampError::Rejected {
                status: Status::Rejection,
                failure: Some(FailureInfo::UnacceptedPolicy),
            },
        ),
        (
            Fault::Rejection(2, 25),
            TimestampError::Rejected {
                status: Status::Rejection,
                failure: Some(FailureInfo::SystemFailure),
            },
        ),
        (
            Fault::Rejection(3, 30),
            TimestampError::Rejected {
                status: Status::Waiting,
                failure: Some(FailureInfo::Unknown),
            },
        ),
        (
            Fault::OtherCertificate,
            TokenError::Signature(Problem::OtherCertificate).into(),
        ),
        (
            Fault::UnnamedCertificate,
            TokenError::UnnamedCertificate.into(),
        ),
        (
            Fault::OtherKey,
            TokenError::Signature(Problem::BadSignature).into(),
        ),
        (
            Fault::NoCertificate,
            TokenError::Signature(Problem::NoCertificate).into(),
        ),
    ] {
        assert_eq!(ask(&Tsa::faulty(fault)), Err(expected), "{fault:?}");
    }
    for fault in [
        Fault::GrantedWithoutToken,
        Fault::Truncated,
        Fault::WebPage,
        Fault::BytesBehind,
    ] {
        let error = ask(&Tsa::faulty(fault)).unwrap_err();
        assert!(
            matches!(error, TimestampError::NotAResponse(_)),
            "{fault:?}: {error}"
        );
    }
    assert!(matches!(
        ask(&Tsa::faulty(Fault::OtherContent)),
        Err(TimestampError::Token(TokenError::NotAToken(_)))
    ));
}

#[test]
fn a_certificate_that_is_not_an_authority_s_makes_no_stamp() {
    let server = "1.3.6.1.5.5.7.3.1";
    let stamping = "1.3.6.1.5.5.7.3.8";
    for (usages, critical) in [
        (vec![server], true),
        (vec![stamping, server], true),
        (vec![stamping], false),
    ] {
        let profile = Profile {
            usages,
            critical,
            ..Profile::default()
        };
        assert_eq!(
            ask(&Tsa::with(profile)),
            Err(TokenError::NotForTimestamps.into())
        );
    }
}

#[test]
fn an_expired_early_or_unknown_authority_makes_no_stamp() {
    let with = |not_before, not_after| {
        Tsa::with(Profile {
            not_before,
            not_after,
            ..Profile::default()
        })
    };
    let chain_error = |tsa: &Tsa, anchors: &TrustAnchors| match timestamp(
        Algorithm::Rsa,
        b"signature",
        &tsa.authority(anchors),
    ) {
        Err(TimestampError::Token(TokenError::Chain(error))) => error,
        other => panic!("{other:?}"),
    };
    let ours = anchors();
    assert!(matches!(
        chain_error(&with("240101000000Z", "250101000000Z"), &ours),
        ChainError::Expired { .. }
    ));
    assert!(matches!(
        chain_error(&with("270101000000Z", "290101000000Z"), &ours),
        ChainError::NotYetValid { .. }
    ));
    assert!(matches!(
        chain_error(&Tsa::new(), &TrustAnchors::national()),
        ChainError::NoIssuer { .. }
    ));
}

#[test]
fn clocks_that_are_an_hour_apart_are_noticed() {
    for (off, noticed) in [
        (3600, true),
        (-3600, true),
        (MAX_CLOCK_DIFFERENCE, false),
        (-MAX_CLOCK_DIFFERENCE, false),
        (MAX_CLOCK_DIFFERENCE + 1, true),
    ] {
        let mut tsa = Tsa::new();
        tsa.time = NOW + off;
        let expected = TimestampError::Clock { difference: off };
        assert_eq!(ask(&tsa).err(), noticed.then_some(expected), "{off}");
    }
}

struct Answer(Result<Vec<u8>, FetchError>);

impl Fetch for Answer {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        self.0
            .clone()
            .map(|bytes| Box::new(Cursor::new(bytes)) as Box<dyn Read + Send>)
    }
}

#[test]
fn a_silent_authority_leaves_no_plain_signature_behind() {
    let anchors = anchors();
    for error in [
        FetchError::Offline,
        FetchError::Timeout,
        FetchError::Status(500),
    ] {
        let silent = Answer(Err(error));
        let authority = authority(&silent, &anchors, NOW);
        for (name, key) in keys::gost() {
            let result =
                cms::sign_timestamped(&key, Content::Attached(b"content"), NOW, &authority);
            assert_eq!(result, Err(TimestampError::Fetch(error)), "{name}");
        }
    }
}

#[test]
fn an_answer_without_end_is_not_read_to_it() {
    let anchors = anchors();
    let endless = Answer(Ok(vec![0x30; 64 * 1024 + 1]));
    assert_eq!(
        timestamp(
            Algorithm::Rsa,
            b"signature",
            &authority(&endless, &anchors, NOW)
        ),
        Err(TimestampError::Fetch(FetchError::TooLarge))
    );
}
