//! Object identifiers of algorithms, names, extensions, roles and policies.
//!
//! Source: RFC 5280, RFC 8017, RFC 5652, RFC 5035; the branch 1.2.398 as the National Certification Authority of
//! Kazakhstan uses it in the certificates that it issues.

use const_oid::ObjectIdentifier as Oid;

const fn oid(text: &str) -> Oid {
    Oid::new_unwrap(text)
}

/// rsaEncryption, the key.
pub const RSA_ENCRYPTION: Oid = oid("1.2.840.113549.1.1.1");
/// sha1WithRSAEncryption.
pub const SHA1_WITH_RSA: Oid = oid("1.2.840.113549.1.1.5");
/// sha256WithRSAEncryption.
pub const SHA256_WITH_RSA: Oid = oid("1.2.840.113549.1.1.11");
/// GOST 34.310-2004, the key.
pub const GOST2004_KEY: Oid = oid("1.2.398.3.10.1.1.1.1");
/// GOST 34.310-2004, parameter set A (the curve CryptoPro-A).
pub const GOST2004_SET_A: Oid = oid("1.2.398.3.10.1.1.1.1.1");
/// GOST 34.310-2004 with GOST 34.311-95, the signature.
pub const GOST2004_SIGNATURE: Oid = oid("1.2.398.3.10.1.1.1.2");
/// GOST 34.10-2015 with a 256-bit curve, the key.
pub const GOST2015_256_KEY: Oid = oid("1.2.398.3.10.1.1.2.1");
/// GOST 34.10-2015 with a 256-bit curve, parameter set A.
pub const GOST2015_256_SET_A: Oid = oid("1.2.398.3.10.1.1.2.1.1");
/// GOST 34.10-2015 (256) with GOST 34.11-2015 (256), the signature.
pub const GOST2015_256_SIGNATURE: Oid = oid("1.2.398.3.10.1.1.2.3.1");
/// GOST 34.10-2015 with a 512-bit curve, the key.
pub const GOST2015_512_KEY: Oid = oid("1.2.398.3.10.1.1.2.2");
/// GOST 34.10-2015 with a 512-bit curve, parameter set A.
pub const GOST2015_512_SET_A: Oid = oid("1.2.398.3.10.1.1.2.2.1");
/// GOST 34.10-2015 (512) with GOST 34.11-2015 (512), the signature.
pub const GOST2015_512_SIGNATURE: Oid = oid("1.2.398.3.10.1.1.2.3.2");

/// SHA-1.
pub const SHA1: Oid = oid("1.3.14.3.2.26");
/// SHA-256.
pub const SHA256: Oid = oid("2.16.840.1.101.3.4.2.1");
/// GOST 34.311-95.
pub const GOST34311: Oid = oid("1.2.398.3.10.1.3.1");
/// GOST 34.311-95 with the test substitution table, as the keys of 2004 name their digest.
pub const GOST34311_TEST_PARAMS: Oid = oid("1.2.398.3.10.1.3.1.1.0");
/// GOST 34.11-2015 with 256 bits (Streebog-256).
pub const STREEBOG256: Oid = oid("1.2.398.3.10.1.3.2");
/// GOST 34.11-2015 with 512 bits (Streebog-512).
pub const STREEBOG512: Oid = oid("1.2.398.3.10.1.3.3");

/// id-signedData, the content type of CMS and PKCS #7.
pub const SIGNED_DATA: Oid = oid("1.2.840.113549.1.7.2");

/// commonName: in a person's certificate surname and given name.
pub const COMMON_NAME: Oid = oid("2.5.4.3");
/// surname.
pub const SURNAME: Oid = oid("2.5.4.4");
/// serialNumber of a subject: `IIN` and twelve digits.
pub const SERIAL_NUMBER: Oid = oid("2.5.4.5");
/// countryName.
pub const COUNTRY: Oid = oid("2.5.4.6");
/// localityName.
pub const LOCALITY: Oid = oid("2.5.4.7");
/// stateOrProvinceName.
pub const STATE: Oid = oid("2.5.4.8");
/// streetAddress.
pub const STREET: Oid = oid("2.5.4.9");
/// organizationName.
pub const ORGANIZATION: Oid = oid("2.5.4.10");
/// organizationalUnitName: `BIN` and twelve digits.
pub const ORGANIZATIONAL_UNIT: Oid = oid("2.5.4.11");
/// title.
pub const TITLE: Oid = oid("2.5.4.12");
/// businessCategory: the code of a treasury client.
pub const BUSINESS_CATEGORY: Oid = oid("2.5.4.15");
/// givenName: in Kazakhstan's certificates the patronymic.
pub const GIVEN_NAME: Oid = oid("2.5.4.42");
/// emailAddress (PKCS #9).
pub const EMAIL_ADDRESS: Oid = oid("1.2.840.113549.1.9.1");
/// userId.
pub const USER_ID: Oid = oid("0.9.2342.19200300.100.1.1");
/// domainComponent.
pub const DOMAIN_COMPONENT: Oid = oid("0.9.2342.19200300.100.1.25");

