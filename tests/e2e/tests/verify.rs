//! `tanba verify` over everything that others signed, and `tanba sign` judged by others.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    judges::{self, Question},
    places,
};
use serde_json::Value;

#[test]
fn everything_that_others_signed_verifies() -> Result<()> {
    let Some(fixtures) = places::third_party("fixtures")? else {
        return Ok(());
    };
    let mut verified = 0;
    for signed in signed_files(&fixtures)? {
        let output = verify(&signed, content_of(&signed).as_deref())?;
        ensure!(holds(&output)?, "{}: {}", signed.display(), said(&output));
        verified += 1;
    }
    ensure!(verified >= 35, "only {verified} files were found");
    Ok(())
}

#[test]
fn a_changed_byte_is_refused() -> Result<()> {
    let Some(fixtures) = places::third_party("fixtures")? else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    for signed in signed_files(&fixtures)?.iter().step_by(3) {
        let mut bytes = fs::read(signed)?;
        if bytes.starts_with(b"M") {
            bytes.retain(|byte| !byte.is_ascii_whitespace());
            bytes = BASE64_STANDARD.decode(bytes)?;
        }
        let place = digest(&bytes).with_context(|| format!("no digest in {}", signed.display()))?;
        let byte = bytes.get_mut(place).context("a byte to change")?;
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        let name = signed.file_name().context("a name")?;
        let changed = folder.path().join(name);
        fs::write(&changed, bytes)?;
        let output = verify(&changed, content_of(signed).as_deref())?;
        let code = output.status.code();
        ensure!(
            code == Some(1),
            "{}: {code:?} {}",
            signed.display(),
            said(&output)
        );
    }
    Ok(())
}

#[test]
fn what_the_command_line_signs_is_right() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let content = folder.join("letter.txt");
    fs::write(&content, "Подписываемое письмо")?;
    let password = folder.join("password");
    fs::write(&password, "Qwerty12\n")?;
    for key in [
        "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12",
        "gost256/GOST256_79fe0d0b9ac224ab49ed7e5802f5378feeebff1a.p12",
        "company-old/GOSTKNCA_f138f84f105359d7dbb7bce9b69246328efa5f46.p12",
        "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12",
    ] {
        let signature = folder.join("letter.cms");
        let _ = fs::remove_file(&signature);
        let output = Command::new(places::program("tanba")?)
            .arg("sign")
            .arg(&content)
            .args(["--format", "cms-detached", "--key"])
            .arg(places::key(key))
            .arg("--password-file")
            .arg(&password)
            .arg("--out")
            .arg(&signature)
            .stdin(Stdio::null())
            .output()?;
        ensure!(output.status.success(), "{key}: {}", said(&output));
        judges::oracle(Question::Detached(&signature, &content))?;
        let output = verify(&signature, Some(&content))?;
        ensure!(holds(&output)?, "{key}: {}", said(&output));
    }
    Ok(())
}

/// Whether every signature is its key's over the content. Whom the certificates lead to differs from file to file, and
/// nobody is asked about revocation, so the verdict over all is never better than undetermined (5).
fn holds(output: &Output) -> Result<bool> {
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let signatures = report
        .get("signatures")
        .and_then(Value::as_array)
        .context("signatures")?;
    let all = signatures.iter().all(|signature| {
        signature
            .pointer("/signature/verdict")
            .and_then(Value::as_str)
            == Some("holds")
    });
    Ok(output.status.code() == Some(5) && !signatures.is_empty() && all)
}

/// Where the signed digest of the document lies: in DigestValue, or in the attribute messageDigest.
fn digest(signed: &[u8]) -> Option<usize> {
    let find = |what: &[u8]| signed.windows(what.len()).position(|window| window == what);
    let begin = b":DigestValue>";
    // OID 1.2.840.113549.1.9.4, then SET and OCTET STRING with their lengths.
    let message_digest = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
    find(begin)
        .map(|at| at + begin.len())
        .or_else(|| find(&message_digest).map(|at| at + message_digest.len() + 4))
}

fn verify(signed: &Path, content: Option<&Path>) -> Result<Output> {
    let mut command = Command::new(places::program("tanba")?);
    command
        .args(["verify", "--offline", "--trust-test-ca", "--json"])
        .arg(signed)
        .stdin(Stdio::null());
    if let Some(content) = content {
        command.arg("--document").arg(content);
    }
    Ok(command.output()?)
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The CMS and signed XML among the fixtures; the folder `russian` and input documents are others' business.
fn signed_files(fixtures: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![fixtures.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)?.flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "russian" && name != "examples" {
                    folders.push(path);
                }
            } else if name.ends_with(".cms")
                || (name.ends_with(".der") && folder.ends_with("cms"))
                || (name.ends_with(".xml") && name != "NCAManifest.xml")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// What a detached signature among the fixtures covers.
fn content_of(signed: &Path) -> Option<PathBuf> {
    let name = signed.file_name()?.to_str()?;
    let folder = signed.parent()?;
    let beside = [
        name.strip_suffix("_detached.der")
            .map(|stem| folder.join(format!("{stem}_document.txt"))),
        name.strip_suffix(".detached.cms")
            .map(|stem| folder.join(format!("{stem}.data.bin"))),
        name.starts_with("signature-")
            .then(|| folder.join("NCAManifest.xml")),
    ];
    beside.into_iter().flatten().find(|path| path.is_file())
}
