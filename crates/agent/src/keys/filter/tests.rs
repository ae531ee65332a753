use std::{fs, path::Path};

use pki::{Certificate, oid};
use window_messages::{Caution, CertificateStatus, KeyProblem, RevokedFor};

use super::{super::Place, Filter, decimal};
use crate::{
    ask::{Stance, Stores},
    certificates::{Issuer, Trust, Verdict},
};

/// 2026-11-21.
const NOW: i64 = 1_795_219_200;

fn fixture(path: &str) -> Certificate {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures");
    Certificate::from_bytes(&fs::read(folder.join(path)).unwrap()).unwrap()
}

impl Filter {
    /// Why a certificate that nobody has checked does not fit.
    fn problem(&self, certificate: &Certificate, now: i64) -> Option<KeyProblem> {
        self.judge(certificate, &Verdict::default(), now).err()
    }
}

fn individual() -> Certificate {
    fixture("certificates/028343d1ee0ad94f42789fc6a236572bf290147f.cer")
}

fn log_in_only() -> Certificate {
    fixture("certificates/41d30c84f0e35ff625f70cf20ce38cd51b96c920.cer")
}

fn signing_only() -> Certificate {
    fixture("certificates/8f53657752bb77db36e60908e5633d5bc2b2e506.cer")
}

fn head() -> Certificate {
    fixture("certificates/6bc87b64de1979fd15f7eadd1ba6ae00070c3438.cer")
}

#[test]
fn hexadecimal_numbers_of_any_length_become_decimal() {
    assert_eq!(decimal("0"), "0");
    assert_eq!(decimal("ff"), "255");
    assert_eq!(
        decimal("ffffffffffffffffffffffffffffffff"),
        u128::MAX.to_string()
    );
}

#[test]
fn a_filter_that_wants_nothing_takes_every_key() {
    for certificate in [individual(), log_in_only(), signing_only(), head()] {
        assert_eq!(Filter::default().problem(&certificate, NOW), None);
    }
}

#[test]
fn old_pairs_serve_one_purpose_and_keys_of_today_both() {
    let log_in = Filter {
        authentication: true,
        ..Filter::default()
    };
    let sign = Filter {
        signing: true,
        ..Filter::default()
    };
    assert_eq!(log_in.problem(&log_in_only(), NOW), None);
    assert_eq!(
        log_in.problem(&signing_only(), NOW),
        Some(KeyProblem::SigningOnly)
    );
    assert_eq!(log_in.problem(&individual(), NOW), None);
    assert_eq!(
        sign.problem(&log_in_only(), NOW),
        Some(KeyProblem::LogInOnly)
    );
    assert_eq!(sign.problem(&signing_only(), NOW), None);
    assert_eq!(sign.problem(&individual(), NOW), None);
}

#[test]
fn all_wanted_rights_must_be_there() {
    let filter = |rights: &[pki::ObjectIdentifier]| Filter {
        rights: rights.to_vec(),
        ..Filter::default()
    };
    assert_eq!(
        filter(&[oid::LEGAL_ENTITY, oid::HEAD]).problem(&head(), NOW),
        None
    );
    assert_eq!(
        filter(&[oid::LEGAL_ENTITY, oid::EMPLOYEE]).problem(&head(), NOW),
        Some(KeyProblem::MissingRight)
    );
    assert_eq!(
        filter(&[oid::HEAD]).problem(&individual(), NOW),
        Some(KeyProblem::MissingRight)
    );
}

#[test]
fn person_organisation_and_certificate_can_be_named() {
    let text = |text: &str| Some(text.to_owned());
    for iin in ["123456789011", "IIN123456789011"] {
        assert_eq!(
            Filter {
                iin: text(iin),
                ..Filter::default()
            }
            .problem(&individual(), NOW),
            None
        );
    }
    let other = Filter {
        iin: text("123456789012"),
        ..Filter::default()
    };
    assert_eq!(
        other.problem(&individual(), NOW),
        Some(KeyProblem::OtherPerson)
    );
    assert_eq!(
        Filter {
            bin: text("123456789021"),
            ..Filter::default()
        }
        .problem(&head(), NOW),
        None
    );
    let company = Filter {
        bin: text("123456789021"),
        ..Filter::default()
    };
    assert_eq!(
        company.problem(&individual(), NOW),
        Some(KeyProblem::OtherOrganisation)
    );
    let hex = head().serial_hex();
    for serial in [
        hex.clone(),
        hex.to_uppercase(),
        format!("0{hex}"),
        decimal(&hex),
    ] {
        let filter = Filter {
            serial_number: Some(serial.clone()),
            ..Filter::default()
        };
        assert_eq!(filter.problem(&head(), NOW), None, "{serial}");
        assert_eq!(
            filter.problem(&individual(), NOW),
            Some(KeyProblem::OtherCertificate),
            "{serial}"
        );
    }
}

