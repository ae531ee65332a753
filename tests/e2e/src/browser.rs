//! Chromium with a profile of its own, driven through WebDriver.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder};
use serde_json::json;

use crate::{
    desktop::Desktop,
    process::{Program, free_port, output, wait_for_port},
};

/// A running browser.
pub struct Browser {
    /// The page, to drive.
    pub page: Client,
    _driver: Program,
}

/// Whether the browser has windows.
#[derive(Clone, Copy)]
pub enum Looks<'a> {
    /// No window.
    Headless,
    /// On this desktop.
    On(&'a Desktop),
}

/// Switches of every Chromium that we start: no first-run talk, no traffic of its own.
pub const SWITCHES: [&str; 8] = [
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--password-store=basic",
];

impl Browser {
    /// Starts Chromium with `home` as its home; what that home's NSS database trusts, it trusts. No other switch
    /// touches certificates.
    ///
    /// # Errors
    /// When Chromium or its driver does not start.
    pub async fn start(
        folder: &Path,
        home: &Path,
        language: &str,
        looks: Looks<'_>,
    ) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}"));
        if let Looks::On(desktop) = looks {
            desktop.dress(&mut command);
        }
        command.env("HOME", home);
        let driver = Program::start("chromedriver", folder, &mut command)?;
        wait_for_port(port, Duration::from_secs(20))?;
        let mut arguments: Vec<String> = SWITCHES.map(str::to_owned).to_vec();
        arguments.push(format!(
            "--user-data-dir={}",
            folder.join("chromium").display()
        ));
        arguments.push(format!("--lang={language}"));
        if matches!(looks, Looks::Headless) {
            arguments.push("--headless=new".to_owned());
        }
        if is_root() {
            // Chromium's own sandbox refuses root, which containers and CI are.
            arguments.push("--no-sandbox".to_owned());
        }
        let capabilities = json!({
            "goog:chromeOptions": {"args": arguments, "binary": "/usr/bin/chromium",
                "prefs": {"intl.accept_languages": language}},
        });
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let page = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("Chromium does not start")?;
        Ok(Self {
            page,
            _driver: driver,
        })
    }

    /// Takes a picture of the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        Ok(std::fs::write(file, self.page.screenshot().await?)?)
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the browser is gone already.
    pub async fn close(self) -> Result<()> {
        Ok(self.page.close().await?)
    }
}

/// Makes a browser with this `home` trust a CA, as `certutil` does it by hand.
///
/// # Errors
/// When certutil fails.
pub fn trust(home: &Path, name: &str, ca: &Path) -> Result<()> {
    trust_in(&home.join(".pki/nssdb"), name, ca)
}

/// The same for the NSS database in `folder`, such as a profile of Firefox.
///
/// # Errors
/// When certutil fails.
pub fn trust_in(folder: &Path, name: &str, ca: &Path) -> Result<()> {
    let database = format!("sql:{}", folder.display());
    if !folder.join("cert9.db").exists() {
        std::fs::create_dir_all(folder)?;
        output(Command::new("certutil").args(["-N", "--empty-password", "-d", &database]))?;
    }
    output(
        Command::new("certutil")
            .args(["-A", "-d", &database, "-n", name, "-t", "C,,", "-i"])
            .arg(ca),
    )
    .map(drop)
}

/// Whether this process is root.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
