//! What a report says about signatures of others, and about ours when something befalls the certificate.

use crate::openssl_key::OpensslKey;
use crate::tsa::{NOW, Tsa, demo, root};
use crate::{fixtures, keys};
use keystore::{KeyFile, Password};
use pki::revocation::{CacheLimits, RevocationCache, RevocationContext};
use pki::trust::{AnchorKind, TrustAnchors};
use pki::{Fetch, FetchError, FetchRequest, Signer};
use signing::cms::{self, Content, Problem};
use signing::report::{
    self, Basis, ChainCheck, Given, Report, ReportContext, RevocationCheck, SignatureProblem,
    ValidityCheck, Verdict,
};
use signing::{Warning, xml};
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// 2026-11-22.
const TODAY: i64 = 1_795_305_600;

fn context(anchors: &TrustAnchors) -> ReportContext<'_> {
    ReportContext {
        anchors,
        at: TODAY,
        fetch: None,
        issuers: None,
        revocation: None,
    }
}

#[test]
fn stamped_signatures_are_judged_at_the_stamped_time() {
    let Some(folder) = fixtures::folder("fixtures/skarm/cms") else {
        return;
    };
    let anchors = TrustAnchors::national().with_test_ca();
    for (person, time, role) in [
        ("individual", 1_784_538_487, pki::Role::Individual),
        ("legal_entity", 1_784_538_609, pki::Role::LegalEntity),
    ] {
        let document = fs::read(folder.join(format!("{person}_document.txt"))).unwrap();
        for (form, given) in [
            ("attached", Given::Nothing),
            ("detached", Given::Content(&document)),
        ] {
            let message = fs::read(folder.join(format!("{person}_{form}.der"))).unwrap();
            let report = report::of_cms(&message, given, &context(&anchors)).unwrap();
            // Nobody was asked about revocation.
            assert_eq!(report.verdict, Verdict::Undetermined);
            let signature = &report.signatures[0];
            assert_eq!(signature.signature.verdict(), Verdict::Holds);
            assert_eq!(signature.reference_time.time, time);
            assert_eq!(signature.reference_time.basis, Basis::Stamped);
            assert_eq!(signature.validity, ValidityCheck::Valid);
            assert_eq!(signature.revocation, RevocationCheck::NotChecked);
            let ChainCheck::Trusted(chain) = &signature.chain else {
                panic!("{:?}", signature.chain)
            };
            assert_eq!(chain.anchor().kind(), AnchorKind::NationalTest);
            let stamp = &signature.timestamps[0];
            let kind = stamp.chain.as_ref().unwrap().anchor().kind();
            assert_eq!((kind, &stamp.problem), (AnchorKind::National, &None));
            let certificate = signature.certificate.as_ref().unwrap();
            assert!(certificate.roles().contains(&role));
            // Over the digest alone it is the same.
            let digest = pki::DigestAlgorithm::Streebog512.digest(&document);
            let by_digest = report::of_cms(&message, Given::Digest(&digest), &context(&anchors));
            let by_digest = by_digest.unwrap();
            assert_eq!(by_digest.signatures[0].signature.problems, []);
        }
        // Without the document nothing can be said.
        let message = fs::read(folder.join(format!("{person}_detached.der"))).unwrap();
        let report = report::of_cms(&message, Given::Nothing, &context(&anchors)).unwrap();
        assert_eq!(
            report.signatures[0].signature.verdict(),
            Verdict::Undetermined
        );
    }
}

#[test]
fn without_the_test_authority_its_certificates_are_not_trusted() {
    let Some(folder) = fixtures::folder("fixtures/skarm/cms") else {
        return;
    };
    let message = fs::read(folder.join("individual_attached.der")).unwrap();
    let anchors = TrustAnchors::national();
    let report = report::of_cms(&message, Given::Nothing, &context(&anchors)).unwrap();
    let signature = &report.signatures[0];
    assert!(matches!(signature.chain, ChainCheck::Failed(_)));
    assert_eq!(signature.chain.verdict(), Verdict::Undetermined);
    assert_eq!(signature.timestamps[0].problem, None);
}

