//! Firefox with a home and a profile of its own, driven through WebDriver BiDi, which it speaks itself.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::process::{Program, free_port, output, wait_for_port};

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A home with a Firefox profile that has never been started.
pub struct Profile {
    home: PathBuf,
    /// The profile's folder.
    pub folder: PathBuf,
}

impl Profile {
    /// Lets Firefox make a profile below `home`, as at a person's first start.
    ///
    /// # Errors
    /// When it makes none.
    pub fn create(home: &Path) -> Result<Self> {
        std::fs::create_dir_all(home)?;
        output(dress(&mut Command::new("firefox-esr"), home).args([
            "--headless",
            "-CreateProfile",
            "person",
        ]))?;
        let known = [".config/mozilla/firefox", ".mozilla/firefox"];
        for folder in known.map(|known| home.join(known)) {
            let Ok(ini) = std::fs::read_to_string(folder.join("profiles.ini")) else {
                continue;
            };
            let path = ini.lines().find_map(|line| line.strip_prefix("Path="));
            return Ok(Self {
                home: home.to_path_buf(),
                folder: folder.join(path.context("profiles.ini names no profile")?),
            });
        }
        bail!("Firefox made no profile below {}", home.display())
    }
}

/// A running Firefox with one page.
pub struct Firefox {
    socket: WebSocketStream<TcpStream>,
    context: String,
    number: u64,
    program: Program,
}

impl Firefox {
    /// Starts it without a window and with nothing changed about certificates.
    ///
    /// # Errors
    /// When it does not start or does not let us drive it.
    pub async fn start(folder: &Path, profile: &Profile) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("firefox-esr");
        command
            .args(["--headless", "--no-remote", "--profile"])
            .arg(&profile.folder)
            .args(["--remote-debugging-port", &port.to_string()]);
        let program = Program::start("firefox", folder, dress(&mut command, &profile.home))?;
        wait_for_port(port, PATIENCE).with_context(|| program.log())?;
        let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
        let (socket, _) = client_async(format!("ws://127.0.0.1:{port}/session"), tcp).await?;
        let mut firefox = Self {
            socket,
            context: String::new(),
            number: 0,
            program,
        };
        let wish = json!({"capabilities": {"alwaysMatch": {"acceptInsecureCerts": false}}});
        firefox.ask("session.new", wish).await?;
        let tree = firefox.ask("browsingContext.getTree", json!({})).await?;
        let context = tree.pointer("/contexts/0/context").and_then(Value::as_str);
        firefox.context = context.context("Firefox has no page")?.to_owned();
        Ok(firefox)
    }

    /// Opens an address and waits until it is loaded.
    ///
    /// # Errors
    /// When it cannot be loaded, a certificate that is not trusted included.
    pub async fn open(&mut self, address: &str) -> Result<()> {
        let wish = json!({"context": self.context, "url": address, "wait": "complete"});
        self.ask("browsingContext.navigate", wish).await.map(drop)
    }

    /// What a JavaScript expression gives in the page.
    ///
    /// # Errors
    /// When it throws.
    pub async fn value(&mut self, expression: &str) -> Result<Value> {
        let wish = json!({
            "expression": expression,
            "target": {"context": self.context},
            "awaitPromise": true,
            // As a person's own act.
            "userActivation": true,
        });
        let answer = self.ask("script.evaluate", wish).await?;
        ensure!(succeeded(&answer), "{expression} gave {answer}");
        Ok(answer.pointer("/result/value").cloned().unwrap_or_default())
    }

    /// Types into a field in place of what is there.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&mut self, selector: &str, text: &str) -> Result<()> {
        let script = format!(
            "(() => {{ const field = document.querySelector('{selector}');
               field.value = '{text}'; field.dispatchEvent(new Event('input', {{bubbles: true}})) }})()"
        );
        self.value(&script).await.map(drop)
    }

    /// Presses an element.
    ///
    /// # Errors
    /// When there is none.
    pub async fn press(&mut self, selector: &str) -> Result<()> {
        let script = format!("document.querySelector('{selector}').click()");
        self.value(&script).await.map(drop)
    }

    /// Waits for an element.
    ///
    /// # Errors
    /// When it does not come; the message says what the page shows instead.
    pub async fn see(&mut self, selector: &str) -> Result<()> {
        let start = Instant::now();
        let script = format!("document.querySelector('{selector}') !== null");
        // Between two pages there is nothing to ask.
        while !matches!(self.value(&script).await, Ok(Value::Bool(true))) {
            if start.elapsed() > PATIENCE {
                let shown = self.value("document.body.innerText").await?;
                bail!("the page never showed {selector}, but:\n{shown}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// When it does not end.
    pub fn end(self) -> Result<()> {
        self.program.end().map(drop)
    }

    async fn ask(&mut self, method: &str, wish: Value) -> Result<Value> {
        self.number += 1;
        let command = json!({"id": self.number, "method": method, "params": wish});
        self.socket.send(Message::text(command.to_string())).await?;
        loop {
            let message = self.socket.next().await.context("Firefox is gone")??;
            let Message::Text(text) = message else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text)?;
            // Events come in between.
            if answer.get("id").and_then(Value::as_u64) != Some(self.number) {
                continue;
            }
            ensure!(succeeded(&answer), "{method}: {answer}");
            return Ok(answer.get("result").cloned().unwrap_or_default());
        }
    }
}

fn succeeded(answer: &Value) -> bool {
    answer.get("type").and_then(Value::as_str) == Some("success")
}

/// Points Firefox at a home of its own.
fn dress<'c>(command: &'c mut Command, home: &Path) -> &'c mut Command {
    command
        .env("HOME", home)
        .env("MOZ_HEADLESS", "1")
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_CACHE_HOME")
}
