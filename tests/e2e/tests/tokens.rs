//! Tokens end to end: the real agent and window, OpenSC and SoftHSM, a reader service with virtual readers; OpenSSL and
//! xmlsec1 judge what is signed.

#![cfg(target_os = "linux")]

#[path = "tokens/real.rs"]
mod real;

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::{self, Agent, Setup},
    judges, places,
    process::output,
    scene::SITE,
    socket::Socket,
};
use pki::Signer as _;
use serde_json::{Value, json};
use virtual_cards::{Card, OPENSC, Pcscd, SoftHsm, fixture, installed};

use crate::real::{PIN, Real};

#[tokio::test(flavor = "multi_thread")]
async fn a_card_put_in_while_the_window_waits_is_listed_and_signs() -> Result<()> {
    let Some(mut real) = Real::start().await? else {
        return Ok(());
    };
    real.ask(1).await?;
    real.scene.attach().await?;
    real.scene.see("[role=dialog] section .quiet").await?;
    ensure!(
        !real.scene.has("[role=option]").await?,
        "a key from nowhere"
    );
    real.scene.picture("no-token").await?;

    let begun = Instant::now();
    let _card = real.insert();
    real.scene.see("[role=option]").await?;
    let took = begun.elapsed();
    println!("from the card in the reader to its row in the window: {took:?}");
    ensure!(took < Duration::from_secs(5), "after {took:?}");
    real.scene.picture("listed").await?;
    real.choose().await?;
    real.scene.enter(PIN).await?;
    real.signed(1).await?;

    // The card wants its PIN for each document; the first is signed with the one that opened the key.
    real.ask(2).await?;
    real.choose().await?;
    real.scene.enter(PIN).await?;
    real.scene.see("#pin-again").await?;
    real.scene.picture("pin-again").await?;
    real.scene.type_into("#pin-again", PIN).await?;
    real.scene
        .press("button#yes:not([aria-disabled=true])", async || {
            Ok(!real.scene.has("#pin-again:not([readonly])").await?)
        })
        .await?;
    real.signed(2).await?;
    real.scene.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_pins_are_told_and_the_last_try_is_used_only_on_purpose() -> Result<()> {
    let Some(mut real) = Real::start().await? else {
        return Ok(());
    };
    let _card = real.insert();
    real.ask(1).await?;
    real.scene.attach().await?;
    real.choose().await?;
    real.scene.enter("999999").await?;
    real.scene.says("Wrong PIN").await?;
    real.scene.picture("wrong-pin").await?;
    ensure!(real.card.tries() == 2, "{} tries", real.card.tries());
    real.scene.enter("999999").await?;
    real.scene.says("Wrong PIN. Tries left: 1").await?;
    real.scene.see("#last-try").await?;
    real.scene.picture("last-try").await?;
    ensure!(real.card.tries() == 1, "{} tries", real.card.tries());
    real.scene
        .press("#last-try", async || {
            real.scene.has("#last-try:checked").await
        })
        .await?;
    real.scene.enter(PIN).await?;
    real.signed(1).await?;
    ensure!(real.card.tries() == 3, "{} tries", real.card.tries());
    real.scene.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_taken_out_is_told_and_signs_when_it_is_back() -> Result<()> {
    let Some(mut real) = Real::start().await? else {
        return Ok(());
    };
    let card = real.insert();
    real.ask(1).await?;
    real.scene.attach().await?;
    real.choose().await?;
    let begun = Instant::now();
    drop(card);
    real.scene
        .says("Token was removed: put it back. No try was lost.")
        .await?;
    println!(
        "from the card out of the reader to the words: {:?}",
        begun.elapsed()
    );
    real.scene.picture("removed").await?;
    let begun = Instant::now();
    let _card = real.insert();
    // It is still the chosen one.
    real.scene
        .see("[role=option][aria-selected=true]:not([aria-disabled=true])")
        .await?;
    println!(
        "from the card back in the reader to its row: {:?}",
        begun.elapsed()
    );
    real.scene.see("#password:not(:disabled)").await?;
    real.scene.picture("back").await?;
    real.scene.enter(PIN).await?;
    real.signed(1).await?;
    ensure!(real.card.tries() == 3, "{} tries", real.card.tries());
    real.scene.end()
}

#[test]
fn an_npm_client_signs_with_softhsm() -> Result<()> {
    let Some(hsm) = SoftHsm::new() else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let setup = Setup {
        folder,
        window: Some(agent::robot_with_token(folder, "agent", PIN)?),
        keys: &[],
        desktop: None,
        inspector: None,
        port: 0,
    };
    let agent = Agent::with_module(&setup, SoftHsm::MODULE, hsm.variable())?;
    let clients = places::root().join("tests/clients");
    let mut command = Command::new("node");
    command
        .arg(clients.join("ncalayer-js-client.js"))
        .arg(format!("wss://127.0.0.1:{}", agent.port))
        .args(["token", "rsa"])
        .env("NODE_EXTRA_CA_CERTS", &agent.ca);
    let said = output(&mut command)?;
    let result = |call: &str| -> Result<Value> {
        let lines = said.lines().map(serde_json::from_str::<Value>);
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let line = lines
            .iter()
            .find(|line| line.get("call") == Some(&json!(call)));
        let line = line.with_context(|| said.clone())?;
        line.get("result")
            .cloned()
            .with_context(|| line.to_string())
    };
    ensure!(result("getActiveTokens")? == json!([]), "{said}");
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
    let signer = fixture(SoftHsm::KEY).certificate().to_pem();
    let content = BASE64_STANDARD.decode(text(&result("content")?)?)?;
    let several = result("basicsSignCMSArray")?;
    let several = several.as_array().context("several")?;
    ensure!(several.len() == 2, "{several:?}");
    for pem in several.iter().chain([&result("basicsSignCMS")?]) {
        real::cms_holds(&text(pem)?, &content, &signer)?;
    }
    let xml = result("basicsSignXML")?;
    let (document, certificate) = (folder.join("signed.xml"), folder.join("signer.pem"));
    fs::write(&document, text(xml.get(0).context("an array")?)?)?;
    fs::write(&certificate, signer)?;
    judges::xmlsec(&document, &certificate)?;
    agent.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn active_tokens_are_answered_at_once_by_what_the_card_says_of_itself() -> Result<()> {
    // NCALayer has no name for a PIV card. The second is one with KAZTOKEN's answer to reset.
    let kaztoken = [
        0x3b, 0x88, 0x01, 0x4b, 0x41, 0x5a, 0x54, 0x4f, 0x4b, 0x45, 0x4e, 0x82,
    ];
    let cards = [
        (Card::fresh(), json!([])),
        (Card::with_atr(&kaztoken), json!(["AKKaztokenStore"])),
    ];
    for (card, expected) in cards {
        let Some(pcscd) = Pcscd::started().filter(|_| installed(&[OPENSC])) else {
            return Ok(());
        };
        let inserted = pcscd.insert(&card);
        card.wait_until_noticed();
        let folder = tempfile::tempdir()?;
        let setup = Setup {
            folder: folder.path(),
            window: Some("cat".to_owned()),
            keys: &[],
            desktop: None,
            inspector: None,
            port: 0,
        };
        let agent = Agent::with_module(&setup, OPENSC, pcscd.variable())?;
        let mut socket = Socket::connect(agent.port, &agent.ca, Some(SITE)).await?;
        let mut times = Vec::new();
        let mut right = 0;
        // On a busy computer a reader may not have told its card when the page asks at once: then it asks again.
        while right < 3 {
            let begun = Instant::now();
            right += usize::from(active_tokens(&mut socket).await? == expected);
            times.push(begun.elapsed());
            ensure!(times.len() < 20, "never {expected}");
        }
        println!("{expected} after {times:?}");
        let fastest = times.iter().min().context("a time")?;
        ensure!(*fastest < Duration::from_millis(200), "{times:?}");
        drop(inserted);
        agent.end()?;
    }
    Ok(())
}

async fn active_tokens(socket: &mut Socket) -> Result<Value> {
    let request = json!({
        "module": "kz.gov.pki.knca.commonUtils", "method": "getActiveTokens",
    });
    let reply = socket.ask(&request).await?;
    ensure!(reply.get("code") == Some(&json!("200")), "{reply}");
    reply.get("responseObject").cloned().context("no tokens")
}
