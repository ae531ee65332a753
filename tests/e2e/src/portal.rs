//! The demo portal as a program.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{places, process::Program};

/// A running portal.
pub struct Portal {
    /// Its address: `https://localhost:PORT`.
    pub address: String,
    /// Its CA, PEM.
    pub ca: PathBuf,
    _program: Program,
}

/// The line that the portal prints when it listens.
#[derive(Deserialize)]
struct Listening {
    address: String,
    ca: PathBuf,
}

impl Portal {
    /// Starts it; its pages will look for the agent on `agent_port`. With `authority` it is the demo CA's servers there,
    /// too: OCSP, revocation lists, time stamps.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(
        folder: &Path,
        port: u16,
        agent_port: u16,
        authority: Option<SocketAddr>,
    ) -> Result<Self> {
        let mut command = Command::new(places::program("tanba-portal")?);
        command
            .args([
                "--port",
                &port.to_string(),
                "--agent-port",
                &agent_port.to_string(),
            ])
            .arg("--data-dir")
            .arg(folder.join("portal"))
            .arg("--trust")
            .arg(places::key("ca"));
        if let Some(authority) = authority {
            command
                .args(["--authority", &authority.to_string(), "--fixtures"])
                .arg(places::key(""));
        }
        let mut program = Program::start("portal", folder, &mut command)?;
        let line = program.line()?;
        let listening: Listening =
            serde_json::from_str(&line).with_context(|| format!("the portal said {line}"))?;
        Ok(Self {
            address: listening.address,
            ca: listening.ca,
            _program: program,
        })
    }
}
