//! Each way in which a server can fail has a name, and none takes longer than it may.

use std::time::{Duration, Instant};

use demo_portal::authority::{Fault, Service};
use pki::{
    FetchError,
    revocation::{RevocationStatus, Source, UnknownCause},
};

use crate::{NOBODY, Servers, Way, authority, certificate, revocation_within};

pub(crate) const DEADLINE: Duration = Duration::from_secs(2);

/// Not more than a fifth over, and half a second for what a busy machine does beside.
pub(crate) fn in_time(began: Instant, fault: &str) {
    let took = began.elapsed();
    assert!(
        took <= DEADLINE.mul_f64(1.2) + Duration::from_millis(500),
        "{fault}: {took:?}"
    );
}

#[test]
fn of_ocsp() {
    let authority = authority();
    let way = Way::to(&authority);
    let certificate = certificate("individual", "GOST512");
    let servers = Servers {
        ocsp: None,
        lists: Some(NOBODY),
    };
    type Named = fn(&UnknownCause) -> bool;
    let cases: [(Fault, Named); 15] = [
        (Fault::Silent, |cause| *cause == FetchError::Timeout.into()),
        (Fault::Slow, |cause| *cause == FetchError::Timeout.into()),
        (Fault::ServerError, |cause| {
            *cause == FetchError::Status(500).into()
        }),
        (Fault::Html, |cause| *cause == UnknownCause::WebPage),
        (Fault::Truncated, |cause| {
            *cause == FetchError::Broken.into()
        }),
        (Fault::Half, |cause| {
            matches!(cause, UnknownCause::Unreadable(_))
        }),
        (Fault::TooLarge, |cause| {
            *cause == FetchError::TooLarge.into()
        }),
        (Fault::Refused, |cause| {
            matches!(cause, UnknownCause::Refused(_))
        }),
        (Fault::WrongNonce, |cause| {
            *cause == UnknownCause::NonceMismatch
        }),
        (Fault::WrongSubject, |cause| {
            *cause == UnknownCause::OtherCertificate
        }),
        (Fault::WrongSigner, |cause| {
            matches!(
                cause,
                UnknownCause::WrongSigner | UnknownCause::BadSignature
            )
        }),
        (Fault::BadSignature, |cause| {
            *cause == UnknownCause::BadSignature
        }),
        (Fault::ExpiredSigner, |cause| {
            *cause == UnknownCause::ResponderExpired
        }),
        (Fault::NotDelegated, |cause| {
            *cause == UnknownCause::NotEntrusted
        }),
        (Fault::ClockAhead, |cause| {
            matches!(cause, UnknownCause::ClockOrResponder { .. })
        }),
    ];
    for (fault, named) in cases {
        authority.set_fault(Service::Ocsp, Some(fault));
        let began = Instant::now();
        let status = revocation_within(&certificate, &way, servers, DEADLINE);
        in_time(began, &format!("{fault:?}"));
        let RevocationStatus::Unknown(reasons) = status else {
            panic!("{fault:?}: {status:?}");
        };
        assert_eq!(reasons[0].asked, Source::Ocsp);
        assert!(
            named(&reasons[0].cause),
            "{fault:?}: {:?}",
            reasons[0].cause
        );
        assert_eq!(
            (reasons[1].asked, &reasons[1].cause),
            (Source::Crl, &FetchError::CannotConnect.into()),
            "{fault:?}"
        );
    }
}

#[test]
fn of_ocsp_are_made_up_for_by_lists() {
    let authority = authority();
    let way = Way::to(&authority);
    for fault in [Fault::Silent, Fault::Html, Fault::WrongSigner] {
        authority.set_fault(Service::Ocsp, Some(fault));
        for (folder, revoked) in [("individual", false), ("revoked", true)] {
            let certificate = certificate(folder, "GOST512");
            let began = Instant::now();
            let status = revocation_within(&certificate, &way, Servers::default(), DEADLINE);
            in_time(began, &format!("{fault:?}"));
            match status {
                RevocationStatus::Good(evidence) if !revoked => {
                    assert_eq!(evidence.source, Source::Crl);
                }
                RevocationStatus::Revoked { evidence, .. } if revoked => {
                    assert_eq!(evidence.source, Source::Crl);
                }
                other => panic!("{fault:?} {folder}: {other:?}"),
            }
        }
    }
}

#[test]
fn of_lists() {
    let authority = authority();
    let way = Way::to(&authority);
    let certificate = certificate("individual", "GOST512");
    let servers = Servers {
        ocsp: Some(NOBODY),
        lists: None,
    };
    type Named = fn(&UnknownCause) -> bool;
    let cases: [(Fault, Named); 6] = [
        (Fault::Silent, |cause| *cause == FetchError::Timeout.into()),
        (Fault::Slow, |cause| *cause == FetchError::Timeout.into()),
        (Fault::ServerError, |cause| {
            *cause == FetchError::Status(500).into()
        }),
        (Fault::Html, |cause| *cause == UnknownCause::WebPage),
        (Fault::Truncated, |cause| {
            *cause == FetchError::Broken.into()
        }),
        (Fault::TooLarge, |cause| {
            *cause == FetchError::TooLarge.into()
        }),
    ];
    for (fault, named) in cases {
        authority.set_fault(Service::Files, Some(fault));
        let began = Instant::now();
        let status = revocation_within(&certificate, &way, servers, DEADLINE);
        in_time(began, &format!("{fault:?}"));
        let RevocationStatus::Unknown(reasons) = status else {
            panic!("{fault:?}: {status:?}");
        };
        let last = reasons.last().unwrap();
        assert_eq!(last.asked, Source::Crl);
        assert!(named(&last.cause), "{fault:?}: {:?}", last.cause);
    }
}
