//! Large documents by HTTP: the npm package that portals use, unchanged, and curl, with a robot in place of the person. Then
//! one through the socket, whose reply is too large for one piece.

#![allow(
    clippy::indexing_slicing,
    reason = "a call that is not in the output is a failed test"
)]

use std::{collections::HashMap, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::{self, Agent},
    judges::{self, Question},
    places, process,
    socket::Socket,
};
use serde_json::{Value, json};

const GOST: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
const RSA: &str = "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";
const ORIGIN: &str = "Origin: https://sigex.example";

#[test]
fn ncalayer_js_client_signs_large_documents_with_gost() -> Result<()> {
    let folder = tempfile::tempdir()?;
    signs(folder.path(), GOST)
}

#[test]
fn ncalayer_js_client_signs_large_documents_with_rsa() -> Result<()> {
    let folder = tempfile::tempdir()?;
    signs(folder.path(), RSA)?;
    let content = folder.path().join("content");
    judges::openssl_cms(&folder.path().join("bytes.cms"), Some(&content), None)?;
    judges::openssl_cms(&folder.path().join("attached.cms"), None, None)
}

#[test]
fn ncalayer_js_client_learns_that_the_person_said_no_to_a_large_document() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let said = client(folder.path(), GOST, "--cancel")?;
    ensure!(said["available"]["result"] == true, "{}", said["available"]);
    for call in ["bytes", "text", "many", "attached"] {
        let error = said[call]["error"].as_str().unwrap_or_default();
        ensure!(error.contains("отменена"), "{call}: {}", said[call]);
    }
    ensure!(
        said["multisign"]["canceledByUser"] == true,
        "{}",
        said["multisign"]
    );
    Ok(())
}

fn signs(folder: &Path, key: &str) -> Result<()> {
    let said = client(folder, key, "")?;
    ensure!(said["available"]["result"] == true, "{}", said["available"]);
    let content = save(folder, "content", &said["content"]["result"])?;
    for call in ["bytes", "text", "multisign"] {
        let file = save(folder, &format!("{call}.cms"), &said[call]["result"])?;
        judges::oracle(Question::Detached(&file, &content))?;
    }
    let many = said["many"]["result"].as_array();
    let many = many.with_context(|| format!("{}", said["many"]))?;
    ensure!(many.len() == 2, "two documents, {} signatures", many.len());
    for signature in many {
        let file = save(folder, "many.cms", signature)?;
        judges::oracle(Question::Detached(&file, &content))?;
    }
    let file = save(folder, "attached.cms", &said["attached"]["result"])?;
    judges::oracle(Question::Attached(&file))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_document_comes_back_whole_through_the_socket() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let content: Vec<u8> = (0..5_000_001_u32).map(|at| ((at / 7) ^ at) as u8).collect();
    let file = folder.join("signed.cms");
    for key in [GOST, RSA] {
        let agent = Agent::with_robot(folder, &places::key(key), "Qwerty12", "")?;
        let mut socket = Socket::connect(agent.port, &agent.ca, Some("https://egov.kz")).await?;
        let reply = socket
            .ask(&json!({
                "module": "kz.gov.pki.knca.commonUtils",
                "method": "createCAdESFromBase64",
                "args": ["PKCS12", "SIGNATURE", BASE64_STANDARD.encode(&content), true],
            }))
            .await?;
        let message = reply["responseObject"].as_str().context("no signature")?;
        std::fs::write(&file, BASE64_STANDARD.decode(message)?)?;
        judges::oracle(Question::Attached(&file))?;
        if key == RSA {
            judges::openssl_cms(&file, None, None)?;
        }
        let report = signing::cms::verify(&std::fs::read(&file)?, None)?;
        ensure!(report.content.as_ref() == Some(&content), "another content");
        agent.end()?;
    }
    Ok(())
}

#[test]
fn curl_signs_a_file_as_it_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let (agent, port) = start(folder, GOST, "")?;
    let curl = |arguments: &[&str]| -> Result<String> {
        let mut command = Command::new("curl");
        command
            .args(["--silent", "--show-error", "--max-time", "60", "--cacert"])
            .arg(&agent.ca)
            .args(["--header", ORIGIN])
            .args(arguments);
        process::output(&mut command)
    };
    let root = format!("https://127.0.0.1:{port}/");
    let jar = folder.join("cookies").display().to_string();
    let preflight = curl(&[
        "--include",
        "--request",
        "OPTIONS",
        "--header",
        "Access-Control-Request-Method: POST",
        &root,
    ])?
    .to_lowercase();
    ensure!(
        preflight.contains("access-control-allow-origin: https://sigex.example\r\n")
            && preflight.contains("access-control-allow-credentials: true\r\n"),
        "{preflight}"
    );
    let start = r#"{"numberOfDocuments":1,"base64":false,"encapsulateContent":false}"#;
    let id = curl(&["--cookie-jar", &jar, "--data", start, &root])?;

    // Not a whole number of the pieces in which it is hashed.
    let content = folder.join("content");
    let bytes: Vec<u8> = (0..1_000_003_u32)
        .map(|index| (index % 251) as u8)
        .collect();
    std::fs::write(&content, bytes)?;
    let body = format!("@{}", content.display());
    let document = format!("{root}{id}");
    let cms = folder.join("signature.cms");
    let out = cms.display().to_string();
    let send = [
        "--data-binary",
        &body,
        "--write-out",
        "%{http_code}",
        "--output",
        &out,
    ];
    let status = curl(&[&send[..], &[&document]].concat())?;
    ensure!(status == "401", "without its cookie: {status}");
    let with_cookie = [&send[..], &["--cookie", &jar, &document]].concat();
    let status = curl(&with_cookie)?;
    ensure!(status == "200", "{status}: {}", agent.log());
    judges::oracle(Question::Detached(&cms, &content))?;
    let status = curl(&with_cookie)?;
    ensure!(status == "401", "the operation is over: {status}");
    agent.end()
}

/// An agent that takes large documents, and the port for them.
fn start(folder: &Path, key: &str, more: &str) -> Result<(Agent, u16)> {
    let window = agent::robot(folder, &places::key(key), "Qwerty12", more)?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let agent = Agent::for_large_documents(folder, window, port)?;
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Ok((agent, port))
}

/// One run of `ncalayer-js-client`, by call.
fn client(folder: &Path, key: &str, more: &str) -> Result<HashMap<String, Value>> {
    let (agent, port) = start(folder, key, more)?;
    let clients = places::root().join("tests/clients");
    ensure!(
        clients.join("node_modules").is_dir(),
        "run `npm ci` in tests/clients first (cargo xtask test does)"
    );
    let mut command = Command::new("node");
    command
        .arg(clients.join("large-documents.js"))
        .arg(format!("wss://127.0.0.1:{}", agent.port))
        .arg(port.to_string())
        .env("NODE_EXTRA_CA_CERTS", &agent.ca);
    let said = process::output(&mut command)?;
    agent.end()?;
    said.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line)?;
            let call = line["call"].as_str().context("no call")?.to_owned();
            Ok((call, line))
        })
        .collect()
}

fn save(folder: &Path, name: &str, base64: &Value) -> Result<std::path::PathBuf> {
    let text = base64
        .as_str()
        .with_context(|| format!("{name}: {base64}"))?;
    let path = folder.join(name);
    std::fs::write(&path, BASE64_STANDARD.decode(text)?)?;
    Ok(path)
}
