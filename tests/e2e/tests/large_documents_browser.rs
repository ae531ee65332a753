//! Large documents by HTTP from a page in a real Chromium: what its rules for other origins and for cookies let through.

#![allow(
    clippy::indexing_slicing,
    reason = "a result that is not there is a failed test"
)]

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::{self, Agent},
    browser::{Browser, Looks},
    judges::{self, Question},
    places,
    process::{free_port, wait_for_port},
    site::Site,
};
use fantoccini::{Locator, wd::TimeoutConfiguration};
use serde_json::{Value, json};

const GOST: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_chromium_signs_blobs_by_http() -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let window = agent::robot(folder, &places::key(GOST), "Qwerty12", "")?;
    let large_port = free_port()?;
    let agent = Agent::for_large_documents(folder, window, large_port)?;
    wait_for_port(large_port, Duration::from_secs(20))?;
    let home = folder.join("home");
    agent.trust_install(&home)?;
    let document = folder.join("document.bin");
    let bytes: Vec<u8> = (0..300_003_u32)
        .map(|at| (at.wrapping_mul(at) >> 7) as u8)
        .collect();
    fs::write(&document, bytes)?;

    let said = in_chromium(folder, &home, [agent.port, large_port], &document).await;
    if said.is_err() {
        eprintln!("{}", agent.log());
    }
    let said = said?;
    ensure!(said.get("error").is_none(), "{}", said["error"]);
    for (name, expected) in [
        ("begin", json!(200)),
        // The cookie is what makes the operation the page's; scripts do not see it.
        ("withoutCookie", json!(401)),
        ("cookies", json!("")),
        ("signed", json!(200)),
        // What is not allowed after the browser's question, it does not send.
        ("headerOfItsOwn", json!("unreadable")),
        ("given", json!(204)),
        ("over", json!(401)),
        ("connect", json!("1.4")),
    ] {
        ensure!(said[name] == expected, "{name}: {}", said[name]);
    }
    let several = said["several"].as_array().context("an array")?;
    ensure!(several.len() == 2, "{} signatures", several.len());
    for signature in [&said["blob"], &said["client"]].into_iter().chain(several) {
        let text = signature.as_str().context("a signature")?;
        let cms = folder.join("signature.cms");
        fs::write(&cms, BASE64_STANDARD.decode(text)?)?;
        judges::oracle(Question::Detached(&cms, &document))?;
    }
    agent.end()
}

/// What the script in the page gives.
async fn in_chromium(
    folder: &Path,
    home: &Path,
    ports: [u16; 2],
    document: &Path,
) -> Result<Value> {
    let site = Site::start(folder)?;
    // The page also has a place for another package, which is not needed here.
    fs::write(site.file("seithq-ncalayer.js"), "")?;
    let browser = Browser::start(folder, home, "ru", Looks::Headless).await?;
    let page = &browser.page;
    page.goto(&site.address).await?;
    let input = page.find(Locator::Css("#files")).await?;
    input.send_keys(&document.display().to_string()).await?;
    let limit = Duration::from_secs(90);
    page.update_timeouts(TimeoutConfiguration::new(Some(limit), Some(limit), None))
        .await?;
    let script = places::root().join("tests/clients/large-documents-browser.js");
    let script = fs::read_to_string(script)?;
    let said = page
        .execute_async(&script, ports.map(|port| json!(port)).to_vec())
        .await?;
    browser.close().await?;
    Ok(said)
}
