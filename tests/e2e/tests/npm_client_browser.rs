//! Npm packages, unchanged, in a real Chromium: `ncalayer-js-client` with Blob, File and ArrayBuffer as input and several at
//! once, `@seithq/ncalayer` with the legacy applet switched on.

#![allow(
    clippy::indexing_slicing,
    reason = "a call that is not in the output is a failed test"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::Agent,
    browser::{Browser, Looks},
    judges::{self, Question},
    places,
    site::Site,
};
use fantoccini::Locator;
use serde_json::{Value, json};

const GOST: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";

#[tokio::test(flavor = "multi_thread")]
async fn npm_clients_sign_blobs_files_and_texts_in_chromium() -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let shown = folder.join("shown.jsonl");
    let more = format!("--shown '{}'", shown.display());
    let data = folder.join("agent");
    fs::create_dir_all(&data)?;
    let settings = "[network]\nway = \"direct\"\n\n[modules]\napplet = true\n";
    fs::write(data.join("settings.toml"), settings)?;
    let agent = Agent::with_robot(folder, &places::key(GOST), "Qwerty12", &more)?;
    let home = folder.join("home");
    agent.trust_install(&home)?;

    let text = save(folder, "құжат.txt", "Қол қойылатын мәтін".as_bytes())?;
    let bytes: Vec<u8> = (0..3_000_000_u32)
        .map(|at| (at.wrapping_mul(at) >> 7) as u8)
        .collect();
    let binary = save(folder, "data.bin", &bytes)?;
    let said = in_chromium(folder, &home, &agent, &[&text, &binary]).await;
    if said.is_err() {
        eprintln!("{}", agent.log());
    }
    let said = said?;
    ensure!(said.get("error").is_none(), "{}", said["error"]);
    ensure!(said["connect"] == "1.4", "{}", said["connect"]);
    ensure!(said["multisignAvailable"] == true, "no multisign");
    ensure!(
        said["keyInfo"]["algorithm"] == "ECGOST3410-2015-512",
        "{}",
        said["keyInfo"]
    );

    detached(folder, &said["blob"], &text)?;
    detached(folder, &said["file"], &binary)?;
    detached(folder, &said["logo"], &text)?;
    judges::oracle(Question::Attached(&cms(folder, &said["buffer"])?))?;
    let several = said["multisign"].as_array().context("an array")?;
    ensure!(several.len() == 3, "{} signatures", several.len());
    for (item, content) in several.iter().zip([&text, &binary, &text]) {
        detached(folder, item, content)?;
    }
    ensure!(
        said["hash"].as_str().is_some(),
        "no signature over a digest"
    );
    let documents = said["xml"].as_array().context("an array of XML")?;
    ensure!(documents.len() == 2, "{} documents", documents.len());
    for document in documents {
        let file = save(
            folder,
            "signed.xml",
            document.as_str().context("a text")?.as_bytes(),
        )?;
        judges::oracle(Question::Xml(&file))?;
    }
    let legacy = &said["legacy"];
    ensure!(
        legacy["code"] == "NONE" && legacy["verified"] == "NONE",
        "{legacy}"
    );
    let xml = legacy["xml"].as_str().context("a text")?;
    judges::oracle(Question::Xml(&save(folder, "legacy.xml", xml.as_bytes())?))?;
    // The picture of the page came to the window, with the last request only.
    let logos = fs::read_to_string(&shown)?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["type"] == "request" && message["logo"].is_string())
        .count();
    ensure!(logos == 1, "{logos} logos");
    agent.end()
}

/// What the script in the page gives.
async fn in_chromium(folder: &Path, home: &Path, agent: &Agent, files: &[&Path]) -> Result<Value> {
    let clients = places::root().join("tests/clients");
    let modules = clients.join("node_modules/@seithq/ncalayer/dist");
    let site = Site::start(folder)?;
    fs::write(site.file("seithq-ncalayer.js"), in_one_script(&modules)?)?;

    let browser = Browser::start(folder, home, "ru", Looks::Headless).await?;
    let page = &browser.page;
    page.goto(&site.address).await?;
    let input = page.find(Locator::Css("#files")).await?;
    let paths: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    input.send_keys(&paths.join("\n")).await?;
    let timeouts = fantoccini::wd::TimeoutConfiguration::new(
        Some(Duration::from_secs(90)),
        Some(Duration::from_secs(60)),
        None,
    );
    page.update_timeouts(timeouts).await?;
    let script = fs::read_to_string(clients.join("browser.js"))?;
    let said = page.execute_async(&script, vec![json!(agent.port)]).await?;
    browser.close().await?;
    Ok(said)
}

/// The CommonJS modules of `@seithq/ncalayer` as a script for pages, as a bundler would put them together.
fn in_one_script(modules: &Path) -> Result<String> {
    let mut script = String::from(
        "const modules = {};\n\
         function load(name) { const exports = {}; modules[name](exports, load); return exports; }\n",
    );
    for file in fs::read_dir(modules)? {
        let path = file?.path();
        if path.extension().is_some_and(|it| it == "js") {
            let name = path.file_stem().context("a name")?.to_string_lossy();
            let code = fs::read_to_string(&path)?;
            script += &format!("modules['./{name}'] = (exports, require) => {{\n{code}\n}};\n");
        }
    }
    Ok(script + "window.SeithqClient = load('./index').default;\n")
}

fn detached(folder: &Path, pem: &Value, content: &Path) -> Result<()> {
    judges::oracle(Question::Detached(&cms(folder, pem)?, content))
}

fn cms(folder: &Path, pem: &Value) -> Result<PathBuf> {
    let pem = pem.as_str().context("a text")?;
    let body = pem
        .strip_prefix("-----BEGIN CMS-----\n")
        .and_then(|rest| rest.strip_suffix("-----END CMS-----\n"))
        .with_context(|| format!("not PEM: {pem:.100}"))?;
    let der = BASE64_STANDARD.decode(body.replace('\n', ""))?;
    save(folder, "message.cms", &der)
}

fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, bytes)?;
    Ok(path)
}
