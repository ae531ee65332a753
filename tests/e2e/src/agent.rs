//! A real agent with a data folder, keys and a window of the test's choice.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{
    desktop::Desktop,
    places,
    process::{self, Program},
};

/// A running agent.
pub struct Agent {
    /// The port on which it listens.
    pub port: u16,
    /// Its local CA, PEM.
    pub ca: PathBuf,
    data: PathBuf,
    program: Program,
}

/// The line that `tanba agent` prints when it listens.
#[derive(Deserialize)]
struct Listening {
    address: std::net::SocketAddr,
    ca: PathBuf,
}

/// How to start an agent.
pub struct Setup<'a> {
    /// Folder for its data and logs.
    pub folder: &'a Path,
    /// `--window`, or the real window when absent.
    pub window: Option<String>,
    /// Folders with keys.
    pub keys: &'a [PathBuf],
    /// The desktop for the real window.
    pub desktop: Option<&'a Desktop>,
    /// Where the window's WebDriver listens, when it shall be driven.
    pub inspector: Option<u16>,
    /// The port, 0 for a free one.
    pub port: u16,
}

impl Agent {
    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// When it does not; the message carries its log.
    pub fn start(setup: &Setup<'_>) -> Result<Self> {
        Self::launch(&places::program("tanba")?, setup, &[], &[])
    }

    /// Starts it with this module for tokens and no other; the variable says where the tokens of the test are.
    ///
    /// # Errors
    /// As [`Agent::start`].
    pub fn with_module(setup: &Setup<'_>, module: &str, variable: (&str, PathBuf)) -> Result<Self> {
        let program = places::program("tanba")?;
        Self::launch(&program, setup, &["--pkcs11", module], &[variable])
    }

    /// An agent with this `--window` that takes large documents on `port`.
    ///
    /// # Errors
    /// As [`Agent::start`].
    pub fn for_large_documents(folder: &Path, window: String, port: u16) -> Result<Self> {
        let data = folder.join("agent");
        std::fs::create_dir_all(&data)?;
        std::fs::write(
            data.join("settings.toml"),
            format!("streaming = true\n{SETTINGS}"),
        )?;
        let setup = Setup {
            folder,
            window: Some(window),
            keys: &[],
            desktop: None,
            inspector: None,
            port: 0,
        };
        let port = port.to_string();
        Self::launch(
            &places::program("tanba")?,
            &setup,
            &["--streaming-port", &port],
            &[],
        )
    }

    /// Another copy of the program, with a robot's `--window`.
    ///
    /// # Errors
    /// As [`Agent::start`].
    pub fn start_program(program: &Path, folder: &Path, window: &str) -> Result<Self> {
        let window = Some(window.to_owned());
        Self::launch(
            program,
            &Setup {
                folder,
                window,
                keys: &[],
                desktop: None,
                inspector: None,
                port: 0,
            },
            &[],
            &[],
        )
    }

    fn launch(
        program: &Path,
        setup: &Setup<'_>,
        more: &[&str],
        variables: &[(&str, PathBuf)],
    ) -> Result<Self> {
        let mut command = Command::new(program);
        let home = setup.folder.join("agent-home");
        std::fs::create_dir_all(&home)?;
        know_demo_ca(&setup.folder.join("agent"))?;
        command
            .arg("agent")
            .args(["--port", &setup.port.to_string()])
            .arg("--data-dir")
            .arg(setup.folder.join("agent"))
            .args(more)
            .envs(variables.iter().map(|(name, value)| (name, value)));
        // Neither the keys of this computer nor its tokens.
        if setup.keys.is_empty() {
            command.arg("--keys").arg(setup.folder.join("no-keys"));
        }
        for folder in setup.keys {
            command.arg("--keys").arg(folder);
        }
        if let Some(window) = &setup.window {
            command.args(["--window", window]);
        }
        // Never the person's own home, with or without a desktop.
        command.env("HOME", &home).env_remove("NCALAYERPORT");
        if let Some(desktop) = setup.desktop {
            desktop.dress(&mut command);
        }
        if let Some(port) = setup.inspector {
            command
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{port}"));
        }
        let mut program = Program::start("agent", setup.folder, &mut command)?;
        let line = program.line()?;
        let listening: Listening =
            serde_json::from_str(&line).with_context(|| format!("the agent said {line}"))?;
        Ok(Self {
            port: listening.address.port(),
            ca: listening.ca,
            data: setup.folder.join("agent"),
            program,
        })
    }

    /// An agent whose window is the robot: picks `key`, types `password`.
    ///
    /// # Errors
    /// As [`Agent::start`].
    pub fn with_robot(folder: &Path, key: &Path, password: &str, more: &str) -> Result<Self> {
        let window = robot(folder, key, password, more)?;
        Self::start(&Setup {
            folder,
            window: Some(window),
            keys: &[],
            desktop: None,
            inspector: None,
            port: 0,
        })
    }

    /// Makes the browsers with this `home` trust the agent: `tanba trust install`.
    ///
    /// # Errors
    /// When the command fails.
    pub fn trust_install(&self, home: &Path) -> Result<()> {
        std::fs::create_dir_all(home)?;
        let mut command = Command::new(places::program("tanba")?);
        command
            .args(["trust", "install", "--data-dir"])
            .arg(&self.data)
            .env("HOME", home);
        process::output(&mut command).map(drop)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        self.program.log()
    }

    /// Ends it by SIGTERM.
    ///
    /// # Errors
    /// When it does not end cleanly.
    pub fn end(self) -> Result<()> {
        let status = self.program.end()?;
        anyhow::ensure!(status.success(), "the agent ended with {status}");
        Ok(())
    }
}

/// The demo CA's servers are the only ones that are asked, if they run at all: nothing leaves this machine.
const SETTINGS: &str = r#"[network]
way = "direct"

[services]
tsa_url = "http://127.0.0.1:17680/tsp/"
"#;

/// Lets an agent with this data folder trust the demo CA and use its servers, unless it has settings already.
fn know_demo_ca(data: &Path) -> Result<()> {
    let folder = data.join("authorities");
    std::fs::create_dir_all(&folder)?;
    for name in ["tanba_demo_gost.cer", "tanba_demo_rsa.cer"] {
        let certificate = places::key("ca").join(name);
        std::fs::copy(&certificate, folder.join(name))
            .with_context(|| format!("{} cannot be copied", certificate.display()))?;
    }
    let settings = data.join("settings.toml");
    if !settings.exists() {
        std::fs::write(settings, SETTINGS)?;
    }
    Ok(())
}

/// The `--window` of a robot.
///
/// # Errors
/// When the password file cannot be written.
pub fn robot(folder: &Path, key: &Path, password: &str, more: &str) -> Result<String> {
    let line = robot_of(folder, password)?;
    Ok(format!("{line} --key '{}' {more}", key.display()))
}

/// The `--window` of a robot that signs with the token of this label.
///
/// # Errors
/// As [`robot`].
pub fn robot_with_token(folder: &Path, label: &str, pin: &str) -> Result<String> {
    Ok(format!("{} --token '{label}'", robot_of(folder, pin)?))
}

fn robot_of(folder: &Path, password: &str) -> Result<String> {
    let file = folder.join("password");
    std::fs::write(&file, password)?;
    let program = places::program("tanba-robot")?;
    Ok(format!(
        "'{}' --password-file '{}'",
        program.display(),
        file.display()
    ))
}
