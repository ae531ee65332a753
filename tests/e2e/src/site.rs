//! A site with the page that loads npm packages: `browser.html` in `tests/clients`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Result, ensure};

use crate::{
    places,
    process::{Program, free_port, wait_for_port},
};

/// A running site; it ends when dropped.
pub struct Site {
    /// `http://localhost:…/`: for browsers as good as HTTPS.
    pub address: String,
    folder: PathBuf,
    _server: Program,
}

impl Site {
    /// Starts one that has the page and `ncalayer-js-client`, unchanged; its files lie in `folder`.
    ///
    /// # Errors
    /// When the packages are not installed or Python does not start.
    pub fn start(folder: &Path) -> Result<Self> {
        let clients = places::root().join("tests/clients");
        let package = clients.join("node_modules/ncalayer-js-client/ncalayer-client.js");
        ensure!(
            package.is_file(),
            "run `npm ci` in tests/clients first (cargo xtask test does)"
        );
        let site = folder.join("site");
        fs::create_dir_all(&site)?;
        fs::copy(package, site.join("ncalayer-client.js"))?;
        fs::copy(clients.join("browser.html"), site.join("index.html"))?;
        let port = free_port()?;
        let mut server = Command::new("python3");
        server
            .args(["-m", "http.server", &port.to_string()])
            .args(["--bind", "127.0.0.1", "--directory"])
            .arg(&site);
        let server = Program::start("site", folder, &mut server)?;
        wait_for_port(port, Duration::from_secs(20))?;
        Ok(Self {
            address: format!("http://localhost:{port}/"),
            folder: site,
            _server: server,
        })
    }

    /// Where a file of the site lies.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
