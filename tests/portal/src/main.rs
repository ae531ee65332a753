//! A demo portal: registration and log-in by a signature.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::Context as _;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use clap::Parser;
use demo_portal::authority::{Authority, AuthorityOptions};
use demo_portal::{Options, Portal, TlsFiles, Trust};
use time::OffsetDateTime;

/// A demo portal on https://localhost: registration, log-in and documents signed through the agent.
///
/// Prints one JSON line when it listens: {"address": …, "ca": …, "authority": …}. Everything is kept in memory and gone when it ends.
#[derive(Parser)]
#[command(name = "tanba-portal", version, after_help = EXAMPLES)]
struct Arguments {
    /// The port to listen on; 0 takes any free one
    #[arg(long, default_value_t = 8443)]
    port: u16,
    /// Folder with the accepted roots (*.cer, *.pem) and their revocation lists (*.crl)
    #[arg(long, value_name = "DIR", default_value = "keystore-fixtures/ca")]
    trust: PathBuf,
    /// Folder for the portal's own certificate and the CA that browsers must trust; made when it is missing
    #[arg(long, value_name = "DIR", default_value = "target/portal")]
    data_dir: PathBuf,
    /// The port where pages look for the agent
    #[arg(long, value_name = "PORT", default_value_t = 13_579)]
    agent_port: u16,
    /// Also be the demo CA's servers (OCSP, revocation lists, time stamps) on this address, plain HTTP; its
    /// certificates say 127.0.0.1:17680
    #[arg(long, value_name = "ADDR")]
    authority: Option<SocketAddr>,
    /// Folder with the demo CA and the key files that it has certified, for --authority
    #[arg(long, value_name = "DIR", default_value = "keystore-fixtures")]
    fixtures: PathBuf,
}

const EXAMPLES: &str = "Examples:
  tanba-portal
  tanba-portal --authority 127.0.0.1:17680
  tanba-portal --port 0 --data-dir /tmp/portal --agent-port 23579";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();

    let trust = Trust::read(&arguments.trust)?;
    let tls = TlsFiles::find_or_make(&arguments.data_dir, OffsetDateTime::now_utc())?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let listener =
        TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();

    let authority = match arguments.authority {
        None => None,
        Some(address) => Some(Authority::start(AuthorityOptions {
            address,
            ..AuthorityOptions::new(arguments.fixtures)
        })?),
    };
    let options = Options {
        agent_port: arguments.agent_port,
        ..Options::new(port)
    };
    let router = Portal::new(options, trust).router();
    let handle = Handle::new();
    end_on_signal(handle.clone());
    let ca = std::fs::canonicalize(&tls.ca)?;
    println!(
        "{}",
        serde_json::json!({
            "address": format!("https://localhost:{port}"),
            "ca": ca,
            "authority": authority.as_ref().map(|authority| authority.url("")),
        })
    );

    axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls.server_config()?))?
        .handle(handle)
        .serve(router.into_make_service())
        .await?;
    Ok(())
}

/// Ends the server when the process is asked to end, from the return of this on.
fn end_on_signal(handle: Handle<SocketAddr>) {
    #[cfg(unix)]
    let terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate())
    };
    tokio::spawn(async move {
        #[cfg(unix)]
        match terminate {
            Ok(mut terminate) => tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            },
            Err(_) => {
                let _ = tokio::signal::ctrl_c().await;
            }
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
        handle.graceful_shutdown(Some(std::time::Duration::from_secs(2)));
    });
}
