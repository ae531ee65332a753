//! The real window, driven through WebKit's driver: attached to the window that the agent started itself.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder, Locator};

use crate::{
    desktop::Desktop,
    process::{Program, free_port, wait_for_port},
};

/// The window of an agent that was started with an inspector port.
pub struct Window {
    /// The page inside, to drive.
    pub page: Client,
    _driver: Program,
}

impl Window {
    /// Attaches to the window behind `inspector`.
    ///
    /// # Errors
    /// When there is no window within 20 seconds.
    pub async fn attach(folder: &Path, desktop: &Desktop, inspector: u16) -> Result<Self> {
        wait_for_port(inspector, Duration::from_secs(20)).context("the window did not start")?;
        let port = free_port()?;
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .arg(format!("--target=127.0.0.1:{inspector}"));
        let driver = Program::start("webkit-driver", folder, desktop.dress(&mut command))?;
        wait_for_port(port, Duration::from_secs(20))?;
        let start = Instant::now();
        loop {
            let connector = hyper_util::client::legacy::connect::HttpConnector::new();
            match ClientBuilder::new(connector)
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
            {
                Ok(page) => {
                    return Ok(Self {
                        page,
                        _driver: driver,
                    });
                }
                Err(problem) if start.elapsed() > Duration::from_secs(20) => {
                    bail!("no session with the window: {problem}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Waits for a request on the screen.
    ///
    /// # Errors
    /// When none comes within 20 seconds.
    pub async fn request(&self) -> Result<()> {
        self.wait("[data-screen=request] [role=option]").await
    }

    /// Waits for an element.
    ///
    /// # Errors
    /// When it does not come within 20 seconds.
    pub async fn wait(&self, selector: &str) -> Result<()> {
        self.page
            .wait()
            .at_most(Duration::from_secs(20))
            .for_element(Locator::Css(selector))
            .await
            .with_context(|| format!("the window never showed {selector}"))
            .map(drop)
    }

    /// Picks the key whose row shows `text`, types the password and presses the verb button.
    ///
    /// # Errors
    /// When the row, the field or the button is not there.
    pub async fn sign(&self, text: &str, password: &str) -> Result<()> {
        let rows = self.page.find_all(Locator::Css("[role=option]")).await?;
        let mut shown = Vec::new();
        let mut chosen = None;
        for row in rows {
            let words = row.text().await?;
            if words.contains(text) {
                chosen = Some(row);
                break;
            }
            shown.push(words);
        }
        chosen
            .with_context(|| format!("no key shows {text}; shown are {shown:#?}"))?
            .click()
            .await?;
        let field = self.page.find(Locator::Css("input#password")).await?;
        field.click().await?;
        field.send_keys(password).await?;
        // The button sleeps for half a second after each change, so that nobody is tricked into pressing it.
        self.wait("button#verb:not([aria-disabled=true]):not(:disabled)")
            .await?;
        Ok(self
            .page
            .find(Locator::Css("button#verb"))
            .await?
            .click()
            .await?)
    }
}
