//! The identifiers of keys and of the curves that each of them may name.

use pkcs8::der::asn1::ObjectIdentifier;

use crate::Curve;

type Named = (ObjectIdentifier, Curve);

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

const KZ_2015_512: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.2");
const KZ_2015_256: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.1");
const KZ_2004: ObjectIdentifier = oid("1.2.398.3.10.1.1.1.1");
const RU_2012_512: ObjectIdentifier = oid("1.2.643.7.1.1.1.2");
const RU_2012_256: ObjectIdentifier = oid("1.2.643.7.1.1.1.1");
const RU_2001: ObjectIdentifier = oid("1.2.643.2.2.19");

const KZ_2015_512_CURVES: &[Named] = &[(oid("1.2.398.3.10.1.1.2.2.1"), Curve::Gost512A)];
const KZ_2015_256_CURVES: &[Named] = &[(oid("1.2.398.3.10.1.1.2.1.1"), Curve::Gost256A)];
const KZ_2004_CURVES: &[Named] = &[(oid("1.2.398.3.10.1.1.1.1.1"), Curve::CryptoProA)];
const RU_512_CURVES: &[Named] = &[(oid("1.2.643.7.1.2.1.2.1"), Curve::Gost512A)];
/// `Source:` RFC 9215 section 4; RFC 4357 section 11.4, where XchA and XchB are the same curves as A and C.
const RU_256_CURVES: &[Named] = &[
    (oid("1.2.643.7.1.2.1.1.1"), Curve::Gost256A),
    (oid("1.2.643.7.1.2.1.1.2"), Curve::CryptoProA),
    (oid("1.2.643.7.1.2.1.1.3"), Curve::CryptoProB),
    (oid("1.2.643.7.1.2.1.1.4"), Curve::CryptoProC),
    (oid("1.2.643.2.2.35.1"), Curve::CryptoProA),
    (oid("1.2.643.2.2.35.2"), Curve::CryptoProB),
    (oid("1.2.643.2.2.35.3"), Curve::CryptoProC),
    (oid("1.2.643.2.2.36.0"), Curve::CryptoProA),
    (oid("1.2.643.2.2.36.1"), Curve::CryptoProC),
];

/// The curves of a kind of key; `None` for keys that are not of GOST 34.10.
pub(super) fn curves(key: ObjectIdentifier) -> Option<&'static [Named]> {
    match key {
        KZ_2015_512 => Some(KZ_2015_512_CURVES),
        KZ_2015_256 => Some(KZ_2015_256_CURVES),
        KZ_2004 => Some(KZ_2004_CURVES),
        RU_2012_512 => Some(RU_512_CURVES),
        RU_2012_256 | RU_2001 => Some(RU_256_CURVES),
        _ => None,
    }
}
