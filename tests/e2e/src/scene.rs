//! A person before the real window: what they see and press there, and the page that asks for it.
//!
//! Buttons are pressed by the mouse of the virtual desktop: a click of WebKit's driver waits for a page that paints, and
//! never ends when the press takes the window off the screen.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use fantoccini::Locator;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    agent::{Agent, Setup},
    desktop::Desktop,
    places, process,
    socket::Socket,
    window::Window,
};

/// The origin of the page.
pub const SITE: &str = "https://documents.example";
/// Where consent is given, while it may be given.
pub const VERB: &str = "button#verb:not([aria-disabled=true])";

const SETTINGS: &str = "language = \"en\"\n\n[network]\nway = \"direct\"\n";
/// The class that X11 knows our windows by.
const CLASS: &str = "^tanba-window$";
/// How long anything may take to be seen.
const LIMIT: Duration = Duration::from_secs(20);
/// How often we look: what is measured shall not wait for us.
const LOOK: Duration = Duration::from_millis(10);
/// After this long a person presses again.
const PATIENCE: Duration = Duration::from_secs(2);

/// An agent with its real window on a desktop of its own, and a page's connection.
pub struct Scene {
    socket: Socket,
    window: Option<Window>,
    agent: Agent,
    /// Where the window is.
    pub desktop: Desktop,
    inspector: u16,
    folder: TempDir,
    /// How the names of its pictures begin.
    name: &'static str,
}

