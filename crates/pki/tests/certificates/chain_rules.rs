//! What makes a chain hold or fall, judged by OpenSSL too.

use std::{fs, process::Command};

use pki::{
    Certificate, Name, ObjectIdentifier,
    chain::{self, Chain, ChainContext, ChainError, ChainLink},
    trust::TrustAnchors,
};

use crate::{
    authority::{Keys, NOW, SIGNING, Template},
    build::{oid, sequence, tlv},
};

pub(crate) const ROOT: &str = "ROOT";
pub(crate) const ONE: &str = "ONE";
pub(crate) const TWO: &str = "TWO";
/// Before and after [`NOW`].
const PAST: &str = "260101000000Z";
const FUTURE: &str = "350101000000Z";
const UNKNOWN: &str = "1.2.398.99.1";

/// A leaf, those above it, and how they should be judged.
struct Case {
    what: &'static str,
    leaf: Certificate,
    between: Vec<Certificate>,
    root: Certificate,
    expected: Result<usize, ChainError>,
}

/// Which key an authority of this name has.
fn key_of(name: &str) -> usize {
    match name {
        ONE => 1,
        TWO => 2,
        _ => 0,
    }
}

fn root() -> Template {
    Template::authority(ROOT, ROOT, None)
}

fn one() -> Template {
    Template::authority(ONE, ROOT, None)
}

fn two() -> Template {
    Template::authority(TWO, ONE, None)
}

/// The name of an authority as errors have it.
pub(crate) fn name(common_name: &str) -> Name {
    let key = Keys::gost().get(0);
    let template = Template::authority(common_name, common_name, None);
    template.issue(key, key).subject().clone()
}

pub(crate) fn authority(common_name: &str) -> ChainLink {
    ChainLink::Authority(name(common_name))
}

pub(crate) fn build(
    leaf: &Certificate,
    candidates: &[Certificate],
    anchors: &TrustAnchors,
    at: i64,
) -> Result<Chain, ChainError> {
    let context = ChainContext {
        anchors,
        candidates,
        at,
        fetch: None,
        cache: None,
    };
    chain::build_chain(leaf, &context)
}

/// Everything that can be wrong between a root and a leaf; the number is that of the certificates without the root.
fn cases(keys: &Keys) -> Vec<Case> {
    let issue = |template: Template| {
        let (subject, issuer) = (key_of(&template.subject), key_of(&template.issuer));
        template.issue(keys.get(subject), keys.get(issuer))
    };
    let case = |what, leaf: Template, between: Vec<Template>, root: Template, expected| Case {
        what,
        leaf: leaf.issue(keys.get(3), keys.get(key_of(&leaf.issuer))),
        between: between.into_iter().map(issue).collect(),
        root: issue(root),
        expected,
    };
    let under_one =
        |what, one, expected| case(what, Template::leaf(ONE), vec![one], root(), expected);
    let under_two =
        |what, between, root, expected| case(what, Template::leaf(TWO), between, root, expected);
    let under_root = |what, leaf, expected| case(what, leaf, vec![], root(), expected);
    let unknown = |certificate| {
        Err(ChainError::UnknownCriticalExtension {
            certificate,
            extension: ObjectIdentifier::new_unwrap(UNKNOWN),
        })
    };
    let not_a_ca = |name| {
        Err(ChainError::NotACa {
            certificate: authority(name),
        })
    };
    let too_long = |name| {
        Err(ChainError::PathTooLong {
            certificate: authority(name),
        })
    };
    let expired = |certificate| {
        Err(ChainError::Expired {
            certificate,
            not_after: 1_767_225_600,
            at: NOW,
        })
    };
    let not_yet = |certificate| {
        Err(ChainError::NotYetValid {
            certificate,
            not_before: 2_051_222_400,
            at: NOW,
        })
    };
    let no_issuer = |missing| {
        Err(ChainError::NoIssuer {
            name: name(missing),
            fetch: None,
        })
    };
    let null = || tlv(5, &[]);
    let signing_only = sequence(&[&oid("1.3.6.1.5.5.7.3.4")]);

    let mut cases = vec![
        under_root("none between", Template::leaf(ROOT), Ok(1)),
        under_one("one between", one(), Ok(2)),
        under_two("two between", vec![two(), one()], root(), Ok(3)),
        under_two("another order", vec![one(), two()], root(), Ok(3)),
        // Path lengths.
        under_one("none may stand below", one().path_length(0), Ok(2)),
        under_two(
            "one may stand below",
            vec![one(), two().path_length(0)],
            root().path_length(2),
            Ok(3),
        ),
        under_two(
            "one stands below the root that wants none",
            vec![one(), two()],
            root().path_length(0),
            too_long(ROOT),
        ),
        under_two(
            "two stand below the root that wants one",
            vec![one(), two()],
            root().path_length(1),
            too_long(ROOT),
        ),
        under_two(
            "one stands below another that wants none",
            vec![one().path_length(0), two()],
            root(),
            too_long(ONE),
        ),
        // The right to issue.
        under_one(
            "no basicConstraints",
            one().basic_constraints(None),
            not_a_ca(ONE),
        ),
        under_one(
            "empty basicConstraints",
            one().basic_constraints(Some(vec![])),
            not_a_ca(ONE),
        ),
        under_one(
            "no keyCertSign",
            one().key_usage(Some(SIGNING)),
            not_a_ca(ONE),
        ),
        under_one("no keyUsage", one().key_usage(None), Ok(2)),
        // Dates.
        under_one(
            "one between expired",
            one().not_after(PAST),
            expired(authority(ONE)),
        ),
        under_one(
            "one between from the future",
            one().not_before(FUTURE),
            not_yet(authority(ONE)),
        ),
        under_root(
            "expired",
            Template::leaf(ROOT).not_after(PAST),
            expired(ChainLink::Leaf),
        ),
        under_root(
            "from the future",
            Template::leaf(ROOT).not_before(FUTURE),
            not_yet(ChainLink::Leaf),
        ),
        case(
            "the root expired",
            Template::leaf(ONE),
            vec![one()],
            root().not_after(PAST),
            expired(authority(ROOT)),
        ),
        // Extensions.
        under_one(
            "unknown and critical above",
            one().extension(UNKNOWN, true, null()),
            unknown(authority(ONE)),
        ),
        case(
            "unknown and critical in the root",
            Template::leaf(ONE),
            vec![one()],
            root().extension(UNKNOWN, true, null()),
            unknown(authority(ROOT)),
        ),
        under_root(
            "unknown and critical",
            Template::leaf(ROOT).extension(UNKNOWN, true, null()),
            unknown(ChainLink::Leaf),
        ),
        under_root(
            "unknown",
            Template::leaf(ROOT).extension(UNKNOWN, false, null()),
            Ok(1),
        ),
        under_root(
            "a critical extKeyUsage",
            Template::leaf(ROOT).extension("2.5.29.37", true, signing_only),
            Ok(1),
        ),
        under_one("no key identifiers", one().without_key_ids(), Ok(2)),
        // Names.
        under_root(
            "nobody of that name",
            Template::leaf("OTHER"),
            no_issuer("OTHER"),
        ),
        under_one(
            "somebody of another name",
            Template::authority("OTHER", ROOT, None),
            no_issuer(ONE),
        ),
    ];
    // Keys.
    let mut wrong_key = under_one(
        "another key",
        one(),
        Err(ChainError::BadSignature { name: name(ONE) }),
    );
    wrong_key.between = vec![one().issue(keys.get(2), keys.get(0))];
    let mut new_key = under_one("the root changed its key", one(), Ok(3));
    // That does not count as an authority below.
    new_key.root = issue(root().path_length(1));
    new_key.between = vec![
        root().issue(keys.get(2), keys.get(0)),
        one().issue(keys.get(1), keys.get(2)),
    ];
    cases.extend([wrong_key, new_key]);
    cases
}

