//! Who asks: the browser's `Origin` header as a type that cannot be malformed.

use std::fmt;

use window_messages::{Caller as CallerKind, SiteView};

/// The longest header that is looked at; a host name has at most 253 characters.
const ORIGIN_BYTES: usize = 300;

/// One connection and who is at its other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who asks.
    pub origin: Origin,
    /// Number of the connection, unique while the agent runs.
    pub connection: u64,
}

/// Where a page comes from, compared exactly: scheme, host and port.
///
/// Source: RFC 6454 section 7 (the header), RFC 6454 section 4 (the tuple).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(Kind);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Kind {
    /// No header: a program, not a page.
    None,
    /// `null`, or `file://` as older engines say.
    Opaque,
    Tuple {
        scheme: String,
        host: String,
        port: Option<u16>,
    },
}

/// An `Origin` header that no browser sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the Origin header is malformed")]
pub struct MalformedOrigin;

impl Origin {
    /// Reads the `Origin` header of a handshake; `None` when there was no such header.
    ///
    /// # Errors
    ///
    /// [`MalformedOrigin`] for anything but `null` and `scheme://host[:port]` in ASCII: a path, a user name,
    /// several origins, a wrong port, a host that is not ASCII (browsers send punycode).
    pub fn parse(header: Option<&str>) -> Result<Self, MalformedOrigin> {
        let Some(header) = header else {
            return Ok(Self::program());
        };
        if header == "null" || header == "file://" {
            return Ok(Self(Kind::Opaque));
        }
        if header.len() > ORIGIN_BYTES {
            return Err(MalformedOrigin);
        }
        let (scheme, authority) = header.split_once("://").ok_or(MalformedOrigin)?;
        let scheme = scheme.to_ascii_lowercase();
        if !is_scheme(&scheme) {
            return Err(MalformedOrigin);
        }
        let (host, port) = split_port(authority)?;
        let host = host.to_ascii_lowercase();
        if !is_host(&host) {
            return Err(MalformedOrigin);
        }
        let default = match scheme.as_str() {
            "https" => Some(443),
            "http" => Some(80),
            _ => None,
        };
        Ok(Self(Kind::Tuple {
            scheme,
            host,
            port: port.filter(|port| Some(*port) != default),
        }))
    }

    /// A program on this computer.
    pub(crate) fn program() -> Self {
        Self(Kind::None)
    }

    /// What kind of caller this is, for the window's words and for the policy.
    pub fn kind(&self) -> CallerKind {
        match &self.0 {
            Kind::None => CallerKind::Program,
            Kind::Opaque => CallerKind::PageWithoutAddress,
            Kind::Tuple { scheme, host, .. } => match scheme.as_str() {
                "https" => CallerKind::Site,
                "http" if is_this_computer(host) => CallerKind::Site,
                "http" => CallerKind::UnprotectedSite,
                // Browser extensions and applications built on a web engine bring schemes of their own.
                _ => CallerKind::Program,
            },
        }
    }

    /// What the window shows of it.
    pub(crate) fn view(&self, first_visit: bool) -> SiteView {
        let (host, owner_part) = match &self.0 {
            Kind::Tuple { host, .. } => {
                let shown = display_host(host);
                let owner = owner_part(host, &shown).to_owned();
                (shown, owner)
            }
            _ => (String::new(), String::new()),
        };
        SiteView {
            caller: self.kind(),
            host,
            owner_part,
            origin: self.to_string(),
            first_visit,
        }
    }
}

