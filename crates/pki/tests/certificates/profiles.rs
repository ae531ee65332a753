//! Every certificate of a person or a system among the fixtures fits one of the national authority's profiles.

use pki::{Algorithm, Certificate, ObjectIdentifier, Role, oid};

use crate::fixtures;

/// Bits of keyUsage: digitalSignature, nonRepudiation, keyEncipherment, keyAgreement.
fn usage(certificate: &Certificate) -> [bool; 4] {
    let usage = certificate.key_usage().unwrap();
    [
        usage.digital_signature(),
        usage.non_repudiation(),
        usage.key_encipherment(),
        usage.key_agreement(),
    ]
}

/// What the authority's own tables call the certificates, by their policy.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Profile {
    LogIn,
    Signing,
    Both,
    System,
    TimeStamping,
    Ocsp,
}

fn profile(file: &str, certificate: &Certificate) -> Profile {
    let extended = certificate.extended_key_usage();
    let has = |oid| extended.contains(&oid);
    if has(oid::TIME_STAMPING) {
        return Profile::TimeStamping;
    }
    if has(oid::OCSP_SIGNING) {
        return Profile::Ocsp;
    }
    let policy = |text| [ObjectIdentifier::new_unwrap(text)];
    let keyed = certificate.extension(oid::KEY_STORE).is_some();
    let legal = certificate.roles().contains(&Role::LegalEntity);
    let [log_in, signing] = if legal {
        ["1.2.398.3.3.2.2", "1.2.398.3.3.2.1"]
    } else {
        ["1.2.398.3.3.2.4", "1.2.398.3.3.2.3"]
    };
    if certificate.policies() == policy(log_in) {
        assert!(
            has(oid::CLIENT_AUTH) && !has(oid::EMAIL_PROTECTION) && !keyed,
            "{file}"
        );
        assert_eq!(usage(certificate), [true, false, true, false], "{file}");
        Profile::LogIn
    } else if certificate.policies() == policy(signing) {
        assert!(
            !has(oid::CLIENT_AUTH) && has(oid::EMAIL_PROTECTION) && !keyed,
            "{file}"
        );
        assert_eq!(usage(certificate), [true, true, false, false], "{file}");
        Profile::Signing
    } else {
        assert_eq!(certificate.policies(), [oid::POLICY_UNIVERSAL], "{file}");
        assert_eq!(certificate.algorithm(), Algorithm::Gost2015_512, "{file}");
        assert!(keyed && !has(oid::CLIENT_AUTH), "{file}");
        let usage = usage(certificate);
        assert!(
            usage[0] && usage[1] && (usage[2] != usage[3]),
            "{file}: {usage:?}"
        );
        if has(oid::EMAIL_PROTECTION) {
            Profile::Both
        } else {
            Profile::System
        }
    }
}

fn judge(file: &str, certificate: &Certificate) -> Profile {
    let profile = profile(file, certificate);
    let purpose = certificate.purpose();
    let expected = match profile {
        Profile::LogIn => (true, false),
        Profile::Signing | Profile::System => (false, true),
        Profile::Both => (true, true),
        Profile::TimeStamping | Profile::Ocsp => (false, false),
    };
    assert_eq!(
        (purpose.authentication, purpose.signing),
        expected,
        "{file}"
    );
    if matches!(profile, Profile::TimeStamping | Profile::Ocsp) {
        return profile;
    }
    let owner = certificate.owner();
    let legal = certificate.roles().contains(&Role::LegalEntity);
    let individual = certificate.roles().contains(&Role::Individual);
    assert!(legal != individual, "{file}");
    assert_eq!(owner.bin.is_some(), legal, "{file}");
    assert_eq!(owner.organisation.is_some(), legal, "{file}");
    assert_eq!(owner.iin.is_none(), profile == Profile::System, "{file}");
    assert_eq!(
        owner.patronymic.is_none(),
        profile == Profile::System,
        "{file}"
    );
    assert_eq!(
        owner.surname.is_none(),
        profile == Profile::System,
        "{file}"
    );
    // The order of the attributes is the issuer's, which web pages rely on.
    let subject = certificate.subject().to_ncalayer_string();
    let last = |text: &str| subject.rsplit_once(',').unwrap().1.starts_with(text);
    match profile {
        Profile::System => assert!(
            subject.starts_with("UID=1.2.398.6.10.1.1,CN=ИС"),
            "{subject}"
        ),
        _ if legal => assert!(last("GIVENNAME=") || last("OU=BIN"), "{subject}"),
        _ => assert!(
            subject.starts_with("CN=") && subject.contains(",G="),
            "{subject}"
        ),
    }
    profile
}

#[test]
fn every_certificate_fits_the_profile_that_its_policy_names() {
    let mut seen = Vec::new();
    for (file, certificate) in fixtures::all().into_iter().chain(fixtures::embedded()) {
        let own = certificate.is_self_issued() || file.starts_with("own/");
        // Another country's or an older authority's certificates in other people's examples.
        let national = certificate.authority_key_id().is_some_and(|_| {
            certificate
                .issuer()
                .values(oid::COUNTRY)
                .any(|code| code == "KZ")
        });
        if !certificate.is_ca() && !own && national {
            seen.push(judge(&file, &certificate));
        }
    }
    if fixtures::folder().is_none() {
        return;
    }
    let count = |profile| seen.iter().filter(|&&one| one == profile).count();
    assert!(seen.len() >= 95, "{}", seen.len());
    for profile in [
        Profile::LogIn,
        Profile::Signing,
        Profile::Both,
        Profile::System,
        Profile::TimeStamping,
        Profile::Ocsp,
    ] {
        assert!(count(profile) >= 2, "{profile:?}: {}", count(profile));
    }
}

#[test]
fn the_serial_number_follows_from_the_key_identifier() {
    for (file, certificate) in fixtures::all() {
        if certificate.algorithm() != Algorithm::Gost2015_512
            || certificate.is_self_issued()
            || certificate.is_ca()
        {
            continue;
        }
        let mut expected = certificate.key_id();
        expected[0] &= 0x7f;
        let raised = [&[expected[0] | 0x10], &expected[1..]].concat();
        let serial = certificate.serial_number();
        assert!(serial == expected || serial == raised, "{file}");
    }
}
