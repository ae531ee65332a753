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
        self.wait("[role=dialog] [role=option]").await?;
        self.settle().await
    }

    /// Waits until what was built is on the screen: two frames and a little.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn settle(&self) -> Result<()> {
        let frames = "const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100)))";
        Ok(self
            .page
            .execute_async(frames, Vec::new())
            .await
            .map(drop)?)
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

    /// Picks the key whose row shows `text`.
    ///
    /// # Errors
    /// When there is none; the message says which there are.
    pub async fn choose(&self, text: &str) -> Result<()> {
        let mut shown = Vec::new();
        for row in self.page.find_all(Locator::Css("[role=option]")).await? {
            let words = row.text().await?;
            if words.contains(text) {
                // The driver does not press a row that is half hidden in its scroller.
                let script = "arguments[0].scrollIntoView({block: 'nearest'})";
                self.page
                    .execute(script, vec![serde_json::to_value(&row)?])
                    .await?;
                return Ok(row.click().await?);
            }
            shown.push(words);
        }
        bail!("no key shows {text}; shown are {shown:#?}")
    }

    /// Types the password in place of what is there.
    ///
    /// # Errors
    /// When there is no field for it.
    pub async fn type_password(&self, password: &str) -> Result<()> {
        let field = self.page.find(Locator::Css("#password")).await?;
        field.clear().await?;
        Ok(field.send_keys(password).await?)
    }

    /// Presses the verb button as soon as it may be pressed: it sleeps for half a second after each change, so that
    /// nobody is tricked into pressing it.
    ///
    /// # Errors
    /// When it never may.
    pub async fn act(&self) -> Result<()> {
        self.wait("button#verb:not([aria-disabled=true])").await?;
        Ok(self
            .page
            .find(Locator::Css("button#verb"))
            .await?
            .click()
            .await?)
    }
}
