//! The npm packages that portals use, unchanged, against the real agent with a robot in place of the person.

#![allow(
    clippy::indexing_slicing,
    reason = "a call that is not in the output is a failed test"
)]

use std::{collections::HashMap, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::Agent,
    judges::{self, BouncyCastle, Question},
    places, process,
};
use serde_json::Value;

const GOST: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
const RSA: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";

#[test]
fn ncalayer_js_client_signs_with_gost() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let said = client(folder.path(), GOST, "sign", "gost")?;
    let files = everything_verifies(folder.path(), &said, "ECGOST3410-2015-512")?;
    if let Some(java) = BouncyCastle::compile(folder.path())? {
        java.cms(&files.attached, None)?;
        java.cms(&files.detached, Some(&files.content))?;
    }
    Ok(())
}

#[test]
fn ncalayer_js_client_signs_with_rsa() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let said = client(folder.path(), RSA, "sign", "rsa")?;
    let files = everything_verifies(folder.path(), &said, "RSA")?;
    judges::openssl_cms(&files.attached, None, None)?;
    judges::openssl_cms(&files.detached, Some(&files.content), None)?;
    judges::xmlsec(&files.xml, &files.certificate)?;
    judges::xmlsec(&files.compact_xml, &files.certificate)
}

#[test]
fn ncalayer_js_client_learns_that_the_person_said_no() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let said = client(folder.path(), GOST, "cancel", "gost")?;
    for call in ["getKeyInfo", "signXml"] {
        ensure!(
            said[call]["error"] == "500: action.canceled",
            "{call}: {}",
            said[call]
        );
    }
    for call in ["basicsSignCMS", "basicsSignXML"] {
        ensure!(
            said[call]["canceledByUser"] == true,
            "{call}: {}",
            said[call]
        );
    }
    Ok(())
}

/// `@seithq/ncalayer` knows only the legacy applet, which takes passwords from pages: it must learn that there is none.
#[test]
fn the_legacy_client_is_refused_and_does_not_hang() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let agent = Agent::with_robot(folder.path(), &places::key(GOST), "Qwerty12", "")?;
    let said = node(&agent, "seithq-ncalayer.js", &[])?;
    ensure!(
        said["getKeys"]["result"]["ok"] == false,
        "{}",
        said["getKeys"]
    );
    ensure!(
        said["getKeys"]["result"]["errorCode"] == "MODULE_NOT_FOUND",
        "{}",
        said["getKeys"]
    );
    Ok(())
}

/// Where the person has switched the applet on, the same client signs; the key and the password are the window's.
#[test]
fn the_legacy_client_signs_where_the_applet_is_switched_on() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let data = folder.join("agent");
    std::fs::create_dir_all(&data)?;
    std::fs::write(data.join("settings.toml"), "[modules]\napplet = true\n")?;
    let agent = Agent::with_robot(folder, &places::key(GOST), "Qwerty12", "")?;
    let said = node(&agent, "seithq-ncalayer.js", &["sign"])?;
    for call in ["getKeys", "signXml", "createCMSSignature", "verifyXml"] {
        ensure!(said[call]["result"]["ok"] == true, "{}", said[call]);
    }
    let xml = text(&said["signXml"]["result"]["value"])?;
    judges::oracle(Question::Xml(&save(folder, "signed.xml", xml.as_bytes())?))?;
    let cms = decoded(&said["createCMSSignature"]["result"]["value"])?;
    judges::oracle(Question::Attached(&save(folder, "attached", &cms)?))?;
    agent.end()
}

/// What the client handed out, as files for the judges.
struct Files {
    attached: std::path::PathBuf,
    detached: std::path::PathBuf,
    content: std::path::PathBuf,
    xml: std::path::PathBuf,
    compact_xml: std::path::PathBuf,
    certificate: std::path::PathBuf,
}

