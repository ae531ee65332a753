//! Starts the agent and the demo portal and opens it: what `cargo xtask run` ends in.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use clap::Parser;
use e2e::{
    agent::{Agent, Setup},
    browser::{self, Browser, Looks, SWITCHES},
    demo::{Cast, Diary, KEY},
    desktop::Desktop,
    places,
    portal::Portal,
    process,
};

/// Starts the agent and the demo portal and opens it in Chromium with a profile of its own.
#[derive(Parser)]
struct Arguments {
    /// Folder for everything that the demo leaves behind
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// Perform the log-in by driving the real window on a virtual display
    #[arg(long)]
    drive: bool,
}

/// The folders of key files that the demo shows: good ones of several people, an expired and a revoked one.
const KEYS: [&str; 7] = [
    "individual",
    "individual-old",
    "company-head",
    "company-signer",
    "information-system",
    "expired",
    "revoked",
];

/// The ports that people know; when one is taken, any other.
const AGENT_PORT: u16 = 13579;
const PORTAL_PORT: u16 = 8443;

/// Where the demo keys' certificates say that their revocation is asked.
const AUTHORITY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 17_680);

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let folder = &arguments.data_dir;
    std::fs::create_dir_all(folder)?;
    let folder = &folder.canonicalize()?;
    if arguments.drive {
        drive(folder).await
    } else {
        show(folder)
    }
}

/// On the person's own display.
fn show(folder: &Path) -> Result<()> {
    let home = folder.join("home");
    let keys = KEYS.map(places::key);
    let setup = Setup {
        folder,
        window: None,
        keys: &keys,
        desktop: None,
        inspector: None,
        port: free(AGENT_PORT)?,
    };
    let agent = Agent::start(&setup)?;
    let portal = Portal::start(folder, free(PORTAL_PORT)?, agent.port, authority())?;
    trust(&home, &agent, &portal)?;
    println!(
        "\nThe agent listens on wss://127.0.0.1:{}, the portal on {}.",
        agent.port, portal.address
    );
    println!("Register, then log in: pick the key in the folder «individual»");
    println!("  {}\nand type its password: {}", KEY.0, KEY.1);
    println!("Close the browser to end the demo.");
    let mut command = Command::new("chromium");
    command.args(SWITCHES).arg(format!(
        "--user-data-dir={}",
        folder.join("chromium").display()
    ));
    if browser::is_root() {
        command.arg("--no-sandbox");
    }
    command.arg(&portal.address).env("HOME", &home);
    process::output(&mut command).context("the browser ended")?;
    agent.end()
}

/// On a virtual display, pressing the buttons itself.
async fn drive(folder: &Path) -> Result<()> {
    let desktop = Desktop::start(folder)?;
    let keys = KEYS.map(places::key);
    let inspector = process::free_port()?;
    let agent = Agent::start(&Setup {
        folder,
        window: None,
        keys: &keys,
        desktop: Some(&desktop),
        inspector: Some(inspector),
        port: free(AGENT_PORT)?,
    })?;
    let portal = Portal::start(folder, free(PORTAL_PORT)?, agent.port, authority())?;
    trust(desktop.home(), &agent, &portal)?;
    println!(
        "\nThe agent listens on wss://127.0.0.1:{}, the portal on {}.",
        agent.port, portal.address
    );
    let browser = Browser::start(folder, desktop.home(), "ru", Looks::On(&desktop)).await?;
    let pictures = folder.join("pictures");
    let cast = Cast {
        portal: &portal,
        browser: &browser,
        inspector,
        desktop: &desktop,
        folder,
    };
    cast.register_and_log_in(&mut Diary::begin(&desktop, &pictures)?)
        .await?;
    browser.close().await?;
    agent.end()?;
    println!(
        "\nDone: registered and logged in by a signature. The pictures lie in {}",
        pictures.display()
    );
    Ok(())
}

/// The demo's browser trusts the agent as any browser is made to, and the portal's own certificate.
fn trust(home: &Path, agent: &Agent, portal: &Portal) -> Result<()> {
    agent.trust_install(home)?;
    browser::trust(home, "Tanba demo portal", &portal.ca)
}

/// The demo CA's servers, unless something else listens on their port.
fn authority() -> Option<SocketAddr> {
    std::net::TcpListener::bind(AUTHORITY)
        .ok()
        .map(|_| AUTHORITY)
}

/// `wanted` when nobody listens there, else any free port.
fn free(wanted: u16) -> Result<u16> {
    match std::net::TcpListener::bind(("127.0.0.1", wanted)) {
        Ok(_) => Ok(wanted),
        Err(_) => process::free_port(),
    }
}
