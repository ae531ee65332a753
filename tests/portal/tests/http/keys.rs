//! Key files of `keystore-fixtures`, and what the agent would make with them.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keystore::{KeyFile, OpenKey, Password};
use signing::{cms, xml};
use zeroize::Zeroizing;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures")
}

/// Opens the key file in a folder of `keystore-fixtures` whose name begins with `prefix`.
pub(crate) fn key(folder: &str, prefix: &str) -> OpenKey {
    let mut files = std::fs::read_dir(fixtures().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let named = |path: &PathBuf| {
        path.file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with(prefix)
    };
    let path = files
        .find(named)
        .unwrap_or_else(|| panic!("{prefix} is not in {folder}"));
    KeyFile::read(&path)
        .unwrap()
        .open(&Password::new(Zeroizing::new("Qwerty12".to_owned())))
        .unwrap()
}

/// The key of the individual ТЕСТОВ ТЕСТ, for log-in and for signing.
pub(crate) fn individual() -> OpenKey {
    key("individual", "GOST512")
}

/// What `commonUtils.signXml` gives.
pub(crate) fn sign_xml(key: &OpenKey, document: &str) -> String {
    xml::sign_enveloped(
        key,
        &xml::Document::parse(document).unwrap(),
        xml::Layout::LineBreaks,
    )
    .unwrap()
}

/// What `basics.sign` gives for a CMS with its content (base64) inside.
pub(crate) fn sign_attached(key: &OpenKey, data: &str) -> String {
    cms::to_pem(&cms::sign_attached(key, &STANDARD.decode(data).unwrap(), 1_790_000_000).unwrap())
}

/// What `commonUtils.createCAdESFromBase64` gives for a CMS without its content.
pub(crate) fn sign_detached(key: &OpenKey, data: &str) -> String {
    STANDARD
        .encode(cms::sign_detached(key, &STANDARD.decode(data).unwrap(), 1_790_000_000).unwrap())
}
