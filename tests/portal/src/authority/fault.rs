use std::{
    collections::HashMap,
    str::FromStr,
    sync::{PoisonError, RwLock},
};

/// Which server of the authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// The OCSP responder, `/ocsp/`.
    Ocsp,
    /// The time-stamping authority, `/tsp/`.
    Tsp,
    /// Files: revocation lists and certificates.
    Files,
}

/// A way to misbehave; `kebab-case` in an address (`?fault=wrong-nonce`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Takes the request and says nothing.
    Silent,
    /// Sends the right answer a byte every 100 milliseconds.
    Slow,
    /// Status 500.
    ServerError,
    /// A web page with status 200.
    Html,
    /// The first half of the right answer, announced whole.
    Truncated,
    /// The first half of the right answer, as if it were all.
    Half,
    /// Announces a gibibyte and sends without end.
    TooLarge,
    /// Refuses in the protocol's own words: OCSP tryLater, a rejection by the TSA.
    Refused,
    /// Another nonce than the request's.
    WrongNonce,
    /// No nonce, although the request has one.
    NoNonce,
    /// The answer is about something else: another certificate, another imprint.
    WrongSubject,
    /// The signer's certificate bears the authority's name, but the authority has not signed it.
    WrongSigner,
    /// The signature does not hold.
    BadSignature,
    /// The signer's certificate has expired.
    ExpiredSigner,
    /// The signer's certificate is not for this: its extended key usage is another.
    NotDelegated,
    /// The clock is an hour ahead.
    ClockAhead,
    /// The clock is an hour behind.
    ClockBehind,
}

const NAMES: [(&str, Fault); 17] = [
    ("silent", Fault::Silent),
    ("slow", Fault::Slow),
    ("server-error", Fault::ServerError),
    ("html", Fault::Html),
    ("truncated", Fault::Truncated),
    ("half", Fault::Half),
    ("too-large", Fault::TooLarge),
    ("refused", Fault::Refused),
    ("wrong-nonce", Fault::WrongNonce),
    ("no-nonce", Fault::NoNonce),
    ("wrong-subject", Fault::WrongSubject),
    ("wrong-signer", Fault::WrongSigner),
    ("bad-signature", Fault::BadSignature),
    ("expired-signer", Fault::ExpiredSigner),
    ("not-delegated", Fault::NotDelegated),
    ("clock-ahead", Fault::ClockAhead),
    ("clock-behind", Fault::ClockBehind),
];

impl FromStr for Fault {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let mut all = NAMES.iter();
        all.find(|(known, _)| *known == name)
            .map(|(_, fault)| *fault)
            .ok_or(())
    }
}

impl Fault {
    /// The time that a server with this fault takes it to be.
    pub(super) fn clock(fault: Option<Self>, now: i64) -> i64 {
        match fault {
            Some(Self::ClockAhead) => now + 3600,
            Some(Self::ClockBehind) => now - 3600,
            _ => now,
        }
    }
}

/// What each server does wrong at present.
#[derive(Default)]
pub(super) struct Faults(RwLock<HashMap<Service, Fault>>);

impl Faults {
    pub(super) fn set(&self, service: Service, fault: Option<Fault>) {
        let mut faults = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Some(fault) => faults.insert(service, fault),
            None => faults.remove(&service),
        };
    }

    pub(super) fn of(&self, service: Service) -> Option<Fault> {
        let faults = self.0.read().unwrap_or_else(PoisonError::into_inner);
        faults.get(&service).copied()
    }
}
