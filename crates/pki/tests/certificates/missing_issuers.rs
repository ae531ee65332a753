//! Issuers' certificates that come over the network, good and bad.

use std::{
    collections::HashMap,
    io::{Cursor, Read},
    sync::Mutex,
};

use pki::{
    Certificate, Fetch, FetchError, FetchRequest,
    chain::{self, Chain, ChainContext, ChainError, IssuerCache, IssuerFetchError},
    trust::TrustAnchors,
};

use crate::{
    authority::{Keys, NOW, Template},
    build::{oid, sequence, tlv},
    fixtures,
};

const URL: &str = "http://127.0.0.1/cert/one.cer";
const NEXT: &str = "http://127.0.0.1/cert/two.cer";

/// The other side of [`Fetch`]: answers from memory, and remembers what was asked.
#[derive(Default)]
struct Servers {
    answers: HashMap<String, Result<Vec<u8>, FetchError>>,
    asked: Mutex<Vec<String>>,
}

impl Servers {
    fn answering(url: &str, answer: impl Into<Vec<u8>>) -> Self {
        Self::default().and(url, Ok(answer.into()))
    }

    fn and(mut self, url: &str, answer: Result<Vec<u8>, FetchError>) -> Self {
        self.answers.insert(url.into(), answer);
        self
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Fetch for Servers {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        assert!(request.body.is_none());
        assert_eq!(request.max_bytes, 256 << 10);
        assert_eq!(request.timeout.as_secs(), 5);
        self.asked.lock().unwrap().push(request.url.to_owned());
        match self.answers.get(request.url) {
            Some(Ok(body)) => Ok(Box::new(Cursor::new(body.clone()))),
            Some(Err(error)) => Err(*error),
            None => Err(FetchError::Status(404)),
        }
    }
}

/// Root → ONE → a certificate that gives `urls` for ONE's.
struct Case {
    root: Certificate,
    one: Certificate,
    leaf: Certificate,
}

impl Case {
    fn new(urls: &[&str]) -> Self {
        let keys = Keys::gost();
        Self {
            root: Template::authority("ROOT", "ROOT", None).issue(keys.get(0), keys.get(0)),
            one: Template::authority("ONE", "ROOT", None).issue(keys.get(1), keys.get(0)),
            leaf: leaf("ONE", 1, urls),
        }
    }

    fn build(&self, servers: &Servers, cache: Option<&IssuerCache>) -> Result<Chain, ChainError> {
        build(&self.leaf, &[], &self.root, servers, cache)
    }