#[test]
fn an_unknown_issuer_is_refused_asked_about_or_allowed() {
    let unknown = Verdict {
        issuer: Issuer::Unknown,
        ..Verdict::default()
    };
    let judge = |filter: &Filter| filter.judge(&individual(), &unknown, NOW);
    let ours = Filter::default();
    assert_eq!(judge(&ours), Err(KeyProblem::UnknownIssuer));
    let theirs = Filter {
        issuers: Some(Trust::only(vec![fixture("ca/tanba_demo_rsa.cer")]).into()),
        ..Filter::default()
    };
    assert_eq!(judge(&theirs), Err(KeyProblem::OtherIssuer));
    let with = |unknown_issuer| Filter {
        unknown_issuer,
        ..Filter::default()
    };
    assert_eq!(judge(&with(Stance::Ask)), Ok(vec![Caution::UnknownIssuer]));
    assert_eq!(judge(&with(Stance::Allow)), Ok(Vec::new()));
    // While nobody knows, nothing is held against the key.
    for issuer in [Issuer::NotChecked, Issuer::Checking, Issuer::Known] {
        let verdict = Verdict {
            issuer,
            ..Verdict::default()
        };
        assert_eq!(ours.judge(&individual(), &verdict, NOW), Ok(Vec::new()));
    }
}

#[test]
fn a_revoked_certificate_fits_only_where_the_site_takes_such() {
    let (at, reason) = (NOW - 1, Some(RevokedFor::Superseded));
    let revoked = Verdict {
        issuer: Issuer::Known,
        status: CertificateStatus::Revoked { at, reason },
    };
    for revoked_keys in [Stance::Refuse, Stance::Ask] {
        let filter = Filter {
            revoked: revoked_keys,
            ..Filter::default()
        };
        assert_eq!(
            filter.judge(&individual(), &revoked, NOW),
            Err(KeyProblem::Revoked { at, reason })
        );
    }
    let filter = Filter {
        revoked: Stance::Allow,
        ..Filter::default()
    };
    assert_eq!(filter.judge(&individual(), &revoked, NOW), Ok(Vec::new()));
}

#[test]
fn a_digest_must_be_as_long_as_the_key_makes_it() {
    let filter = |lengths: &[usize]| Filter {
        digest_lengths: lengths.to_vec(),
        ..Filter::default()
    };
    assert_eq!(filter(&[64]).problem(&individual(), NOW), None);
    assert_eq!(
        filter(&[32]).problem(&individual(), NOW),
        Some(KeyProblem::DigestLength)
    );
    assert_eq!(filter(&[32]).problem(&signing_only(), NOW), None);
    assert_eq!(
        filter(&[32, 68]).problem(&signing_only(), NOW),
        Some(KeyProblem::DigestLength)
    );
}

#[test]
fn validity_is_checked_unless_the_site_takes_expired_keys() {
    let expired = fixture("certificates/00897ba3909750c7dd7651e47ac2da7bd81a6587.cer");
    let early = fixture("certificates/f87d012534fd75f141325b5c527a75866daaff05.cer");
    let problem = KeyProblem::Expired {
        at: expired.not_after(),
    };
    assert_eq!(Filter::default().problem(&expired, NOW), Some(problem));
    assert_eq!(
        Filter {
            expired: Stance::Allow,
            ..Filter::default()
        }
        .judge(&expired, &Verdict::default(), NOW),
        Ok(Vec::new())
    );
    assert_eq!(
        Filter {
            expired: Stance::Ask,
            ..Filter::default()
        }
        .judge(&expired, &Verdict::default(), NOW),
        Ok(vec![Caution::Expired {
            at: expired.not_after()
        }])
    );
    let problem = KeyProblem::NotYetValid {
        from: early.not_before(),
    };
    assert_eq!(
        Filter {
            expired: Stance::Allow,
            ..Filter::default()
        }
        .problem(&early, NOW),
        Some(problem)
    );
    assert_eq!(
        Filter::default().problem(&individual(), individual().not_after()),
        None
    );
    assert!(
        Filter::default()
            .problem(&individual(), individual().not_after() + 1)
            .is_some()
    );
}

#[test]
fn no_key_in_a_file_fits_a_request_for_tokens() {
    let file = Place::File("/home/keys/key.p12".into());
    for (stores, fits) in [
        (Stores::Any, true),
        (Stores::Files, true),
        (
            Stores::These {
                kinds: vec!["AKKaztokenStore"],
                files: true,
            },
            true,
        ),
        (
            Stores::These {
                kinds: vec!["AKKaztokenStore"],
                files: false,
            },
            false,
        ),
        (Stores::Token("AKKaztokenStore"), false),
    ] {
        let filter = Filter {
            stores,
            ..Filter::default()
        };
        assert_eq!(filter.takes_files(), fits);
        let expected = if fits {
            Ok(())
        } else {
            Err(KeyProblem::TokenOnly)
        };
        assert_eq!(filter.takes_from(&file), expected);
    }
}
