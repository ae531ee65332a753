use std::{error::Error, io};

use pki::FetchError;

use crate::Network;

/// Why there was no answer.
pub(crate) fn of_request(error: &reqwest::Error, secure: bool, network: &Network) -> FetchError {
    if error.is_builder() {
        return FetchError::BadUrl;
    }
    if error.is_timeout() {
        return FetchError::Timeout;
    }
    let cause = Cause::of(error);
    if matches!(cause, Cause::Tls) {
        return FetchError::Tls;
    }
    if !error.is_connect() {
        return FetchError::Broken;
    }
    match cause {
        // With a proxy of one's own, it is the proxy that one connects to.
        _ if matches!(network, Network::Proxy(_)) => FetchError::Proxy,
        // The server hung up in the middle of the handshake.
        Cause::Io(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) if secure => {
            FetchError::Tls
        }
        _ if error.is_dns() => FetchError::UnknownHost,
        Cause::Io(_) => FetchError::CannotConnect,
        // Connected, but not through: only a proxy does that.
        _ if matches!(network, Network::System) => FetchError::Proxy,
        _ => FetchError::CannotConnect,
    }
}

/// Why the answer ended before its end.
pub(crate) fn of_body(error: &reqwest::Error) -> FetchError {
    if error.is_timeout() {
        FetchError::Timeout
    } else {
        FetchError::Broken
    }
}

/// The innermost reason that says something.
enum Cause {
    Tls,
    Io(io::ErrorKind),
    Other,
}

impl Cause {
    fn of(error: &(dyn Error + 'static)) -> Self {
        let mut cause = Self::Other;
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<rustls::Error>() {
                return Self::Tls;
            }
            next = error.source();
            if let Some(io) = error.downcast_ref::<io::Error>() {
                cause = Self::Io(io.kind());
                // `source` passes over what an `io::Error` holds itself.
                next = io.get_ref().map(|inner| inner as &(dyn Error + 'static));
            }
        }
        cause
    }
}
