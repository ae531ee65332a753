//! Time stamps by the demo CA's authority: good ones, and each way to fail.

use std::time::Instant;

use demo_portal::authority::{Fault, Service};
use pki::FetchError;
use signing::timestamp::{TimestampAuthority, TimestampError, TokenError, timestamp};

use crate::{
    PATIENCE, Way, anchors, authority,
    faults::{DEADLINE, in_time},
    now,
};

#[test]
fn every_family_gets_its_time_stamp() {
    let authority = authority();
    let way = Way::to(&authority);
    let anchors = anchors();
    let url = authority.tsp_url();
    for family in [
        pki::Algorithm::Gost2015_512,
        pki::Algorithm::Gost2015_256,
        pki::Algorithm::Gost2004,
        pki::Algorithm::Rsa,
    ] {
        let authority = TimestampAuthority {
            fetch: &way,
            url: &url,
            anchors: &anchors,
            at: now(),
            timeout: PATIENCE,
        };
        let token = timestamp(family, b"a signature value", &authority)
            .unwrap_or_else(|error| panic!("{family:?}: {error:?}"));
        assert!((token.time() - now()).abs() <= 2, "{family:?}");
        assert_eq!(token.policy(), signing::timestamp::policy(family));
    }
}

#[test]
fn each_fault_has_its_name() {
    let authority = authority();
    let way = Way::to(&authority);
    let anchors = anchors();
    let url = authority.tsp_url();
    type Named = fn(&TimestampError) -> bool;
    let cases: [(Fault, Named); 16] = [
        (Fault::Silent, |error| *error == FetchError::Timeout.into()),
        (Fault::Slow, |error| *error == FetchError::Timeout.into()),
        (Fault::ServerError, |error| {
            *error == FetchError::Status(500).into()
        }),
        (Fault::Html, |error| {
            matches!(error, TimestampError::NotAResponse(_))
        }),
        (Fault::Truncated, |error| {
            *error == FetchError::Broken.into()
        }),
        (Fault::Half, |error| {
            matches!(error, TimestampError::NotAResponse(_))
        }),
        (Fault::TooLarge, |error| {
            *error == FetchError::TooLarge.into()
        }),
        (Fault::Refused, |error| {
            matches!(error, TimestampError::Rejected { .. })
        }),
        (Fault::WrongNonce, |error| {
            *error == TimestampError::OtherNonce
        }),
        (Fault::NoNonce, |error| *error == TimestampError::OtherNonce),
        (Fault::WrongSubject, |error| {
            *error == TokenError::OtherImprint.into()
        }),
        (Fault::WrongSigner, |error| {
            matches!(error, TimestampError::Token(TokenError::Chain(_)))
        }),
        (Fault::BadSignature, |error| {
            matches!(error, TimestampError::Token(TokenError::Signature(_)))
        }),
        (Fault::ExpiredSigner, |error| {
            matches!(error, TimestampError::Token(TokenError::Chain(_)))
        }),
        (Fault::NotDelegated, |error| {
            *error == TokenError::NotForTimestamps.into()
        }),
        (
            Fault::ClockBehind,
            |error| matches!(error, TimestampError::Clock { difference } if *difference < -3500),
        ),
    ];
    for (fault, named) in cases {
        authority.set_fault(Service::Tsp, Some(fault));
        let began = Instant::now();
        let outcome = timestamp(
            pki::Algorithm::Gost2015_512,
            b"a signature value",
            &TimestampAuthority {
                fetch: &way,
                url: &url,
                anchors: &anchors,
                at: now(),
                timeout: DEADLINE,
            },
        );
        in_time(began, &format!("{fault:?}"));
        let error = outcome.map(drop).expect_err(&format!("{fault:?}"));
        assert!(named(&error), "{fault:?}: {error:?}");
    }
}
