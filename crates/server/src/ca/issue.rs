//! Making a CA and its one leaf.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
    PKCS_ECDSA_P256_SHA256,
};
use time::{Duration, OffsetDateTime};

use super::NICKNAME_PREFIX;
use crate::Error;

/// Browsers refuse leaves that live longer than 398 days; the first day lies before the making,
/// so that a clock that is set back a little does not refuse it.
const DAYS_BEFORE: i64 = 1;
const DAYS_AFTER: i64 = 396;

pub(super) struct Issued {
    /// CA, leaf and the leaf's private key.
    pub(super) identity_pem: String,
    pub(super) ca_pem: String,
}

/// Makes a CA, issues the leaf and forgets the CA's private key.
pub(super) fn issue(now: SystemTime) -> Result<Issued, Error> {
    let now = OffsetDateTime::from(now);
    let ca_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let ca_params = ca_params(now, &ca_key);
    let ca = ca_params.self_signed(&ca_key)?;
    let ca_pem = certificate_pem(ca.der());

    let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let issuer = Issuer::new(ca_params, ca_key);
    let leaf = leaf_params(now)?.signed_by(&leaf_key, &issuer)?;
    drop(issuer);

    let identity_pem = [
        ca_pem.as_str(),
        &certificate_pem(leaf.der()),
        &leaf_key.serialize_pem(),
    ]
    .concat();
    Ok(Issued {
        identity_pem,
        ca_pem,
    })
}

pub(super) fn certificate_pem(der: &[u8]) -> String {
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (index, character) in STANDARD.encode(der).chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}

fn ca_params(now: OffsetDateTime, key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    set_validity(&mut params, now);
    // NSS and Windows tell CAs apart by name: every one needs its own.
    let key_id: String = params
        .key_identifier(key)
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    params.distinguished_name.remove(DnType::CommonName);
    params
        .distinguished_name
        .push(DnType::CommonName, format!("{NICKNAME_PREFIX}{key_id}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 1], 32)),
        ],
        excluded_subtrees: Vec::new(),
    });
    params
}

fn leaf_params(now: OffsetDateTime) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    set_validity(&mut params, now);
    params.distinguished_name.remove(DnType::CommonName);
    params
        .distinguished_name
        .push(DnType::CommonName, "Tanba on this computer");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn set_validity(params: &mut CertificateParams, now: OffsetDateTime) {
    params.not_before = now - Duration::days(DAYS_BEFORE);
    params.not_after = now + Duration::days(DAYS_AFTER);
}
