//! What the command line does with files.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use agent::{
    Error,
    commands::{SignAs, VerifyOptions, list_keys, sign_file, verify_file},
};
use window_messages::Language;

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../keystore-fixtures")
        .join(path)
}

const INDIVIDUAL: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
const EXPIRED: &str = "expired/GOST512_00897ba3909750c7dd7651e47ac2da7bd81a6587.p12";
const EARLY: &str = "not-yet-valid/GOST512_f87d012534fd75f141325b5c527a75866daaff05.p12";

fn sign(document: &Path, key: &str, password: &str, form: SignAs) -> Result<Vec<u8>, Error> {
    sign_file(document, &fixture(key), password.to_owned().into(), form)
}

#[test]
fn what_is_signed_verifies_in_every_form_and_a_change_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("document.xml");
    let changed = folder.path().join("changed.xml");
    fs::write(&document, "<a>1</a>").unwrap();
    fs::write(&changed, "<a>2</a>").unwrap();
    let certificate = fixture("certificates/028343d1ee0ad94f42789fc6a236572bf290147f.cer");
    for (form, format) in [
        (SignAs::CmsAttached, "cms"),
        (SignAs::CmsDetached, "cms"),
        (SignAs::Xml, "xml"),
        (SignAs::Raw, "raw"),
    ] {
        let signed = folder.path().join("signed");
        fs::write(
            &signed,
            sign(&document, INDIVIDUAL, "Qwerty12", form).unwrap(),
        )
        .unwrap();
        let beside =
            (form != SignAs::Xml && form != SignAs::CmsAttached).then_some(document.as_path());
        let bare = (form == SignAs::Raw).then_some(certificate.as_path());
        let over = |content: Option<&Path>| VerifyOptions {
            content: content.map(Path::to_owned),
            certificate: bare.map(Path::to_owned),
            authorities: vec![fixture("ca/tanba_demo_gost.cer")],
            ..VerifyOptions::offline()
        };
        let report = verify_file(&signed, &over(beside)).unwrap();
        // Nobody was asked about revocation.
        assert_eq!((report.format, report.verdict), (format, "undetermined"));
        let signature = &report.signatures[0];
        let signer = signature.signer.as_ref().unwrap();
        assert_eq!(signer.iin.as_deref(), Some("123456789011"));
        assert_eq!(signer.roles, ["individual"]);
        assert_eq!(signature.signature.verdict, "holds");
        assert_eq!(signature.revocation.finding, "not-checked");
        let json = serde_json::to_value(&report).unwrap();
        let json = &json["signatures"][0];
        assert_eq!(json["chain"]["verdict"], "holds");
        assert_eq!(json["chain"]["anchor"]["kind"], "added");
        assert_eq!(json["validity"]["finding"], "valid");
        for (language, words) in [
            (Language::En, ["CANNOT BE TOLD", "IIN", "added by you"]),
            (Language::Ru, ["НЕЛЬЗЯ СКАЗАТЬ", "ИИН", "добавлен вами"]),
            (Language::Kk, ["АЙТУ МҮМКІН ЕМЕС", "ЖСН", "өзіңіз қосқан"]),
        ] {
            let text = report.text(language);
            assert!(words.iter().all(|word| text.contains(word)), "{text}");
        }
        if beside.is_some() {
            let report = verify_file(&signed, &over(Some(&changed))).unwrap();
            assert!(report.is_broken(), "{form:?}");
            assert!(!report.signatures[0].signature.problems.is_empty());
            assert!(report.text(Language::En).contains("DOES NOT"));
        }
    }
}

#[test]
fn what_stands_against_signing_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("document");
    fs::write(&document, "text").unwrap();
    let error = |key: &str, password: &str, form| sign(&document, key, password, form).unwrap_err();
    let wrong = error(INDIVIDUAL, "wrong", SignAs::CmsAttached);
    assert!(
        matches!(
            wrong,
            Error::Key {
                error: keystore::Error::WrongPassword,
                ..
            }
        ),
        "{wrong}"
    );
    assert!(matches!(
        error(EXPIRED, "Qwerty12", SignAs::CmsAttached),
        Error::KeyExpired(_)
    ));
    assert!(matches!(
        error(EARLY, "Qwerty12", SignAs::CmsAttached),
        Error::KeyNotYetValid(_)
    ));
    assert!(matches!(
        error(INDIVIDUAL, "Qwerty12", SignAs::Xml),
        Error::Signing(_)
    ));
    let missing = sign(
        &folder.path().join("none"),
        INDIVIDUAL,
        "Qwerty12",
        SignAs::Raw,
    )
    .unwrap_err();
    assert!(matches!(
        missing,
        Error::File {
            kind: std::io::ErrorKind::NotFound,
            ..
        }
    ));
    assert!(matches!(
        verify_file(&document, &VerifyOptions::offline()),
        Err(Error::Signing(_))
    ));
}

#[test]
fn keys_are_listed_with_what_is_known_without_a_password() {
    let keys = list_keys(
        Path::new("nowhere"),
        vec![fixture("individual"), fixture("faulty")],
    )
    .unwrap();
    let of = |name: &str| keys.iter().find(|key| key.path.ends_with(name)).unwrap();
    let individual = of(INDIVIDUAL.rsplit('/').next().unwrap());
    assert!(individual.owner.is_none() && individual.problem.is_none());
    assert_eq!(
        of("truncated.p12").problem.as_deref(),
        Some("the file breaks off before its end")
    );
}
