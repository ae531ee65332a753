//! PEM text of certificates (RFC 7468).

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::Error;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const COLUMNS: usize = 64;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes of the first certificate in `text`, or of the whole text when it is bare base64.
///
/// Line lengths and line ends do not matter, nor does text before and after the certificate.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let body = match text.split_once(BEGIN) {
        Some((_, rest)) => rest.split_once(END)?.0,
        None => text.trim_start_matches('\u{feff}'),
    };
    unpack(body)
}

fn unpack(base64: &str) -> Option<Vec<u8>> {
    let packed: String = base64
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    if packed.is_empty() {
        return None;
    }
    ENGINE.decode(packed).ok()
}

/// The bytes of every block with this label.
pub(crate) fn decode_labelled(text: &str, label: &str) -> Vec<Result<Vec<u8>, Error>> {
    let end = format!("-----END {label}-----");
    text.split(&format!("-----BEGIN {label}-----"))
        .skip(1)
        .map(|block| block.split_once(&end).map(|(body, _)| body))
        .map(|body| body.and_then(unpack).ok_or(Error::NotPem))
        .collect()
}

/// PEM with 64 columns and a line feed after every line, the last too.
pub(crate) fn encode(der: &[u8]) -> String {
    let base64 = ENGINE.encode(der);
    let mut text = String::with_capacity(base64.len() + base64.len() / COLUMNS + 64);
    text.push_str(BEGIN);
    for (index, c) in base64.chars().enumerate() {
        if index % COLUMNS == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push('\n');
    text.push_str(END);
    text.push('\n');
    text
}
