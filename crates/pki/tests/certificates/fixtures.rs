//! Certificates that are not ours, read from the folder of shared fixtures beside the project.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use pki::Certificate;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/fixtures");
const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../keystore-fixtures");

/// The folder, or `None` (said aloud) where it is not; on the build server its absence is a failure.
pub(crate) fn folder() -> Option<&'static Path> {
    let folder = Path::new(FOLDER);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "the shared fixtures are missing"
    );
    println!("passed over: the shared fixtures are missing");
    None
}

/// One fixture; `None` where the folder is absent.
pub(crate) fn certificate(file: &str) -> Option<Certificate> {
    Some(read(&folder()?.join(file)))
}

/// The certificate inside a key file, taken out by OpenSSL; `None` where the folder is absent.
pub(crate) fn certificate_in_key_file(file: &str) -> Option<Certificate> {
    Some(take_out(&folder()?.join(file)))
}

/// Every certificate file and every certificate in a key file, with its path inside the folder. Russian ones are left
/// out: their algorithms are not supported.
pub(crate) fn all() -> Vec<(String, Certificate)> {
    static ALL: LazyLock<Vec<(String, Certificate)>> = LazyLock::new(read_all);
    ALL.clone()
}

fn read_all() -> Vec<(String, Certificate)> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in files(folder) {
        let name = path.strip_prefix(folder).unwrap();
        let name = name.to_str().unwrap().to_owned();
        if name.starts_with("russian") {
            continue;
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("cer" | "crt" | "pem") => found.push((name, read(&path))),
            Some("p12") => found.push((name, take_out(&path))),
            _ => {}
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(
        found.len() >= 90,
        "only {} certificates in the fixtures",
        found.len()
    );
    found
}

/// Every certificate among the fixtures that may have issued another.
pub(crate) fn issuers() -> Vec<Certificate> {
    all()
        .into_iter()
        .map(|(_, certificate)| certificate)
        .filter(|one| one.is_ca() || one.is_self_issued())
        .collect()
}

fn read(path: &Path) -> Certificate {
    let bytes = fs::read(path).unwrap();
    Certificate::from_bytes(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn take_out(path: &Path) -> Certificate {
    for password in ["Qwerty12", "Aa123456"] {
        let output = Command::new("openssl")
            .args(["pkcs12", "-legacy", "-nokeys", "-passin"])
            .arg(format!("pass:{password}"))
            .arg("-in")
            .arg(path)
            .output()
            .expect("openssl is needed to take certificates out of key files");
        if output.status.success() {
            let pem = String::from_utf8(output.stdout).unwrap();
            return Certificate::from_pem(&pem)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
    panic!("openssl does not open {}", path.display());
}

/// What OpenSSL prints for these arguments.
pub(crate) fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .output()
        .expect("openssl is needed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What OpenSSL prints for these arguments and this input.
pub(crate) fn openssl_with(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("openssl is needed");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}

/// Every certificate inside other fixtures (CMS, time stamps, OCSP responses, XML), with the file's path: found by
/// its shape, since this crate reads none of them.
pub(crate) fn embedded() -> Vec<(String, Certificate)> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in files(folder) {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
        let bytes = fs::read(&path).unwrap();
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if name.starts_with("russian") => {}
            Some("cms" | "der" | "bin" | "txt" | "p7s") => {
                let inside = certificates_inside(&unpack(bytes));
                found.extend(inside.into_iter().map(|one| (name.to_owned(), one)));
            }
            Some("xml") => {
                let text = String::from_utf8_lossy(&bytes).replace("&#13;", "");
                for element in text.split("X509Certificate>") {
                    let base64 = element.split('<').next().unwrap_or_default();
                    if let Ok(certificate) = Certificate::from_pem(base64) {
                        found.push((name.to_owned(), certificate));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The bytes that a base64 text holds, or those that are none.
fn unpack(bytes: Vec<u8>) -> Vec<u8> {
    let packed: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD.decode(packed).unwrap_or(bytes)
}

fn certificates_inside(bytes: &[u8]) -> Vec<Certificate> {
    let mut found = Vec::new();
    for (start, window) in bytes.windows(4).enumerate() {
        let [0x30, 0x82, high, low] = *window else {
            continue;
        };
        let length = 4 + (usize::from(high) << 8 | usize::from(low));
        let der = bytes.get(start..start + length).unwrap_or_default();
        found.extend(Certificate::from_der(der));
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// All certificates of the demo authority's users.
pub(crate) fn demo() -> Vec<Certificate> {
    let folder = Path::new(DEMO).join("certificates");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

/// A certificate of the demo authority by its key identifier.
pub(crate) fn demo_certificate(key_identifier: &str) -> Certificate {
    read(
        &Path::new(DEMO)
            .join("certificates")
            .join(format!("{key_identifier}.cer")),
    )
}

/// A certificate of the demo authority itself.
pub(crate) fn demo_authority(name: &str) -> Certificate {
    read(&Path::new(DEMO).join("ca").join(format!("{name}.cer")))
}

/// Lower-case hexadecimal text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
