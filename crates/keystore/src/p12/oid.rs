//! Object identifiers in key files, beyond those that the `pkcs12` crate names.

use der::asn1::ObjectIdentifier;

macro_rules! oids {
    ($($name:ident = $oid:literal;)*) => {
        $(pub(super) const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($oid);)*
    };
}

// Content types: RFC 5652.
oids! {
    ID_DATA = "1.2.840.113549.1.7.1";
    ID_SIGNED_DATA = "1.2.840.113549.1.7.2";
    ID_ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
}

// Attributes of bags: RFC 2985.
oids! {
    ID_FRIENDLY_NAME = "1.2.840.113549.1.9.20";
    ID_LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
}

// Password-based schemes: RFC 8018.
oids! {
    PBKDF2 = "1.2.840.113549.1.5.12";
    PBES2 = "1.2.840.113549.1.5.13";
    PBMAC1 = "1.2.840.113549.1.5.14";
}

// Hashes: RFC 3279, RFC 5754.
oids! {
    SHA1 = "1.3.14.3.2.26";
    SHA224 = "2.16.840.1.101.3.4.2.4";
    SHA256 = "2.16.840.1.101.3.4.2.1";
    SHA384 = "2.16.840.1.101.3.4.2.2";
    SHA512 = "2.16.840.1.101.3.4.2.3";
}

// HMAC with them: RFC 8018 appendix B.1.
oids! {
    HMAC_SHA1 = "1.2.840.113549.2.7";
    HMAC_SHA224 = "1.2.840.113549.2.8";
    HMAC_SHA256 = "1.2.840.113549.2.9";
    HMAC_SHA384 = "1.2.840.113549.2.10";
    HMAC_SHA512 = "1.2.840.113549.2.11";
}

// Ciphers of PBES2: RFC 8018 appendix B.2, RFC 3565.
oids! {
    DES_EDE3_CBC = "1.2.840.113549.3.7";
    AES128_CBC = "2.16.840.1.101.3.4.1.2";
    AES192_CBC = "2.16.840.1.101.3.4.1.22";
    AES256_CBC = "2.16.840.1.101.3.4.1.42";
}
