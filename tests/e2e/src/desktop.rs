//! A virtual desktop: a display, a window manager, a message bus and a home of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::process::{Program, output};

/// A virtual desktop; everything ends with it.
pub struct Desktop {
    display: String,
    bus: String,
    home: PathBuf,
    // Ended in this order: what needs the display before the display.
    _manager: Program,
    _bus: Program,
    _screen: Program,
}

impl Desktop {
    /// Starts one; its home and runtime folders lie in `folder`.
    ///
    /// # Errors
    /// When Xvfb or the message bus does not start.
    pub fn start(folder: &Path) -> Result<Self> {
        let home = folder.join("home");
        std::fs::create_dir_all(home.join("run"))?;
        let screen = [
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x900x24",
            "-nolisten",
            "tcp",
        ];
        let mut screen = Program::start("xvfb", folder, Command::new("Xvfb").args(screen))?;
        let display = format!(
            ":{}",
            screen.line().context("the virtual display did not start")?
        );
        let mut bus = Program::start(
            "dbus",
            folder,
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address=1"])
                .env("DISPLAY", &display),
        )?;
        let address = bus.line().context("the message bus did not start")?;
        // Without a window manager no new window gets the keyboard, and ours rightly takes no consent then.
        let mut manager = Command::new("openbox");
        manager
            .args(["--sm-disable"])
            .env("DISPLAY", &display)
            .env("HOME", &home);
        let manager = Program::start("openbox", folder, &mut manager)?;
        Ok(Self {
            display,
            bus: address,
            home,
            _manager: manager,
            _bus: bus,
            _screen: screen,
        })
    }

    /// Points a program at this desktop.
    pub fn dress<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", self.home.join("run"))
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CACHE_HOME")
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Whether a window of this class (a regular expression) is on the screen.
    ///
    /// # Errors
    /// When xdotool does not start.
    pub fn shows(&self, class: &str) -> Result<bool> {
        Ok(self.find(class)?.is_some())
    }

    /// Whether a window with exactly this title has the keyboard.
    ///
    /// # Errors
    /// When xdotool does not start.
    pub fn listens(&self, title: &str) -> Result<bool> {
        let active = self.say(&["getactivewindow", "getwindowname"])?;
        Ok(active.trim_end() == title)
    }

    /// Clicks with the mouse into the visible window of this class, so many pixels from its upper left corner. Answers
    /// whether there is one.
    ///
    /// # Errors
    /// When xdotool does not start.
    pub fn click(&self, class: &str, x: u32, y: u32) -> Result<bool> {
        let Some(window) = self.find(class)? else {
            return Ok(false);
        };
        let (x, y) = (x.to_string(), y.to_string());
        let click = ["mousemove", "--window", &window, &x, &y, "click", "1"];
        // The window may go in between.
        let clicked = self.xdotool(&click).stderr(Stdio::null()).status();
        Ok(clicked.context("xdotool does not start")?.success())
    }

    /// Types a text (ASCII) on the keyboard, wherever that goes to now.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn type_text(&self, text: &str) -> Result<()> {
        output(&mut self.xdotool(&["type", text])).map(drop)
    }

    /// Presses a key, by the name that X11 has for it.
    ///
    /// # Errors
    /// When xdotool fails.
    pub fn press_key(&self, key: &str) -> Result<()> {
        output(&mut self.xdotool(&["key", key])).map(drop)
    }

    fn find(&self, class: &str) -> Result<Option<String>> {
        let found = self.say(&["search", "--onlyvisible", "--class", class])?;
        Ok(found.lines().next().map(str::to_owned))
    }

    /// What xdotool answers; it ends with a failure where there is no such window.
    fn say(&self, arguments: &[&str]) -> Result<String> {
        let answer = self.xdotool(arguments).output();
        let answer = answer.context("xdotool does not start")?;
        Ok(String::from_utf8_lossy(&answer.stdout).into_owned())
    }

    fn xdotool(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("xdotool");
        command.env("DISPLAY", &self.display).args(arguments);
        command
    }

    /// Takes a picture of the whole display.
    ///
    /// # Errors
    /// When ImageMagick fails.
    pub fn picture(&self, file: &Path) -> Result<()> {
        output(
            Command::new("import")
                .env("DISPLAY", &self.display)
                .args(["-window", "root"])
                .arg(file),
        )
        .map(drop)
    }
}
