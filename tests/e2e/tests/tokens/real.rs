//! An agent with OpenSC's module, its real window on a desktop of its own, a virtual reader, and a page's connection.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::{Agent, Setup},
    desktop::Desktop,
    judges, places, process,
    socket::Socket,
    window::Window,
};
use fantoccini::Locator;
use pki::Signer as _;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};
use virtual_cards::{Card, Inserted, OPENSC, Pcscd, SIGNATURE, fixture, installed};

pub(crate) const SITE: &str = "https://documents.example";
pub(crate) const PIN: &str = "123456";
const SETTINGS: &str = "language = \"en\"\n\n[network]\nway = \"direct\"\n";

pub(crate) struct Real {
    pub(crate) card: Card,
    socket: Socket,
    window: Option<Window>,
    agent: Agent,
    pcscd: Pcscd,
    desktop: Desktop,
    inspector: u16,
    folder: tempfile::TempDir,
}

impl Real {
    /// `None` where the programs for cards are missing.
    pub(crate) async fn start() -> Result<Option<Self>> {
        let Some(pcscd) = Pcscd::started().filter(|_| installed(&[OPENSC])) else {
            return Ok(None);
        };
        let temporary = tempfile::tempdir()?;
        let folder = temporary.path();
        let data = folder.join("agent");
        fs::create_dir_all(&data)?;
        fs::write(data.join("settings.toml"), SETTINGS)?;
        let desktop = Desktop::start(folder)?;
        let inspector = process::free_port()?;
        let setup = Setup {
            folder,
            window: None,
            keys: &[],
            desktop: Some(&desktop),
            inspector: Some(inspector),
            port: 0,
        };
        let agent = Agent::with_module(&setup, OPENSC, pcscd.variable())?;
        Ok(Some(Self {
            card: Card::fresh(),
            socket: Socket::connect(agent.port, &agent.ca, Some(SITE)).await?,
            window: None,
            agent,
            pcscd,
            desktop,
            inspector,
            folder: temporary,
        }))
    }

    pub(crate) fn insert(&self) -> Inserted {
        self.pcscd.insert(&self.card)
    }

    /// The page asks for signatures over so many documents, with any key.
    pub(crate) async fn ask(&mut self, documents: usize) -> Result<()> {
        let request = json!({
            "module": "kz.gov.pki.knca.basics",
            "method": "sign",
            "args": {
                "format": "cms",
                "data": (0..documents).map(|at| BASE64_STANDARD.encode(content(at))).collect::<Vec<_>>(),
                "signingParams": {"decode": true, "encapsulate": false, "digested": false},
                "signerParams": {"extKeyUsageOids": []},
                "locale": "en",
            },
        });
        self.socket.send(&request.to_string()).await
    }

    pub(crate) async fn attach(&mut self) -> Result<()> {
        let window = Window::attach(self.folder.path(), &self.desktop, self.inspector).await;
        self.window = Some(window.with_context(|| self.agent.log())?);
        Ok(())
    }

    fn window(&self) -> Result<&Window> {
        self.window.as_ref().context("the window is not attached")
    }

    pub(crate) async fn has(&self, selector: &str) -> Result<bool> {
        let script = "return document.querySelector(arguments[0]) !== null";
        let found = self.window()?.page.execute(script, vec![json!(selector)]);
        Ok(found.await? == true)
    }

    /// Waits for an element, and looks often: what is measured shall not wait for us.
    pub(crate) async fn see(&self, selector: &str) -> Result<()> {
        let begun = Instant::now();
        while !self.has(selector).await? {
            if begun.elapsed() > Duration::from_secs(20) {
                return self.missed(selector).await;
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Waits until the window says this of the chosen key.
    pub(crate) async fn says(&self, words: &str) -> Result<()> {
        let script = "return document.querySelector('#error')?.innerText.trim() === arguments[0]";
        let begun = Instant::now();
        let page = &self.window()?.page;
        while page.execute(script, vec![json!(words)]).await? != true {
            if begun.elapsed() > Duration::from_secs(20) {
                return self.missed(words).await;
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    async fn missed(&self, what: &str) -> Result<()> {
        let script = "return document.body.innerText";
        let shown = self.window()?.page.execute(script, Vec::new()).await?;
        anyhow::bail!("never seen: {what}; {shown}; {}", self.agent.log())
    }

    /// Chooses the card's key for signatures.
    pub(crate) async fn choose(&self) -> Result<()> {
        self.see("[role=option]").await?;
        let window = self.window()?;
        window.settle().await?;
        let rows = window.page.find_all(Locator::Css("[role=option]")).await?;
        for row in rows {
            if row.find(Locator::Css(".tag")).await?.text().await? == "signing" {
                row.click().await?;
                return self.see("[role=option][aria-selected=true]").await;
            }
        }
        self.missed("a key for signatures").await
    }

    /// Types the PIN and presses the button until that is taken: it sleeps after each change of the window, and a person
    /// presses again, too.
    pub(crate) async fn enter(&self, pin: &str) -> Result<()> {
        let window = self.window()?;
        self.see("#password:not(:disabled):not([readonly])").await?;
        window.type_password(pin).await?;
        let untaken = "#password:not([readonly])";
        let typed = "return document.querySelector(arguments[0])?.value.length > 0";
        for _ in 0..10 {
            window.act().await?;
            let pressed = Instant::now();
            while pressed.elapsed() < Duration::from_millis(700) {
                if window.page.execute(typed, vec![json!(untaken)]).await? != true {
                    return Ok(());
                }
                sleep(Duration::from_millis(10)).await;
            }
        }
        self.missed("the button taken").await
    }

    pub(crate) async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        let field = self.window()?.page.find(Locator::Css(selector)).await?;
        Ok(field.send_keys(text).await?)
    }

    pub(crate) async fn press(&self, selector: &str) -> Result<()> {
        self.see(selector).await?;
        let button = self.window()?.page.find(Locator::Css(selector)).await?;
        Ok(button.click().await?)
    }

    /// The reply holds the card's signatures over the documents.
    pub(crate) async fn signed(&mut self, documents: usize) -> Result<()> {
        let reply = timeout(Duration::from_secs(60), self.socket.receive()).await;
        let Ok(reply) = reply else {
            return self.missed("the reply").await;
        };
        let reply: Value = serde_json::from_str(&reply?)?;
        let result = reply.pointer("/body/result").and_then(Value::as_array);
        let result = result.with_context(|| reply.to_string())?;
        ensure!(result.len() == documents, "{reply}");
        let signer = fixture(SIGNATURE).certificate().to_pem();
        for (at, pem) in result.iter().enumerate() {
            cms_holds(pem.as_str().context("a text")?, &content(at), &signer)?;
        }
        Ok(())
    }

    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        self.window()?.settle().await?;
        let file = places::pictures()?.join(format!("tokens-{name}.png"));
        self.desktop.picture(&file)
    }

    pub(crate) fn end(self) -> Result<()> {
        self.agent.end()
    }
}

fn content(number: usize) -> Vec<u8> {
    format!("The agreement of both sides, part {number}\n").into_bytes()
}

/// OpenSSL finds that this certificate (PEM) signed the content.
pub(crate) fn cms_holds(pem: &str, content: &[u8], signer: &str) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    fs::write(at("cms"), pem)?;
    fs::write(at("content"), content)?;
    fs::write(at("signer"), signer)?;
    judges::openssl_cms(&at("cms"), Some(&at("content")), Some(&at("signer")))
}
