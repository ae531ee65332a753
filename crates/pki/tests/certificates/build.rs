//! DER made by hand, to say what no issuer says.

use der::Encode;
use pki::ObjectIdentifier;

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    match content.len() {
        length @ 0..128 => der.push(length as u8),
        length => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    if let [_, 0x82, 0, length] = der[..] {
        der.splice(1.., [0x81, length]);
    }
    der.extend_from_slice(content);
    der
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(crate) fn oid(text: &str) -> Vec<u8> {
    ObjectIdentifier::new_unwrap(text).to_der().unwrap()
}