impl Scene {
    /// Starts one with these folders of keys, and with a module for tokens if that is given together with the variable that
    /// says where the tokens are. Its pictures' names begin with `name`.
    ///
    /// # Errors
    /// When something of it does not start.
    pub async fn start(
        name: &'static str,
        keys: &[PathBuf],
        module: Option<(&str, (&str, PathBuf))>,
    ) -> Result<Self> {
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
            keys,
            desktop: Some(&desktop),
            inspector: Some(inspector),
            port: 0,
        };
        let agent = match module {
            Some((module, variable)) => Agent::with_module(&setup, module, variable)?,
            None => Agent::start(&setup)?,
        };
        Ok(Self {
            socket: Socket::connect(agent.port, &agent.ca, Some(SITE)).await?,
            window: None,
            agent,
            desktop,
            inspector,
            folder: temporary,
            name,
        })
    }

    /// A folder for the test's files; it goes with the scene.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The page asks.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn ask(&mut self, request: &Value) -> Result<()> {
        self.socket.send(&request.to_string()).await
    }

    /// What the page is answered.
    ///
    /// # Errors
    /// When that does not come, or is not JSON.
    pub async fn reply(&mut self) -> Result<Value> {
        let Ok(reply) = timeout(3 * LIMIT, self.socket.receive()).await else {
            return self.missed("the reply").await;
        };
        let reply = reply?;
        serde_json::from_str(&reply).with_context(|| format!("not JSON: {reply}"))
    }

    /// Lets the driver look into the window, which the first request has started.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn attach(&mut self) -> Result<()> {
        let window = Window::attach(self.folder.path(), &self.desktop, self.inspector).await;
        self.window = Some(window.with_context(|| self.agent.log())?);
        Ok(())
    }

    /// The window, once the driver looks into it.
    ///
    /// # Errors
    /// When it does not yet.
    pub fn window(&self) -> Result<&Window> {
        self.window.as_ref().context("the window is not attached")
    }

    /// What a script finds in the window.
    async fn script(&self, script: &str, argument: &str) -> Result<Value> {
        let found = self.window()?.page.execute(script, vec![json!(argument)]);
        Ok(found.await?)
    }

    /// Whether there is such an element now.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn has(&self, selector: &str) -> Result<bool> {
        let script = "return document.querySelector(arguments[0]) !== null";
        Ok(self.script(script, selector).await? == true)
    }

    /// The words of an element.
    ///
    /// # Errors
    /// When there is none.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0])?.innerText.trim()";
        let text = self.script(script, selector).await?;
        let text = text.as_str().map(str::to_owned);
        text.with_context(|| format!("there is no {selector}"))
    }

    /// Waits until something holds.
    ///
    /// # Errors
    /// When it never does; the message says what the window shows instead.
    pub async fn wait(&self, what: &str, holds: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let begun = Instant::now();
        while !holds().await? {
            if begun.elapsed() > LIMIT {
                return self.missed(what).await;
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Waits for an element.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn see(&self, selector: &str) -> Result<()> {
        self.wait(selector, async || self.has(selector).await).await
    }

    /// Waits until the window says this of the chosen key.
    ///
    /// # Errors
    /// When it does not.
    pub async fn says(&self, words: &str) -> Result<()> {
        let script = "return document.querySelector('#error')?.innerText.trim() === arguments[0]";
        self.wait(
            words,
            async || Ok(self.script(script, words).await? == true),
        )
        .await
    }

    /// Waits until a window with this title is on the screen and has the keyboard.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn see_titled(&self, title: &str) -> Result<()> {
        self.wait(title, async || self.desktop.listens(title)).await
    }

    /// Whether neither our window nor the system's chooser, which is of our program too, is on the screen.
    ///
    /// # Errors
    /// When the desktop does not answer.
    pub fn is_gone(&self) -> Result<bool> {
        Ok(!self.desktop.shows(CLASS)?)
    }

    async fn missed<T>(&self, what: &str) -> Result<T> {
        self.desktop.picture(&self.file("failure")?)?;
        let shown = self.script("return document.body.innerText", "").await?;
        bail!("never seen: {what}; {shown}; {}", self.agent.log())
    }

    /// Presses an element with the mouse, and presses again until that is taken: the window takes no consent right after a
    /// change, nor without the keyboard.
    ///
    /// # Errors
    /// When it is never taken.
    pub async fn press(&self, selector: &str, taken: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let begun = Instant::now();
        let mut pressed: Option<Instant> = None;
        while begun.elapsed() < LIMIT {
            if pressed.is_some() && taken().await? {
                return Ok(());
            }
            if pressed.is_none_or(|at| at.elapsed() > PATIENCE) && self.click(selector).await? {
                pressed = Some(Instant::now());
            }
            sleep(LOOK).await;
        }
        self.missed(&format!("{selector} taken")).await
    }

    /// Clicks once; answers whether the element is there and the window on the screen.
    async fn click(&self, selector: &str) -> Result<bool> {
        let script = "const element = document.querySelector(arguments[0])
            element?.scrollIntoView({ block: 'nearest' })
            const place = element?.getBoundingClientRect()
            return place && [place.x + place.width / 2, place.y + place.height / 2].map(Math.round)";
        let place = self.script(script, selector).await?;
        match serde_json::from_value(place)? {
            Some((x, y)) => self.desktop.click(CLASS, x, y),
            None => Ok(false),
        }
    }

    /// Chooses the key whose row has these words.
    ///
    /// # Errors
    /// When there is none.
    pub async fn choose(&self, words: &str) -> Result<()> {
        self.see("[role=option]").await?;
        let window = self.window()?;
        window.settle().await?;
        window.choose(words).await?;
        self.see("[role=option][aria-selected=true]").await
    }

    /// Types the password or PIN and presses the button.
    ///
    /// # Errors
    /// When there is no field for it, or the button is never taken.
    pub async fn enter(&self, password: &str) -> Result<()> {
        self.see("#password:not(:disabled):not([readonly])").await?;
        self.window()?.type_password(password).await?;
        // A wrong one is refused sooner than we look again.
        let watch = "const field = document.querySelector(arguments[0])
            let busy = false
            const seen = new MutationObserver(() => (busy = true))
            seen.observe(field, { attributeFilter: ['readonly'] })
            window.taken = () => busy || !field.isConnected || field.value === ''";
        self.script(watch, "#password").await?;
        self.press(VERB, async || {
            Ok(self.script("return window.taken()", "").await? == true)
        })
        .await
    }

    /// Types into a field.
    ///
    /// # Errors
    /// When there is none.
    pub async fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        let field = self.window()?.page.find(Locator::Css(selector)).await?;
        Ok(field.send_keys(text).await?)
    }

    /// Takes a picture of the screen when the window has painted.
    ///
    /// # Errors
    /// When the window is not on the screen.
    pub async fn picture(&self, name: &str) -> Result<()> {
        self.window()?.settle().await?;
        self.desktop.picture(&self.file(name)?)
    }

    fn file(&self, name: &str) -> Result<PathBuf> {
        Ok(places::pictures()?.join(format!("{}-{name}.png", self.name)))
    }

    /// Ends the agent, and with it all.
    ///
    /// # Errors
    /// When the agent does not end cleanly.
    pub fn end(self) -> Result<()> {
        self.agent.end()
    }
}