fn judge(keys: &Keys) {
    for case in cases(keys) {
        let anchors = TrustAnchors::only([case.root.clone()]);
        let judged = build(&case.leaf, &case.between, &anchors, NOW);
        let length = judged.as_ref().map(|chain| chain.certificates().len());
        assert_eq!(length.map_err(Clone::clone), case.expected, "{}", case.what);
        let Ok(chain) = judged else { continue };
        let certificates = chain.certificates();
        assert_eq!(certificates[0], case.leaf, "{}", case.what);
        for (index, certificate) in certificates.iter().enumerate() {
            let issuer = chain.issuer(index).unwrap();
            assert_eq!(issuer.verify_issued(certificate), Ok(()), "{}", case.what);
            let above = certificates.get(index + 1);
            assert_eq!(issuer.certificate(), above, "{}", case.what);
        }
        assert!(chain.issuer(certificates.len()).is_none());
        let fingerprint = case.root.fingerprint_sha256();
        assert_eq!(*chain.anchor().fingerprint_sha256(), fingerprint);
    }
}

#[test]
fn chains_of_gost_keys_hold_or_fall_by_the_rules() {
    judge(Keys::gost());
}

#[test]
fn chains_of_rsa_keys_hold_or_fall_by_the_rules() {
    judge(Keys::rsa());
}

#[test]
fn openssl_judges_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, pem: String| {
        let path = folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path
    };
    for case in cases(Keys::rsa()) {
        // OpenSSL refuses an empty file; the root among them changes nothing.
        let others = case.between.iter().chain([&case.root]);
        let between: String = others.map(Certificate::to_pem).collect();
        let output = Command::new("openssl")
            .args(["verify", "-no-CApath", "-no-CAstore", "-attime"])
            .arg(NOW.to_string())
            .arg("-CAfile")
            .arg(file("root.pem", case.root.to_pem()))
            .arg("-untrusted")
            .arg(file("between.pem", between))
            .arg(file("leaf.pem", case.leaf.to_pem()))
            .output()
            .expect("openssl is needed");
        let words = String::from_utf8_lossy(&output.stderr);
        let holds = output.status.success();
        assert_eq!(holds, case.expected.is_ok(), "{}: {words}", case.what);
    }
}
