//! Which of the addresses in a certificate can be asked.

use crate::fetch::is_address;

/// Servers that are asked one after another.
const MAX_ADDRESSES: usize = 3;

/// The address of the settings, or those of the certificate: each once, and only those that are addresses.
///
/// Source: certificates of Kazakhstan's test authority name `http://crl.pki.gov.kz/*.crl`, others `ldap:` addresses.
pub(super) fn choose<'a>(chosen: Option<&'a str>, written: &'a [String]) -> Vec<&'a str> {
    let written = written
        .iter()
        .map(String::as_str)
        .filter(|_| chosen.is_none());
    let mut urls = Vec::new();
    for url in chosen.into_iter().chain(written) {
        if is_address(url) && !urls.contains(&url) && urls.len() < MAX_ADDRESSES {
            urls.push(url);
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_other_schemes_and_repetitions_are_passed_over() {
        let written = [
            "http://crl.pki.gov.kz/*.crl",
            "ldap://crl.example/cn=list",
            "HTTP://crl.example/a.crl",
            "HTTP://crl.example/a.crl",
            "not an address",
            "https://crl.example/b.crl",
        ]
        .map(str::to_owned);
        assert_eq!(
            choose(None, &written),
            ["HTTP://crl.example/a.crl", "https://crl.example/b.crl"]
        );
        assert_eq!(
            choose(Some("http://mirror.example/c.crl"), &written),
            ["http://mirror.example/c.crl"]
        );
        assert!(choose(Some(""), &written).is_empty());
    }
}
