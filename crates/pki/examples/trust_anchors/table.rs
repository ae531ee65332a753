//! The source text of a table of trust anchors.

use std::{collections::BTreeMap, error::Error, fmt::Write, fs, path::PathBuf};

use pki::Certificate;

/// Bytes a line of a literal.
const COLUMNS: usize = 24;

/// The table `name` of every certificate file (`.cer`, `.crt`, `.pem`) in `folders`, the oldest first.
pub(crate) fn of_folders(name: &str, folders: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let mut rows = BTreeMap::new();
    for folder in folders {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let extension = path.extension().and_then(|extension| extension.to_str());
            if !matches!(extension, Some("cer" | "crt" | "pem")) {
                continue;
            }
            let certificate = Certificate::from_bytes(&fs::read(&path)?)?;
            if !certificate.may_issue() || certificate.unknown_critical_extension().is_some() {
                return Err(
                    format!("{} is no authority, or one with demands", path.display()).into(),
                );
            }
            let key = (certificate.not_before(), certificate.fingerprint_sha256());
            rows.insert(key, certificate);
        }
    }
    let mut text = format!(
        "//! Made by `cargo run -p pki --example trust_anchors -- {name} FOLDER…`: do not edit.\n\n\
         use super::Figures;\n\n\
         pub(super) static {name}: &[Figures] = &[\n"
    );
    for certificate in rows.values() {
        row(&mut text, certificate)?;
    }
    text.push_str("];\n");
    Ok(text)
}

fn row(text: &mut String, certificate: &Certificate) -> std::fmt::Result {
    let subject = certificate.subject();
    let algorithm = certificate.algorithm().java_name();
    writeln!(text, "    // {}; {algorithm}", subject.to_ncalayer_string())?;
    writeln!(text, "    Figures {{")?;
    bytes(text, "subject", subject.der())?;
    bytes(text, "spki", certificate.public_key().spki_der())?;
    bytes(text, "key_id", &certificate.key_id())?;
    writeln!(text, "        not_before: {},", certificate.not_before())?;
    writeln!(text, "        not_after: {},", certificate.not_after())?;
    writeln!(
        text,
        "        path_length: {:?},",
        certificate.path_length()
    )?;
    bytes(text, "sha256", &certificate.fingerprint_sha256())?;
    writeln!(text, "    }},")
}

fn bytes(text: &mut String, field: &str, bytes: &[u8]) -> std::fmt::Result {
    // SHA-256 is an array, the others are slices.
    let star = if field == "sha256" { "*" } else { "" };
    write!(text, "        {field}: {star}b\"")?;
    for line in bytes.chunks(COLUMNS) {
        text.push_str("\\\n            ");
        for byte in line {
            write!(text, "\\x{byte:02x}")?;
        }
    }
    text.push_str("\",\n");
    Ok(())
}
