//! `tanba agent`.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agent::{Agent, TokenConfig};
use anyhow::{Context, Result};
use fetch::HttpFetch;
use serde::Serialize;
use server::{Options, Server, trust::Places};
use tokio_util::sync::CancellationToken;

use crate::cli::AgentArguments;
use crate::command::tokens as workers;
use crate::exit::{Exit, Told};
use crate::network;
use crate::window::{ChildScreen, WindowProgram};

/// What signing threads that do not end get after everything else has ended.
const LAST_DEADLINE: Duration = Duration::from_secs(2);

/// What is printed once, when the agent listens.
#[derive(Serialize)]
struct Listening<'a> {
    address: SocketAddr,
    ca: &'a Path,
}

pub(crate) fn run(arguments: AgentArguments) -> Result<Exit> {
    let window = match &arguments.window {
        Some(line) => WindowProgram::parse(line).map_err(|error| Told::usage(error.to_string()))?,
        None => WindowProgram::installed(),
    };
    let idle = Duration::try_from_secs_f64(arguments.window_idle)
        .map_err(|_| Told::usage("--window-idle must be a number of seconds"))?;
    // Two are enough to answer heartbeats while a large message is read; signing has threads of its own.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the agent's threads")?;
    let outcome = runtime.block_on(serve(arguments, window, idle));
    runtime.shutdown_timeout(LAST_DEADLINE);
    outcome.map(|()| Exit::Done)
}

async fn serve(arguments: AgentArguments, window: WindowProgram, idle: Duration) -> Result<()> {
    let shutdown = CancellationToken::new();
    cancel_on_signal(&shutdown)?;
    let data_dir = arguments.data_dir.resolve()?;
    let screen = ChildScreen::new(window, idle);
    let fetch = Arc::new(HttpFetch::default());
    let ways = fetch.clone();
    let agent = Agent::new(agent::Config {
        data_dir: data_dir.clone(),
        tokens: tokens(&arguments)?,
        key_folders: arguments.keys,
        screen: Arc::new(screen.clone()),
        fetch,
        choose_network: Box::new(move |choice| ways.set(network::way(choice))),
        trust_test_ca: arguments.trust_test_ca,
    })?;
    let mut options = Options::new(data_dir);
    options.port = arguments.port;
    options.streaming_port = arguments.streaming_port;
    options.stores = Places::of_user().ok();
    let server = Server::bind(options, agent)?;
    let listening = Listening {
        address: server.address(),
        ca: &server.ca_path(),
    };
    let line = serde_json::to_string(&listening).context("the path of the CA is not UTF-8")?;
    // Whoever started us may not care to read.
    writeln!(std::io::stdout(), "{line}").ok();
    tracing::info!(address = %listening.address, "listening");
    let outcome = server.run(shutdown).await;
    screen.close().await;
    outcome?;
    tracing::info!("ended");
    Ok(())
}

/// The way to tokens: whoever says where keys are means just there, unless modules are named, too.
fn tokens(arguments: &AgentArguments) -> Result<Option<TokenConfig>> {
    if arguments.pkcs11.is_empty() && !arguments.keys.is_empty() {
        return Ok(None);
    }
    let absolute = |path| std::path::absolute(path).context("the path of a module is not a path");
    Ok(Some(TokenConfig {
        program: workers::program()?,
        arguments: workers::WORKER.map(Into::into).to_vec(),
        modules: arguments
            .pkcs11
            .iter()
            .map(absolute)
            .collect::<Result<_>>()?,
    }))
}

#[cfg(unix)]
fn cancel_on_signal(shutdown: &CancellationToken) -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let wanted = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ];
    for kind in wanted {
        let mut signal = signal(kind).context("cannot wait for signals")?;
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            signal.recv().await;
            shutdown.cancel();
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn cancel_on_signal(shutdown: &CancellationToken) -> Result<()> {
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            shutdown.cancel();
        }
    });
    Ok(())
}