/// Checks each reply of a signing run with the independent verifier.
fn everything_verifies(
    folder: &Path,
    said: &HashMap<String, Value>,
    algorithm: &str,
) -> Result<Files> {
    ensure!(said["connect"]["result"] == "1.4", "{}", said["connect"]);
    ensure!(
        said["getActiveTokens"]["result"] == serde_json::json!([]),
        "{}",
        said["getActiveTokens"]
    );
    ensure!(
        said["getKeyInfo"]["result"]["algorithm"] == algorithm,
        "{}",
        said["getKeyInfo"]
    );
    ensure!(
        said["changeLocale"].get("error").is_none(),
        "{}",
        said["changeLocale"]
    );

    let content = save(folder, "content", &decoded(&said["content"]["result"])?)?;
    let certificate = save(
        folder,
        "signer.pem",
        text(&said["getKeyInfo"]["result"]["pem"])?.as_bytes(),
    )?;
    let attached = save(
        folder,
        "attached.cms",
        &decoded(&said["attached"]["result"])?,
    )?;
    judges::oracle(Question::Attached(&attached))?;
    let detached = save(
        folder,
        "detached.cms",
        &decoded(&said["detached"]["result"])?,
    )?;
    judges::oracle(Question::Detached(&detached, &content))?;
    let hash = save(folder, "hash.cms", &decoded(&said["hash"]["result"])?)?;
    let digest: String = decoded(&said["content"]["digest"])?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    judges::oracle(Question::Digest(&hash, &digest))?;

    // One datum comes unwrapped by the client, several as an array; both are PEM.
    let mut pems = vec![text(&said["basicsSignCMS"]["result"])?];
    let array = said["basicsSignCMSArray"]["result"]
        .as_array()
        .context("an array of CMS")?;
    ensure!(
        array.len() == 2,
        "two documents, {} signatures",
        array.len()
    );
    for item in array {
        pems.push(text(item)?);
    }
    for (number, pem) in pems.iter().enumerate() {
        let body = pem
            .strip_prefix("-----BEGIN CMS-----\n")
            .and_then(|rest| rest.strip_suffix("-----END CMS-----\n"))
            .with_context(|| format!("not PEM: {pem}"))?;
        let file = save(
            folder,
            &format!("basics{number}.cms"),
            &BASE64_STANDARD.decode(body.replace('\n', ""))?,
        )?;
        judges::oracle(Question::Detached(&file, &content))?;
    }

    let mut documents = vec![text(&said["signXml"]["result"])?];
    for item in said["signXmls"]["result"]
        .as_array()
        .context("an array of XML")?
    {
        documents.push(text(item)?);
    }
    ensure!(
        documents.len() == 3,
        "signXmls gave {} documents",
        documents.len() - 1
    );
    for (number, document) in documents.iter().enumerate() {
        let file = save(folder, &format!("signed{number}.xml"), document.as_bytes())?;
        judges::oracle(Question::Xml(&file))?;
    }
    let compact = said["basicsSignXML"]["result"]
        .get(0)
        .context("basics XML is an array")?;
    let compact_xml = save(folder, "compact.xml", text(compact)?.as_bytes())?;
    judges::oracle(Question::Xml(&compact_xml))?;
    Ok(Files {
        attached,
        detached,
        content,
        xml: folder.join("signed0.xml"),
        compact_xml,
        certificate,
    })
}

/// One run of `ncalayer-js-client`, by call.
fn client(
    folder: &Path,
    key: &str,
    person: &str,
    algorithm: &str,
) -> Result<HashMap<String, Value>> {
    let more = if person == "cancel" { "--cancel" } else { "" };
    let agent = Agent::with_robot(folder, &places::key(key), "Qwerty12", more)?;
    let said = node(&agent, "ncalayer-js-client.js", &[person, algorithm])?;
    agent.end()?;
    Ok(said)
}

/// Runs a script in Node, which trusts the agent's CA as a program is told to: by its environment.
fn node(agent: &Agent, script: &str, arguments: &[&str]) -> Result<HashMap<String, Value>> {
    let clients = places::root().join("tests/clients");
    ensure!(
        clients.join("node_modules").is_dir(),
        "run `npm ci` in tests/clients first (cargo xtask test does)"
    );
    let mut command = Command::new("node");
    command
        .arg(clients.join(script))
        .arg(format!("wss://127.0.0.1:{}", agent.port))
        .args(arguments);
    command.env("NODE_EXTRA_CA_CERTS", &agent.ca);
    let said = process::output(&mut command)?;
    said.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line)?;
            Ok((text(&line["call"])?.to_owned(), line))
        })
        .collect()
}

fn text(value: &Value) -> Result<&str> {
    value
        .as_str()
        .with_context(|| format!("not a text: {value}"))
}

fn decoded(value: &Value) -> Result<Vec<u8>> {
    let text = text(value)?;
    BASE64_STANDARD
        .decode(text)
        .with_context(|| format!("not bare base64 in one line: {text}"))
}

fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<std::path::PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}