/// subjectKeyIdentifier.
pub const SUBJECT_KEY_IDENTIFIER: Oid = oid("2.5.29.14");
/// keyUsage.
pub const KEY_USAGE: Oid = oid("2.5.29.15");
/// subjectAltName.
pub const SUBJECT_ALT_NAME: Oid = oid("2.5.29.17");
/// basicConstraints.
pub const BASIC_CONSTRAINTS: Oid = oid("2.5.29.19");
/// cRLDistributionPoints.
pub const CRL_DISTRIBUTION_POINTS: Oid = oid("2.5.29.31");
/// cRLNumber.
pub const CRL_NUMBER: Oid = oid("2.5.29.20");
/// reasonCode of an entry in a revocation list.
pub const CRL_REASON: Oid = oid("2.5.29.21");
/// deltaCRLIndicator.
pub const DELTA_CRL_INDICATOR: Oid = oid("2.5.29.27");
/// issuingDistributionPoint.
pub const ISSUING_DISTRIBUTION_POINT: Oid = oid("2.5.29.28");
/// certificateIssuer of an entry in an indirect revocation list.
pub const CERTIFICATE_ISSUER: Oid = oid("2.5.29.29");
/// freshestCRL: where delta lists are.
pub const FRESHEST_CRL: Oid = oid("2.5.29.46");
/// certificatePolicies.
pub const CERTIFICATE_POLICIES: Oid = oid("2.5.29.32");
/// authorityKeyIdentifier.
pub const AUTHORITY_KEY_IDENTIFIER: Oid = oid("2.5.29.35");
/// extKeyUsage.
pub const EXT_KEY_USAGE: Oid = oid("2.5.29.37");
/// authorityInfoAccess.
pub const AUTHORITY_INFO_ACCESS: Oid = oid("1.3.6.1.5.5.7.1.1");
/// Access method: the OCSP responder.
pub const ACCESS_OCSP: Oid = oid("1.3.6.1.5.5.7.48.1");
/// The kind of OCSP response that everybody sends.
pub const OCSP_BASIC: Oid = oid("1.3.6.1.5.5.7.48.1.1");
/// The nonce of OCSP.
pub const OCSP_NONCE: Oid = oid("1.3.6.1.5.5.7.48.1.2");
/// id-pkix-ocsp-nocheck: the issuer does not want the responder's certificate to be asked about.
pub const OCSP_NO_CHECK: Oid = oid("1.3.6.1.5.5.7.48.1.5");
/// Access method: the issuer's certificate.
pub const ACCESS_CA_ISSUERS: Oid = oid("1.3.6.1.5.5.7.48.2");
/// The kind of key store that a certificate was issued for; present in the certificates with one key for all purposes.
pub const KEY_STORE: Oid = oid("1.2.398.3.3.5");

/// Extended key usage clientAuth: authentication in the sets with two files.
pub const CLIENT_AUTH: Oid = oid("1.3.6.1.5.5.7.3.2");
/// Extended key usage emailProtection: signing.
pub const EMAIL_PROTECTION: Oid = oid("1.3.6.1.5.5.7.3.4");
/// Extended key usage timeStamping.
pub const TIME_STAMPING: Oid = oid("1.3.6.1.5.5.7.3.8");
/// Extended key usage OCSPSigning.
pub const OCSP_SIGNING: Oid = oid("1.3.6.1.5.5.7.3.9");

/// An individual.
pub const INDIVIDUAL: Oid = oid("1.2.398.3.3.4.1.1");
/// An individual's information system.
pub const INDIVIDUAL_INFORMATION_SYSTEM: Oid = oid("1.2.398.3.3.4.1.1.1");
/// A legal entity.
pub const LEGAL_ENTITY: Oid = oid("1.2.398.3.3.4.1.2");
/// The first head of a legal entity, who has the right to sign.
pub const HEAD: Oid = oid("1.2.398.3.3.4.1.2.1");
/// A person with the right to sign for a legal entity.
pub const SIGNING_RIGHT: Oid = oid("1.2.398.3.3.4.1.2.2");
/// A person with the right to sign financial documents.
pub const FINANCIAL_SIGNING_RIGHT: Oid = oid("1.2.398.3.3.4.1.2.3");
/// A member of the personnel department, who may confirm applications of employees.
pub const PERSONNEL_DEPARTMENT: Oid = oid("1.2.398.3.3.4.1.2.4");
/// An employee of a legal entity.
pub const EMPLOYEE: Oid = oid("1.2.398.3.3.4.1.2.5");
/// An information system of a legal entity; longer identifiers under it mean the same.
pub const INFORMATION_SYSTEM: Oid = oid("1.2.398.3.3.4.1.2.6");
/// Staff of the National Certification Authority.
pub const NCA_PRIVILEGES: Oid = oid("1.2.398.3.3.4.2");
/// An administrator of the National Certification Authority.
pub const NCA_ADMINISTRATOR: Oid = oid("1.2.398.3.3.4.2.1");
/// A manager of the National Certification Authority.
pub const NCA_MANAGER: Oid = oid("1.2.398.3.3.4.2.2");
/// An operator of the National Certification Authority.
pub const NCA_OPERATOR: Oid = oid("1.2.398.3.3.4.2.3");
/// The owner was identified in a service centre.
pub const IDENTIFIED_IN_SERVICE_CENTRE: Oid = oid("1.2.398.3.3.4.3.1");
/// The owner was identified remotely.
pub const IDENTIFIED_REMOTELY: Oid = oid("1.2.398.3.3.4.3.2");
/// The owner was identified remotely by Digital ID.
pub const IDENTIFIED_BY_DIGITAL_ID: Oid = oid("1.2.398.3.3.4.3.2.1");
/// The owner was identified remotely by the platform of artificial intelligence.
pub const IDENTIFIED_BY_AI_PLATFORM: Oid = oid("1.2.398.3.3.4.3.2.2");
/// A client of the treasury (the information system K2).
pub const TREASURY_CLIENT: Oid = oid("1.2.398.5.19.1.2.2.1");

/// The policy of the intermediate of 2022 and of all certificates with one key for all purposes.
pub const POLICY_UNIVERSAL: Oid = oid("1.2.398.3.3.2");
