//! What certificates of the authority's own servers look like: the national CA's profiles.

use pki::{ObjectIdentifier, oid};

use super::{der, fault::Fault};

const NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");
const FRESHEST_CRL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.46");
const POLICY_TSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.2.6");
const CPS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.2.1");
const KEY_STORE_P12: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.5.1.1");

/// Whose certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Ocsp,
    Tsa,
}

impl Role {
    /// The Name, RDNs in the order of the national CA; `issuer` is its common name.
    pub(super) fn subject(self, issuer: &str) -> Vec<u8> {
        let name = match self {
            Self::Ocsp => "OCSP RESPONDER",
            Self::Tsa => "TIME-STAMPING AUTHORITY",
        };
        der::sequence(&[
            &rdn(oid::COMMON_NAME, &der::utf8(name)),
            &rdn(oid::COUNTRY, &der::tlv(19, &[b"KZ"])),
            &rdn(oid::ORGANIZATION, &der::utf8(issuer)),
        ])
    }

    /// The extensions, in the order of the national CA's certificates; `stem` names the files of the issuer at `base`.
    pub(super) fn extensions(
        self,
        keys: &KeyIds<'_>,
        base: &str,
        stem: &str,
        fault: Option<Fault>,
    ) -> Vec<u8> {
        let key_usage = extension(oid::KEY_USAGE, true, &[3, 2, 7, 0x80]);
        let subject_key = extension(
            oid::SUBJECT_KEY_IDENTIFIER,
            false,
            &der::octets(keys.subject),
        );
        let authority_key = extension(
            oid::AUTHORITY_KEY_IDENTIFIER,
            false,
            &der::sequence(&[&der::tlv(0x80, &[keys.authority])]),
        );
        let store = extension(
            oid::KEY_STORE,
            false,
            &der::sequence(&[&der::oid(KEY_STORE_P12)]),
        );
        let purpose = match (self, fault) {
            // Somebody else's certificate of the same authority.
            (_, Some(Fault::NotDelegated)) => oid::EMAIL_PROTECTION,
            (Self::Ocsp, _) => oid::OCSP_SIGNING,
            (Self::Tsa, _) => oid::TIME_STAMPING,
        };
        let purpose = extension(
            oid::EXT_KEY_USAGE,
            self == Self::Tsa,
            &der::sequence(&[&der::oid(purpose)]),
        );
        match self {
            Self::Ocsp => der::sequence(&[
                &key_usage,
                &extension(NO_CHECK, false, &der::NULL),
                &purpose,
                &subject_key,
                &authority_key,
                &store,
            ]),
            Self::Tsa => der::sequence(&[
                &purpose,
                &policy(),
                &access(base, stem),
                &points(
                    oid::CRL_DISTRIBUTION_POINTS,
                    &format!("{base}/crl/{stem}.crl"),
                ),
                &points(FRESHEST_CRL, &format!("{base}/crl/{stem}_d.crl")),
                &key_usage,
                &subject_key,
                &authority_key,
                &store,
            ]),
        }
    }
}

/// Key identifiers: the certificate's own and its issuer's.
pub(super) struct KeyIds<'a> {
    pub(super) subject: &'a [u8],
    pub(super) authority: &'a [u8],
}

fn rdn(kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    der::tlv(0x31, &[&der::sequence(&[&der::oid(kind), value])])
}

fn extension(kind: ObjectIdentifier, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &der::TRUE } else { &[] };
    der::sequence(&[&der::oid(kind), critical, &der::octets(value)])
}

fn policy() -> Vec<u8> {
    let qualifier = der::sequence(&[&der::oid(CPS), &der::tlv(22, &[b"http://pki.gov.kz/cps"])]);
    let policy = der::sequence(&[&der::oid(POLICY_TSA), &der::sequence(&[&qualifier])]);
    extension(oid::CERTIFICATE_POLICIES, false, &der::sequence(&[&policy]))
}

fn access(base: &str, stem: &str) -> Vec<u8> {
    let entry = |method, url: String| {
        der::sequence(&[&der::oid(method), &der::tlv(0x86, &[url.as_bytes()])])
    };
    let ocsp = entry(oid::ACCESS_OCSP, format!("{base}/ocsp/"));
    let issuer = entry(oid::ACCESS_CA_ISSUERS, format!("{base}/cert/{stem}.cer"));
    extension(
        oid::AUTHORITY_INFO_ACCESS,
        false,
        &der::sequence(&[&ocsp, &issuer]),
    )
}

fn points(kind: ObjectIdentifier, url: &str) -> Vec<u8> {
    let name = der::tlv(0xA0, &[&der::tlv(0x86, &[url.as_bytes()])]);
    let point = der::sequence(&[&der::tlv(0xA0, &[&name])]);
    extension(kind, false, &der::sequence(&[&point]))
}
