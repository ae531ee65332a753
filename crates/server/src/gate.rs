//! Who may speak: the peer's address, `Host` and `Origin`.

use std::net::{IpAddr, Ipv4Addr};

use agent::Origin;
use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use hyper::http::{HeaderValue, Uri};

/// Why a request is turned away; all of them with 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Peer,
    Host,
    Origin,
}

impl Refusal {
    /// What the caller is told.
    ///
    /// Source: the peer's text is NCALayer 1.4's.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Peer => "You shall not pass!",
            Self::Host => "Host must be 127.0.0.1 or localhost, with this port.",
            Self::Origin => "Origin is malformed.",
        }
    }
}

/// Lets a request through and says who asks.
pub(crate) fn admit(
    peer: IpAddr,
    port: u16,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Origin, Refusal> {
    if peer != IpAddr::V4(Ipv4Addr::LOCALHOST) {
        return Err(Refusal::Peer);
    }
    // A page on evil.example whose name turns to 127.0.0.1 still says `Host: evil.example`.
    let host = single(headers, &HOST)
        .map_err(|()| Refusal::Host)?
        .ok_or(Refusal::Host)?;
    let names_us = |authority: &str| {
        authority
            .strip_suffix(&format!(":{port}"))
            .is_some_and(|name| name == "127.0.0.1" || name == "localhost")
    };
    if !names_us(host)
        || uri
            .authority()
            .is_some_and(|authority| !names_us(authority.as_str()))
    {
        return Err(Refusal::Host);
    }
    let origin = single(headers, &ORIGIN).map_err(|()| Refusal::Origin)?;
    Origin::parse(origin).map_err(|_| Refusal::Origin)
}

/// The value of a header that may stand once at most.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values
        .next()
        .map(HeaderValue::to_str)
        .transpose()
        .map_err(drop)?;
    if values.next().is_some() {
        Err(())
    } else {
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit_from(
        peer: &str,
        uri: &str,
        headers: &[(HeaderName, &str)],
    ) -> Result<Origin, Refusal> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        admit(
            peer.parse().unwrap(),
            13579,
            &uri.parse().unwrap(),
            &headers,
        )
    }

    #[test]
    fn only_the_two_names_of_this_listener_are_hosts() {
        for host in ["127.0.0.1:13579", "localhost:13579"] {
            assert!(
                admit_from("127.0.0.1", "/", &[(HOST, host)]).is_ok(),
                "{host}"
            );
        }
        for host in [
            "",
            "127.0.0.1",
            "localhost",
            "127.0.0.1:13580",
            "127.0.0.1:013579",
            "localhost:13579.evil.example",
            "evil.example:13579",
            "localhost.:13579",
            "a.localhost:13579",
            "[::1]:13579",
            "0.0.0.0:13579",
            "127.1:13579",
            "user@localhost:13579",
            " localhost:13579",
        ] {
            assert_eq!(
                admit_from("127.0.0.1", "/", &[(HOST, host)]).err(),
                Some(Refusal::Host),
                "{host}"
            );
        }
        assert_eq!(admit_from("127.0.0.1", "/", &[]).err(), Some(Refusal::Host));
    }

    #[test]
    fn a_second_host_or_another_authority_is_refused() {
        let twice = [(HOST, "localhost:13579"), (HOST, "localhost:13579")];
        let headers: HeaderMap = {
            let mut headers = HeaderMap::new();
            for (name, value) in twice {
                headers.append(name, HeaderValue::from_static(value));
            }
            headers
        };
        let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
        assert_eq!(
            admit(peer, 13579, &Uri::from_static("/"), &headers).err(),
            Some(Refusal::Host)
        );
        let host = [(HOST, "localhost:13579")];
        assert_eq!(
            admit_from("127.0.0.1", "https://evil.example/", &host).err(),
            Some(Refusal::Host)
        );
        assert!(admit_from("127.0.0.1", "https://localhost:13579/", &host).is_ok());
    }

    #[test]
    fn only_this_computer_passes() {
        for peer in ["127.0.0.2", "192.168.1.7", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(
                admit_from(peer, "/", &[(HOST, "localhost:13579")]).err(),
                Some(Refusal::Peer),
                "{peer}"
            );
        }
    }

    #[test]
    fn origins_are_well_formed_or_absent() {
        for origin in [
            "https://egov.kz",
            "https://127.0.0.1:8443",
            "http://intranet.example:8080",
            "null",
        ] {
            assert!(
                admit_from(
                    "127.0.0.1",
                    "/",
                    &[(HOST, "localhost:13579"), (ORIGIN, origin)]
                )
                .is_ok(),
                "{origin}"
            );
        }
        for origin in [
            "",
            "egov.kz",
            "https://",
            "https://egov.kz/path",
            "https://a b",
            "https://egov.kz https://x.kz",
        ] {
            let refused = admit_from(
                "127.0.0.1",
                "/",
                &[(HOST, "localhost:13579"), (ORIGIN, origin)],
            );
            assert_eq!(refused.err(), Some(Refusal::Origin), "{origin}");
        }
    }
}