    fn missing(&self, fetch: Option<IssuerFetchError>) -> ChainError {
        ChainError::NoIssuer {
            name: self.one.subject().clone(),
            fetch,
        }
    }
}

fn leaf(issuer: &str, key: usize, urls: &[&str]) -> Certificate {
    let keys = Keys::gost();
    Template::leaf(issuer)
        .ca_issuers(urls)
        .issue(keys.get(3), keys.get(key))
}

fn build(
    leaf: &Certificate,
    candidates: &[Certificate],
    root: &Certificate,
    servers: &Servers,
    cache: Option<&IssuerCache>,
) -> Result<Chain, ChainError> {
    let context = ChainContext {
        anchors: &TrustAnchors::only([root.clone()]),
        candidates,
        at: NOW,
        fetch: Some(servers),
        cache,
    };
    chain::build_chain(leaf, &context)
}

/// A SignedData that holds certificates and signs nothing.
fn pkcs7(certificates: &[&Certificate]) -> Vec<u8> {
    let certificates: Vec<_> = certificates.iter().map(|one| one.der()).collect();
    let signed_data = sequence(&[
        &tlv(2, &[1]),
        &tlv(0x31, &[]),
        &sequence(&[&oid("1.2.840.113549.1.7.1")]),
        &tlv(0xa0, &certificates.concat()),
        &tlv(0x31, &[]),
    ]);
    sequence(&[&oid("1.2.840.113549.1.7.2"), &tlv(0xa0, &signed_data)])
}

#[test]
fn a_missing_issuer_is_fetched_in_every_form_that_authorities_publish() {
    let case = Case::new(&[URL]);
    let other = fixtures::demo_authority("tanba_demo_rsa");
    let bundle = pkcs7(&[&other, &case.one]);
    let pkcs7_pem = {
        let text = case.one.to_pem();
        let pem = fixtures::openssl_with(
            &["crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin"],
            text.as_bytes(),
        );
        assert!(pem.starts_with(b"-----BEGIN PKCS7-----"));
        pem
    };
    for (form, body) in [
        ("DER", case.one.der().to_vec()),
        ("PEM", case.one.to_pem().into_bytes()),
        (
            "PEM of several",
            format!("{}{}", other.to_pem(), case.one.to_pem()).into_bytes(),
        ),
        ("PKCS #7", bundle),
        ("PKCS #7 in PEM", pkcs7_pem),
    ] {
        let servers = Servers::answering(URL, body);
        let chain = case
            .build(&servers, None)
            .unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(
            chain.certificates(),
            [case.leaf.clone(), case.one.clone()],
            "{form}"
        );
        assert_eq!(servers.asked(), 1, "{form}");
    }
}

#[test]
fn two_missing_issuers_are_fetched_one_after_the_other() {
    let keys = Keys::gost();
    let root = Template::authority("ROOT", "ROOT", None).issue(keys.get(0), keys.get(0));
    let two = Template::authority("TWO", "ROOT", None).issue(keys.get(2), keys.get(0));
    let one = Template::authority("ONE", "TWO", None).ca_issuers(&[NEXT]);
    let one = one.issue(keys.get(1), keys.get(2));
    let leaf = leaf("ONE", 1, &[URL]);
    let servers = Servers::answering(URL, one.der()).and(NEXT, Ok(two.der().to_vec()));
    let chain = build(&leaf, &[], &root, &servers, None).unwrap();
    assert_eq!(chain.certificates(), [leaf, one, two]);
}

#[test]
fn nothing_is_fetched_that_is_there() {
    let case = Case::new(&[URL]);
    let servers = Servers::default();
    let candidates = [case.one.clone()];
    assert!(build(&case.leaf, &candidates, &case.root, &servers, None).is_ok());
    assert!(build(&case.leaf, &[], &case.one, &servers, None).is_ok());
    // Not even when the chain fails for another reason.
    let expired = Template::authority("ONE", "ROOT", None).not_after("260101000000Z");
    let keys = Keys::gost();
    let expired = [expired.issue(keys.get(1), keys.get(0))];
    let error = build(&case.leaf, &expired, &case.root, &servers, None).unwrap_err();
    assert!(matches!(error, ChainError::Expired { .. }), "{error}");
    assert_eq!(servers.asked(), 0);
}

#[test]
fn addresses_that_are_none_are_not_asked() {
    let long = format!("http://127.0.0.1/{}", "a".repeat(2048));
    let case = Case::new(&[
        "http://pki.gov.kz/cert/*.cer",
        "ldap://127.0.0.1/cn=one",
        "file:///etc/passwd",
        "http://",
        "http:///cert",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\u{430}",
        "http://127.0.0.1/\r\nHost: x",
        &long,
        "",
    ]);
    let servers = Servers::default();
    assert_eq!(case.build(&servers, None).unwrap_err(), case.missing(None));
    assert_eq!(servers.asked(), 0);
}

#[test]
fn a_placeholder_does_not_hide_the_address_beside_it() {
    let case = Case::new(&["http://pki.gov.kz/cert/*.cer", "HTTP://127.0.0.1/x", URL]);
    let servers = Servers::answering(URL, case.one.der());
    assert!(case.build(&servers, None).is_ok());
    assert_eq!(*servers.asked.lock().unwrap(), ["HTTP://127.0.0.1/x", URL]);
}

#[test]
fn every_failure_of_the_network_has_its_name() {
    let case = Case::new(&[URL]);
    for error in [
        FetchError::Offline,
        FetchError::UnknownHost,
        FetchError::CannotConnect,
        FetchError::Timeout,
        FetchError::Status(500),
        FetchError::TooLarge,
    ] {
        let servers = Servers::default().and(URL, Err(error));
        let expected = case.missing(Some(IssuerFetchError::Fetch(error)));
        assert_eq!(case.build(&servers, None).unwrap_err(), expected);
    }
    let endless = Servers::answering(URL, vec![b'x'; (256 << 10) + 1]);
    let expected = case.missing(Some(IssuerFetchError::Fetch(FetchError::TooLarge)));
    assert_eq!(case.build(&endless, None).unwrap_err(), expected);
}

#[test]
fn answers_that_hold_no_certificate_are_told_from_silence() {
    let case = Case::new(&[URL]);
    let der = case.one.der();
    for body in [
        vec![],
        b"<html>Log in to the Wi-Fi</html>".to_vec(),
        der[..der.len() / 2].to_vec(),
        pkcs7(&[]),
        sequence(&[&oid("1.2.840.113549.1.7.2")]),
        b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n".to_vec(),
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n".to_vec(),
    ] {
        let servers = Servers::answering(URL, body.clone());
        let expected = case.missing(Some(IssuerFetchError::NoCertificate));
        assert_eq!(
            case.build(&servers, None).unwrap_err(),
            expected,
            "{body:?}"
        );
    }
}

#[test]
fn a_fetched_certificate_is_not_believed() {
    let keys = Keys::gost();
    let case = Case::new(&[URL]);
    let impostor = Template::authority("ONE", "ROOT", None).issue(keys.get(2), keys.get(0));
    let servers = Servers::answering(URL, impostor.der());
    let expected = ChainError::BadSignature {
        name: case.one.subject().clone(),
    };
    assert_eq!(case.build(&servers, None).unwrap_err(), expected);
    // One who has the key but is no authority.
    let nobody = Template::authority("ONE", "ROOT", None).basic_constraints(None);
    let servers = Servers::answering(URL, nobody.issue(keys.get(1), keys.get(0)).der());
    assert!(matches!(
        case.build(&servers, None),
        Err(ChainError::NotACa { .. })
    ));
    // A certificate that gives its own address as its issuer's.
    let servers = Servers::answering(URL, case.leaf.der());
    assert_eq!(case.build(&servers, None).unwrap_err(), case.missing(None));
}

#[test]
fn no_more_than_four_addresses_are_asked() {
    let urls: Vec<_> = (0..100)
        .map(|number| format!("http://127.0.0.1/{number}"))
        .collect();
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    let case = Case::new(&urls);
    let servers = Servers::default();
    let expected = case.missing(Some(IssuerFetchError::Fetch(FetchError::Status(404))));
    assert_eq!(case.build(&servers, None).unwrap_err(), expected);
    assert_eq!(servers.asked(), chain::MAX_FETCHES);
}

#[test]
fn what_was_fetched_once_is_not_fetched_again() {
    let case = Case::new(&[URL]);
    let servers = Servers::answering(URL, case.one.der());
    let cache = IssuerCache::new();
    for _ in 0..3 {
        assert!(case.build(&servers, Some(&cache)).is_ok());
    }
    assert_eq!(servers.asked(), 1);
    // The cache serves without any network too.
    let context = ChainContext {
        anchors: &TrustAnchors::only([case.root.clone()]),
        candidates: &[],
        at: NOW,
        fetch: None,
        cache: Some(&cache),
    };
    assert!(chain::build_chain(&case.leaf, &context).is_ok());
    cache.clear();
    assert!(chain::build_chain(&case.leaf, &context).is_err());
}

#[test]
fn a_wrong_answer_is_not_kept() {
    let case = Case::new(&[URL]);
    let cache = IssuerCache::new();
    let other = fixtures::demo_authority("tanba_demo_gost");
    let wrong = Servers::answering(URL, other.der());
    assert!(case.build(&wrong, Some(&cache)).is_err());
    let right = Servers::answering(URL, case.one.der());
    assert!(case.build(&right, Some(&cache)).is_ok());
}

#[test]
fn a_silent_server_is_not_asked_for_every_key() {
    let case = Case::new(&[URL]);
    let servers = Servers::default().and(URL, Err(FetchError::Timeout));
    let cache = IssuerCache::new();
    for _ in 0..3 {
        assert!(case.build(&servers, Some(&cache)).is_err());
    }
    assert_eq!(servers.asked(), 1);
}

#[test]
fn the_cache_stays_small() {
    let cache = IssuerCache::new();
    let servers = Servers::default();
    for number in 0..40 {
        let url = format!("http://127.0.0.1/{number}");
        assert!(Case::new(&[&url]).build(&servers, Some(&cache)).is_err());
    }
    assert_eq!(format!("{cache:?}"), "IssuerCache(32 addresses)");
    // The oldest is forgotten, the youngest is not.
    let case = Case::new(&["http://127.0.0.1/39"]);
    assert!(case.build(&servers, Some(&cache)).is_err());
    assert_eq!(servers.asked(), 40);
    let case = Case::new(&["http://127.0.0.1/0"]);
    assert!(case.build(&servers, Some(&cache)).is_err());
    assert_eq!(servers.asked(), 41);
}
