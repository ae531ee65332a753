//! TimeStampReq. Source: RFC 3161 section 2.4.1.

use super::TimestampError;
use crate::asn1::{self, BOOLEAN, INTEGER, NULL, OCTET_STRING, SEQUENCE, tlv};
use pki::{DigestAlgorithm, ObjectIdentifier};

/// Eight bytes of randomness, as the content of an INTEGER.
///
/// The first byte is kept between 40 and 7F (hexadecimal): eight bytes in whatever way an authority counts, never negative.
pub(super) fn nonce() -> Result<[u8; 8], TimestampError> {
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce).map_err(|_| TimestampError::NoRandomness)?;
    let [first, ..] = &mut nonce;
    *first = *first & 0x3F | 0x40;
    Ok(nonce)
}

/// `nonce`: the content of the INTEGER.
pub(super) fn encode(
    digest_algorithm: DigestAlgorithm,
    imprint: &[u8],
    policy: &ObjectIdentifier,
    nonce: &[u8],
) -> Vec<u8> {
    let algorithm = tlv(
        SEQUENCE,
        &[&asn1::oid(&digest_algorithm.oid()), &tlv(NULL, &[])],
    );
    let message_imprint = tlv(SEQUENCE, &[&algorithm, &tlv(OCTET_STRING, &[imprint])]);
    tlv(
        SEQUENCE,
        &[
            &tlv(INTEGER, &[&[1]]),
            &message_imprint,
            &asn1::oid(policy),
            &tlv(INTEGER, &[nonce]),
            // certReq: the token brings its certificate.
            &tlv(BOOLEAN, &[&[0xFF]]),
        ],
    )
}