/// As browsers write it: the default port left out; `null` for a page without an address, empty for a program.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::None => Ok(()),
            Kind::Opaque => f.write_str("null"),
            Kind::Tuple {
                scheme,
                host,
                port: Some(port),
            } => write!(f, "{scheme}://{host}:{port}"),
            Kind::Tuple {
                scheme,
                host,
                port: None,
            } => write!(f, "{scheme}://{host}"),
        }
    }
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
        })
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), MalformedOrigin> {
    let end_of_host = if authority.starts_with('[') {
        authority.find(']').ok_or(MalformedOrigin)? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, rest) = authority
        .split_at_checked(end_of_host)
        .ok_or(MalformedOrigin)?;
    let Some(digits) = rest.strip_prefix(':') else {
        return if rest.is_empty() {
            Ok((host, None))
        } else {
            Err(MalformedOrigin)
        };
    };
    let plain = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    match digits.parse() {
        Ok(port) if plain => Ok((host, Some(port))),
        _ => Err(MalformedOrigin),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    !host.is_empty()
        && host.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
}

fn is_this_computer(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// The host for people: Unicode when all its letters are of one script, else as it came, in punycode.
///
/// The whole host is judged, not each label: a Cyrillic label that looks Latin would else pass before `.com`.
fn display_host(host: &str) -> String {
    if !host.contains("xn--") {
        return host.to_owned();
    }
    match idna::domain_to_unicode(host) {
        (unicode, Ok(())) if of_one_script(&unicode) => unicode,
        _ => host.to_owned(),
    }
}

fn of_one_script(text: &str) -> bool {
    use unicode_script::{ScriptExtension, UnicodeScript};
    let common = text
        .chars()
        .fold(ScriptExtension::default(), |scripts, character| {
            scripts.intersection(character.script_extension())
        });
    !common.is_empty()
}

/// The end of the shown host that names its owner: one label more than the public suffix.
fn owner_part<'a>(host: &str, shown: &'a str) -> &'a str {
    if host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok() {
        return shown;
    }
    let labels = match psl::domain_str(host) {
        Some(domain) => domain.trim_end_matches('.').split('.').count(),
        None => return shown,
    };
    let without_dot = shown.trim_end_matches('.');
    match without_dot.rmatch_indices('.').nth(labels - 1) {
        Some((dot, _)) => shown.get(dot + 1..).unwrap_or(shown),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(header: &str) -> Origin {
        Origin::parse(Some(header)).unwrap()
    }

    fn host_and_owner(header: &str) -> (String, String) {
        let view = origin(header).view(true);
        (view.host, view.owner_part)
    }

    #[test]
    fn origins_are_compared_by_scheme_host_and_port() {
        assert_eq!(origin("https://egov.kz"), origin("HTTPS://EGOV.KZ:443"));
        assert_eq!(origin("http://egov.kz"), origin("http://egov.kz:80"));
        assert_ne!(origin("https://egov.kz"), origin("http://egov.kz"));
        assert_ne!(origin("https://egov.kz"), origin("https://egov.kz:8443"));
        assert_ne!(
            origin("https://egov.kz"),
            origin("https://egov.kz.evil.example")
        );
        assert_ne!(origin("https://egov.kz"), origin("https://xegov.kz"));
        assert_ne!(Origin::parse(None).unwrap(), origin("null"));
    }

    #[test]
    fn malformed_origins_are_refused() {
        let long = format!("https://{}", "a.".repeat(200));
        for bad in [
            "",
            "egov.kz",
            "https:/egov.kz",
            "https://",
            "https://egov.kz/",
            "https://egov.kz/path",
            "https://a@egov.kz",
            "https://egov.kz:",
            "https://egov.kz:0",
            "https://egov.kz:080",
            "https://egov.kz:65536",
            "https://egov.kz:+1",
            "https://egov.kz https://evil.example",
            "https://егов.қаз",
            "https://egov..kz",
            "https://.kz",
            "https://egov.kz#",
            "https://[::1",
            "https://[::1]x",
            "https://[zz]",
            "://egov.kz",
            "1http://egov.kz",
            "https://egov%2ekz",
            "Null",
            "null ",
            "https://egov.kz\0",
            "file:///",
            long.as_str(),
        ] {
            assert_eq!(Origin::parse(Some(bad)), Err(MalformedOrigin), "{bad:?}");
        }
    }

    #[test]
    fn the_kind_of_caller_is_told_from_the_origin_alone() {
        for (header, kind) in [
            (Some("https://egov.kz"), CallerKind::Site),
            (Some("http://localhost:8080"), CallerKind::Site),
            (Some("http://127.0.0.1"), CallerKind::Site),
            (Some("http://[::1]:3000"), CallerKind::Site),
            (
                Some("http://localhost.evil.example"),
                CallerKind::UnprotectedSite,
            ),
            (Some("http://10.0.0.5"), CallerKind::UnprotectedSite),
            (Some("null"), CallerKind::PageWithoutAddress),
            (Some("file://"), CallerKind::PageWithoutAddress),
            (
                Some("chrome-extension://abcdefghijklmnopabcdefghijklmnop"),
                CallerKind::Program,
            ),
            (
                Some("moz-extension://0b7b9f1e-3a51-4f3c-9a51-aaaaaaaaaaaa"),
                CallerKind::Program,
            ),
            (None, CallerKind::Program),
        ] {
            assert_eq!(Origin::parse(header).unwrap().kind(), kind, "{header:?}");
        }
    }

    #[test]
    fn the_origin_is_written_as_browsers_write_it() {
        assert_eq!(origin("https://egov.kz:443").to_string(), "https://egov.kz");
        assert_eq!(
            origin("https://egov.kz:8443").to_string(),
            "https://egov.kz:8443"
        );
        assert_eq!(origin("null").to_string(), "null");
        assert_eq!(Origin::parse(None).unwrap().to_string(), "");
    }

    #[test]
    fn the_owner_part_is_the_registered_name() {
        for (header, owner) in [
            ("https://idp.egov.kz", "egov.kz"),
            ("https://egov.kz", "egov.kz"),
            ("https://knp.kgd.gov.kz", "kgd.gov.kz"),
            ("https://a.someone.github.io", "someone.github.io"),
            ("https://localhost", "localhost"),
            ("https://10.0.0.5", "10.0.0.5"),
            ("https://[::1]", "[::1]"),
            ("https://egov.kz.evil.example", "evil.example"),
            ("https://idp.egov.kz.", "egov.kz."),
        ] {
            let (host, part) = host_and_owner(header);
            assert_eq!(part, owner, "{header}");
            assert!(host.ends_with(&part), "{header}");
        }
    }

    #[test]
    fn one_script_is_shown_in_unicode_and_mixed_scripts_in_punycode() {
        // "егов.қаз"
        assert_eq!(
            host_and_owner("https://www.xn--80ao21a").0,
            "www.xn--80ao21a"
        );
        assert_eq!(
            host_and_owner("https://xn--b1afk0b.xn--80ao21a").0,
            idna::domain_to_unicode("xn--b1afk0b.xn--80ao21a").0
        );
        // A Cyrillic label that reads "apple" before a Latin suffix.
        assert_eq!(
            host_and_owner("https://xn--80ak6aa92e.com").0,
            "xn--80ak6aa92e.com"
        );
        assert_eq!(
            host_and_owner("https://bücher.example".replace('ü', "u").as_str()).0,
            "bucher.example"
        );
        assert_eq!(
            host_and_owner("https://xn--bcher-kva.example"),
            ("bücher.example".into(), "bücher.example".into())
        );
        // Not punycode at all.
        assert_eq!(host_and_owner("https://xn--a-.example").0, "xn--a-.example");
    }
}