/// Everything that others signed: the mathematics holds, the chain leads to whom it should.
#[test]
fn every_signature_of_others_is_judged() {
    let Some(folder) = fixtures::folder("fixtures") else {
        return;
    };
    let anchors = TrustAnchors::national().with_test_ca();
    let mut judged = 0;
    for path in files(&folder.join("ncanode-go"))
        .into_iter()
        .chain(files(&folder.join("own")))
    {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let bytes = fs::read(&path).unwrap();
        let report = if name.ends_with(".cms") {
            let content = fs::read(path.with_extension("").with_extension("data.bin"));
            let given = match (&content, name.contains("detached")) {
                (Ok(content), true) => Given::Content(content),
                _ => Given::Nothing,
            };
            report::of_cms(&cms::from_text(&bytes).unwrap(), given, &context(&anchors)).unwrap()
        } else if name.ends_with(".xml") {
            report::of_xml(&bytes, &context(&anchors)).unwrap()
        } else {
            continue;
        };
        judged += 1;
        let signature = &report.signatures[0];
        assert_eq!(signature.signature.problems, [], "{name}");
        if name.starts_with("own/") {
            // Signed by nobody but themselves.
            assert!(matches!(signature.chain, ChainCheck::Failed(_)), "{name}");
        } else {
            let trusted = matches!(signature.chain, ChainCheck::Trusted(_));
            assert!(trusted, "{name}: {:?}", signature.chain);
            // Signed in 2020, for a year; the CMS says when, the XML does not.
            let expected = match name.ends_with(".cms") {
                true => (Basis::Claimed, ValidityCheck::ValidByClaim),
                false => (Basis::Now, ValidityCheck::ExpiredSince),
            };
            let found = (signature.reference_time.basis, signature.validity);
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(report.verdict, Verdict::Undetermined, "{name}");
    }
    assert_eq!(judged, 28);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// The demo CA's revocation list; no OCSP responder.
struct DemoLists;

impl Fetch for DemoLists {
    fn fetch(&self, request: &FetchRequest<'_>) -> Result<Box<dyn Read + Send>, FetchError> {
        match request.url.rsplit_once("/crl/") {
            Some((_, name)) if request.body.is_none() => {
                let list = fs::read(demo("ca").join(name)).unwrap();
                Ok(Box::new(Cursor::new(list)))
            }
            _ => Err(FetchError::CannotConnect),
        }
    }
}

fn demo_key(path: &str) -> impl Signer {
    KeyFile::read(&demo(path))
        .unwrap()
        .open(&Password::new("Qwerty12".to_owned().into()))
        .unwrap()
}

const GOOD: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
const REVOKED: &str = "revoked/GOST512_68c2ed46dead9272a6c5684e17875960ebc23d18.p12";
const EXPIRED: &str = "expired/GOST512_00897ba3909750c7dd7651e47ac2da7bd81a6587.p12";

/// Judges a message under the demo CA, whose list is asked.
fn judged(message: &[u8], at: i64) -> Report {
    let anchors = TrustAnchors::only([root()]);
    let cache = RevocationCache::in_memory(CacheLimits::default());
    let revocation = RevocationContext {
        fetch: &DemoLists,
        at,
        ocsp_url: None,
        crl_url: None,
        cache: &cache,
        deadline: Duration::from_secs(20),
    };
    let context = ReportContext {
        at,
        revocation: Some(&revocation),
        ..context(&anchors)
    };
    report::of_cms(message, Given::Nothing, &context).unwrap()
}

/// Signs with a key of the demo CA; stamps by an authority whose certificate names no list.
fn stamped(key: &str, time: i64) -> Vec<u8> {
    let mut tsa = Tsa::new();
    tsa.time = time;
    let anchors = crate::tsa::anchors();
    let authority = crate::tsa::authority(&tsa, &anchors, time);
    cms::sign_timestamped(
        &demo_key(key),
        Content::Attached(b"content"),
        time,
        &authority,
    )
    .unwrap()
}

#[test]
fn a_good_certificate_holds_and_says_by_which_list() {
    let message = cms::sign_attached(&demo_key(GOOD), b"content", NOW).unwrap();
    let report = judged(&message, NOW + 60);
    let signature = &report.signatures[0];
    assert_eq!(report.verdict, Verdict::Holds, "{signature:?}");
    assert_eq!(signature.reference_time.basis, Basis::Claimed);
    let RevocationCheck::Checked(pki::revocation::RevocationStatus::Good(evidence)) =
        &signature.revocation
    else {
        panic!("{:?}", signature.revocation)
    };
    assert!(
        evidence.url.contains("/crl/tanba_demo_gost"),
        "{evidence:?}"
    );
}

#[test]
fn a_revocation_after_the_stamped_time_does_not_break_the_signature() {
    // Revoked since 2026-02-01 by the demo CA's list.
    let (before, after) = (1_768_435_200, NOW);
    let report = judged(&stamped(REVOKED, before), after);
    let signature = &report.signatures[0];
    assert!(
        matches!(signature.revocation, RevocationCheck::RevokedLater(_)),
        "{signature:?}"
    );
    assert_eq!(signature.revocation.verdict(), Verdict::Holds);
    for message in [
        stamped(REVOKED, after),
        // Nobody bears out that this one is older.
        cms::sign_attached(&demo_key(REVOKED), b"content", before).unwrap(),
    ] {
        let report = judged(&message, after);
        assert_eq!(report.verdict, Verdict::Broken);
        let revocation = report.signatures[0].revocation.verdict();
        assert_eq!(revocation, Verdict::Broken);
    }
}

#[test]
fn only_a_stamp_lets_an_expired_certificate_hold() {
    // Valid in 2024.
    let in_time = 1_717_243_200;
    let key = demo_key(EXPIRED);
    let validity = |message: &[u8]| judged(message, NOW).signatures[0].validity;
    let claimed = cms::sign_attached(&key, b"content", in_time).unwrap();
    assert_eq!(validity(&claimed), ValidityCheck::ValidByClaim);
    let late = cms::sign_attached(&key, b"content", NOW - 60).unwrap();
    assert_eq!(validity(&late), ValidityCheck::Expired);
    let future = cms::sign_attached(&key, b"content", NOW + 3600).unwrap();
    assert_eq!(validity(&future), ValidityCheck::ExpiredSince);
    let early = cms::sign_attached(&key, b"content", 1_600_000_000).unwrap();
    assert_eq!(validity(&early), ValidityCheck::NotYetValid);
    assert_eq!(judged(&late, NOW).verdict, Verdict::Broken);
    assert_eq!(judged(&claimed, NOW).verdict, Verdict::Undetermined);
}

#[test]
fn a_stamp_of_another_signature_breaks_the_message() {
    let (one, other) = (stamped(GOOD, NOW), stamped(GOOD, NOW - 1));
    let of = |message: &[u8]| cms::verify(message, None).unwrap().signers.remove(0);
    let (one_signer, other_signer) = (of(&one), of(&other));
    let (from, to) = (&other_signer.time_stamps[0], &one_signer.time_stamps[0]);
    assert_eq!(from.len(), to.len());
    let at = one.windows(to.len()).position(|it| it == *to).unwrap();
    let mut mixed = one.clone();
    mixed[at..at + to.len()].copy_from_slice(from);
    let report = judged(&mixed, NOW);
    assert_eq!(report.verdict, Verdict::Broken);
    let stamp = &report.signatures[0].timestamps[0];
    assert_eq!(
        stamp.problem,
        Some(signing::timestamp::TokenError::OtherImprint)
    );
    assert_eq!(report.signatures[0].reference_time.basis, Basis::Claimed);
    assert_eq!(report.signatures[0].signature.verdict(), Verdict::Holds);
}

/// A CMS by `openssl cms -sign`, of `content`.
fn openssl_cms(key: &OpensslKey, options: &[&str]) -> Vec<u8> {
    let folder = key.folder();
    fs::write(folder.join("content"), b"content").unwrap();
    fs::write(folder.join("certificate.pem"), key.certificate().to_pem()).unwrap();
    let output = Command::new("openssl")
        .args(["cms", "-sign", "-binary", "-nodetach", "-in", "content"])
        .args(["-signer", "certificate.pem", "-inkey", "key.pem"])
        .args(options)
        .args(["-outform", "DER", "-out", "message"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    fs::read(folder.join("message")).unwrap()
}

#[test]
fn a_signer_of_a_kind_that_is_not_known_leaves_the_others_their_verdicts() {
    let keys = keys::gost();
    let Some((_, gost)) = keys.first() else {
        return;
    };
    let pss = openssl_cms(
        &OpensslKey::generate(),
        &["-keyopt", "rsa_padding_mode:pss"],
    );
    let ours = cms::sign_attached(gost, b"content", NOW).unwrap();
    let both = crate::archive::merged(&pss, &ours);
    let anchors = TrustAnchors::only([gost.certificate().clone()]);
    let report = report::of_cms(&both, Given::Nothing, &context(&anchors)).unwrap();
    let [unknown, known] = report.signatures.as_slice() else {
        panic!("{}", report.signatures.len())
    };
    let pss = pki::ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
    assert_eq!(
        unknown.signature.problems,
        [SignatureProblem::Cms(Problem::UnknownSignatureAlgorithm(
            pss
        ))]
    );
    assert_eq!(unknown.signature.verdict(), Verdict::Undetermined);
    assert_eq!(known.signature.verdict(), Verdict::Holds);
    assert!(matches!(known.chain, ChainCheck::Trusted(_)));
    // One that breaks the rules altogether says nothing against the others either.
    let broken = crate::archive::with_signer_info(&ours, &[0x30, 3, 2, 1, 1]);
    let report = report::of_cms(&broken, Given::Nothing, &context(&anchors)).unwrap();
    assert_eq!(report.verdict, Verdict::Broken);
    let verdicts: Vec<_> = report
        .signatures
        .iter()
        .map(|it| it.signature.verdict())
        .collect();
    assert_eq!(verdicts, [Verdict::Holds, Verdict::Broken]);
}

#[test]
fn sha_1_is_warned_of() {
    let key = OpensslKey::generate();
    let anchors = TrustAnchors::only([key.certificate().clone()]);
    for (digest, warnings) in [("sha1", &[Warning::OutdatedAlgorithm][..]), ("sha256", &[])] {
        let message = openssl_cms(&key, &["-md", digest]);
        let report = report::of_cms(&message, Given::Nothing, &context(&anchors)).unwrap();
        assert_eq!(report.signatures[0].signature.problems, []);
        assert_eq!(report.signatures[0].warnings, warnings);
    }
}

#[test]
fn an_xml_signature_is_judged_like_any_other() {
    let document = xml::Document::parse("<a>1</a>").unwrap();
    let signed = xml::sign_enveloped(&demo_key(GOOD), &document, xml::Layout::Compact).unwrap();
    let anchors = TrustAnchors::only([root()]);
    let report = report::of_xml(signed.as_bytes(), &context(&anchors)).unwrap();
    let signature = &report.signatures[0];
    assert_eq!(signature.covers, [report::Coverage::WholeDocument]);
    assert_eq!(signature.signature.problems, []);
    assert!(matches!(signature.chain, ChainCheck::Trusted(_)));
    assert_eq!(signature.reference_time.basis, Basis::Now);
    let changed = signed.replace("<a>1", "<a>2");
    let report = report::of_xml(changed.as_bytes(), &context(&anchors)).unwrap();
    assert_eq!(report.verdict, Verdict::Broken);
    let unsigned = report::of_xml(b"<a>1</a>", &context(&anchors)).unwrap();
    assert_eq!(unsigned.verdict, Verdict::Broken);
}
