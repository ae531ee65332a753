use super::{Certificate, KeyUsage};
use crate::oid;

/// What a person may do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Purpose {
    /// Log in to web sites.
    pub authentication: bool,
    /// Sign documents.
    pub signing: bool,
}

/// Decides by extendedKeyUsage first and by single bits of keyUsage then, never by comparing all bits.
///
/// - The sets with two files: AUTH has clientAuth, keyEncipherment and no nonRepudiation; SIGN has emailProtection and
///   nonRepudiation.
/// - The one key of today (GOST512) has emailProtection, nonRepudiation, keyAgreement and no clientAuth, and serves both.
/// - An information system has nothing but roles in extendedKeyUsage; its nonRepudiation means signing.
/// - Keys of authorities, OCSP responders and time stamps are nobody's to log in or sign with.
pub(super) fn of(certificate: &Certificate) -> Purpose {
    let extended = certificate.extended_key_usage();
    let usage = certificate.key_usage();
    let service = certificate.is_ca()
        || extended.contains(&oid::TIME_STAMPING)
        || extended.contains(&oid::OCSP_SIGNING);
    let encryption_only =
        usage.is_some_and(|usage| !usage.digital_signature() && !usage.non_repudiation());
    if service || encryption_only {
        return Purpose {
            authentication: false,
            signing: false,
        };
    }

    let client_auth = extended.contains(&oid::CLIENT_AUTH);
    let email_protection = extended.contains(&oid::EMAIL_PROTECTION);
    let non_repudiation = usage.is_some_and(KeyUsage::non_repudiation);
    let one_key_for_all = certificate.policies().contains(&oid::POLICY_UNIVERSAL)
        || certificate.extension(oid::KEY_STORE).is_some();
    let exchanges_keys = usage.is_some_and(|usage| {
        usage.digital_signature() && (usage.key_encipherment() || usage.key_agreement())
    });
    let roles_only = !extended.is_empty() && !client_auth && !email_protection;
    let information_system = roles_only && non_repudiation;
    Purpose {
        authentication: client_auth || ((one_key_for_all || exchanges_keys) && !information_system),
        signing: email_protection || (non_repudiation && !client_auth),
    }
}
